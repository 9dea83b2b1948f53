package live;

import bptt.Bptt;
import bptt.Overflow;
import bptt.Progress;
import bptt.State;
import bptt.StateGradients;
import bptt.Trace;
import bptt.cell.Cell;
import bptt.cell.Draw;
import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.MinGru;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.flow.Jacobians;
import bptt.flow.Norm;
import bptt.flow.Spectrum;
import bptt.train.Tasks;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.ejml.data.Complex_F64;
import org.ejml.simple.SimpleMatrix;

/**
 * ‖∂s_T/∂s_{T−n}‖ against n for one network on one sequence of the adding problem, and what one matrix predicts: J*,
 * the one-step Jacobian where the mean input comes to rest. The networks and their seeds are those of notebook 10.
 */
final class GradientDecay {
    private static final int POINTS = 44;

    /** Where the predicted line begins: by then the first steps, which depend on the norm, are over. */
    private static final int ANCHOR = 10;

    private static final int AT_ONCE = 100, LIMIT = 2000;

    private GradientDecay() {}

    static Map<String, double[]> answer(Fields fields, Progress progress) {
        String name = fields.one("cell", "tanh RNN", "ReLU RNN", "LSTM", "GRU", "minGRU");
        int H = fields.whole("H", 1, 64), T = fields.whole("T", 2, 1000);
        double gain = fields.number("gain", 0, 4), b_f = fields.number("b_f", -5, 10);
        double scale = fields.number("input", 0, 10);
        String start = fields.one("start", "uniform", "orthogonal", "identity");
        Random random = new Random(fields.whole("seed", 1, 9999));

        Parameters p = network(name, H, start, b_f, random).map((q, a) -> q.startsWith("W_h") ? a.scale(gain) : a);
        List<SimpleMatrix> x = Tasks.ADDING_2015.batch(T, 1, random).x().stream()
                .map(a -> a.scale(scale))
                .toList();
        SimpleMatrix J = atFixedPoint(p, new SimpleMatrix(new double[] {0.5, 2.0 / T}).scale(scale));
        List<Complex_F64> eigenvalues = J == null ? List.of() : Spectrum.eigenvalues(J);
        double rate = J == null ? Double.NaN : Spectrum.radius(J);

        int[] n = distances(T);
        double[] norms = norms(Bptt.forward(p, x), n, progress);
        double[] at = Arrays.stream(n).asDoubleStream().toArray();
        Map<String, double[]> answer = new LinkedHashMap<>();
        answer.put("n", at);
        answer.put("norm", norms);
        answer.put("predicted", line(at, norms, Math.min(ANCHOR, T / 2), rate));
        answer.put("slope", new double[] {slope(at, norms, T / 10)});
        answer.put("rate", new double[] {rate});
        answer.put("re", eigenvalues.stream().mapToDouble(z -> z.real).toArray());
        answer.put("im", eigenvalues.stream().mapToDouble(z -> z.imaginary).toArray());
        return answer;
    }

    private static Parameters network(String name, int H, String start, double b_f, Random random) {
        Cell cell =
                switch (name) {
                    case "tanh RNN" -> Rnn.tanh(2, H);
                    case "ReLU RNN" -> Rnn.relu(2, H);
                    case "LSTM" -> new Lstm(2, H);
                    case "GRU" -> new Gru(2, H);
                    default -> new MinGru(2, H);
                };
        if (name.equals("ReLU RNN") && start.equals("identity")) {
            return Init.irnn(2, H, 0, random);
        }
        Parameters p = Init.uniform(cell, 0, random);
        p = name.equals("LSTM") ? p.with("b_f", b_f) : p;
        return switch (start) {
            case "orthogonal" -> p.map((q, a) -> q.startsWith("W_h") ? Draw.orthogonal(H, 1, random) : a);
            case "identity" -> p.map((q, a) -> q.startsWith("W_h") ? SimpleMatrix.identity(H) : a);
            default -> p;
        };
    }

    /** J*, or null if the Jacobian still changes after two thousand steps, or the state grows beyond all numbers. */
    private static SimpleMatrix atFixedPoint(Parameters p, SimpleMatrix mean) {
        State state = State.zero(p.cell(), 1);
        SimpleMatrix J = Jacobians.step(Bptt.forward(p, List.of(mean), state), 0, 1);
        double moved = Double.POSITIVE_INFINITY;
        try {
            for (int t = 0; t < LIMIT && moved > 1e-12; t += AT_ONCE) {
                Trace trace = Bptt.forward(p, Collections.nCopies(AT_ONCE, mean), state);
                SimpleMatrix next = Jacobians.step(trace, 0, AT_ONCE);
                moved = next.minus(J).elementMaxAbs();
                state = trace.state(AT_ONCE);
                J = next;
            }
        } catch (Overflow e) {
            return null;
        }
        return moved < 1e-2 ? J : null;
    }

    /** 1 … T, each once: evenly on a logarithmic axis, and evenly on a linear one. */
    private static int[] distances(int T) {
        DoubleStream even = IntStream.rangeClosed(1, POINTS / 2).mapToDouble(i -> 2.0 * T * i / POINTS);
        DoubleStream logarithmic = IntStream.rangeClosed(0, POINTS / 2)
                .mapToDouble(i -> StrictMath.exp(StrictMath.log(T) * 2 * i / POINTS));
        return DoubleStream.concat(even, logarithmic)
                .mapToInt(n -> (int) Math.max(1, Math.min(T, Math.rint(n))))
                .sorted()
                .distinct()
                .toArray();
    }

    private static double[] norms(Trace trace, int[] n, Progress progress) {
        int T = trace.steps();
        SimpleMatrix unit = SimpleMatrix.identity(trace.state(0).joint().getNumRows());
        StateGradients back = new StateGradients(trace, 0, unit, T);
        Norm norm = Norm.SPECTRAL.ofRun();
        double[] norms = new double[n.length];
        for (int i = 0; i < n.length; i++) {
            norms[i] = norm.of(back.rows(T - n[i]).get(0));
            progress.at(n[i], T, norms[i], n[i] == T);
        }
        return norms;
    }

    /** The line of a rate, from the curve at the first n that is not below some distance. */
    private static double[] line(double[] n, double[] norms, int from, double rate) {
        int first = first(n, from);
        double log = StrictMath.log(rate);
        return IntStream.range(0, n.length)
                .mapToDouble(i -> i < first ? Double.NaN : norms[first] * StrictMath.exp(log * (n[i] - n[first])))
                .toArray();
    }

    /** Decades per step of the curve from some distance to the end. */
    private static double slope(double[] n, double[] norms, int from) {
        int first = first(n, from), last = n.length - 1;
        return (StrictMath.log10(norms[last]) - StrictMath.log10(norms[first])) / (n[last] - n[first]);
    }

    private static int first(double[] n, int from) {
        return IntStream.range(0, n.length)
                .filter(i -> n[i] >= from)
                .findFirst()
                .orElseThrow();
    }
}
