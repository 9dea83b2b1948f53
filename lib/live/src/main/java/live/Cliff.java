package live;

import bptt.Bptt;
import bptt.Gradients;
import bptt.Loss;
import bptt.Progress;
import bptt.State;
import bptt.Trace;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.math.Functions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * The cliff of Pascanu, Mikolov and Bengio 2013: a_t = w σ(a_{t−1}) + b, a_0 = ½, fifty steps, L = (σ(a_50) − 0.7)²;
 * and gradient descent on it, clipped and not. With h_t = σ(a_t) it is a network of one sigmoid unit without input.
 */
final class Cliff {
    private static final int STEPS = 50;
    private static final Loss LOSS = Loss.meanSquared(number(0.7));
    private static final List<SimpleMatrix> NO_INPUT = Collections.nCopies(STEPS, new SimpleMatrix(1, 1));

    /** The corner of the map and its spacing: w = 3 … 8, b = −5 … 0. */
    private static final double W = 3, B = -5, EVERY = 0.0625;

    private static final int SIDE = 81;

    private Cliff() {}

    /** L on a grid, row by row: a network of many units that do not see each other, each with a b of its own. */
    static Map<String, double[]> map(Fields fields, Progress progress) {
        double[] w = grid(W), b = grid(B), L = new double[SIDE * SIDE];
        SimpleMatrix start = SimpleMatrix.filled(SIDE, 1, start());
        Parameters units =
                Parameters.zeros(new Rnn(1, SIDE, Rnn.Activation.SIGMOID), 0).with("b_h", new SimpleMatrix(b));
        for (int i = 0; i < SIDE; i++) {
            Parameters p = units.with("W_hh", SimpleMatrix.identity(SIDE).scale(w[i]));
            SimpleMatrix h = Bptt.forward(p, NO_INPUT, State.of(start)).h(STEPS);
            for (int j = 0; j < SIDE; j++) {
                L[j * SIDE + i] = (h.get(j) - 0.7) * (h.get(j) - 0.7);
            }
            progress.at(i + 1, SIDE, L[i], i + 1 == SIDE);
        }
        Map<String, double[]> answer = new LinkedHashMap<>();
        answer.put("w", w);
        answer.put("b", b);
        answer.put("L", L);
        return answer;
    }

    /** Two descents from the same point, one clipped: w, b, L and ‖∇L‖ at each step. */
    static Map<String, double[]> descents(Fields fields, Progress progress) {
        double w = fields.number("w", 0, 10), b = fields.number("b", -10, 5);
        double rate = fields.number("rate", 0.001, 100), theta = fields.number("theta", 0.001, 1000);
        int steps = fields.whole("steps", 1, 1000);
        Map<String, double[]> answer = new LinkedHashMap<>();
        descend("free", w, b, rate, Double.MAX_VALUE, steps, answer, progress);
        descend("clipped", w, b, rate, theta, steps, answer, progress);
        return answer;
    }

    private static void descend(
            String name,
            double w,
            double b,
            double rate,
            double theta,
            int steps,
            Map<String, double[]> answer,
            Progress progress) {
        int done = answer.isEmpty() ? 0 : steps;
        double[][] path = new double[4][steps + 1];
        for (int i = 0; i <= steps; i++) {
            Parameters p = unit(w, b);
            Trace trace = Bptt.forward(p, NO_INPUT, State.of(number(start())));
            Gradients back = Bptt.backward(trace, LOSS);
            SimpleMatrix g = new SimpleMatrix(
                    new double[] {back.get("W_hh").get(0), back.get("b_h").get(0)});
            path[0][i] = w;
            path[1][i] = b;
            path[2][i] = LOSS.value(trace);
            path[3][i] = g.normF();
            g = g.scale(Math.min(1, theta / g.normF()));
            w -= rate * g.get(0);
            b -= rate * g.get(1);
            progress.at(done + i, 2 * steps, path[2][i], done + i == 2 * steps);
        }
        List<String> rows = List.of("w", "b", "L", "gradient");
        for (int k = 0; k < path.length; k++) {
            answer.put(name + "." + rows.get(k), path[k]);
        }
    }

    private static Parameters unit(double w, double b) {
        return Parameters.zeros(new Rnn(1, 1, Rnn.Activation.SIGMOID), 1)
                .with("W_hh", w)
                .with("b_h", b)
                .with("W_hy", 1);
    }

    /** h_0 = σ(½), the library's, which is the same in every browser. */
    private static double start() {
        double[] h = {0.5};
        Functions.sigmoid(h, 1);
        return h[0];
    }

    private static double[] grid(double from) {
        return IntStream.range(0, SIDE).mapToDouble(i -> from + i * EVERY).toArray();
    }

    private static SimpleMatrix number(double v) {
        return new SimpleMatrix(new double[] {v});
    }
}
