package live;

import bptt.Bptt;
import bptt.Progress;
import bptt.State;
import bptt.Trace;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.cell.Rnn;
import bptt.check.Derivatives;
import bptt.check.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/**
 * A tanh network of one or two units over two to four steps, with a loss at each, and every number of its two passes.
 * The backward pass is written out, so that it can also be written wrongly, as people do; the truth beside it is a
 * complex step's.
 */
final class Unrolled {
    private static final String RIGHT = "right",
            UNTRANSPOSED = "W_hh for its transpose",
            NO_SLOPE = "tanh' left out",
            SAME_STEP = "h_t for h_{t-1}",
            NOTHING_BACK = "nothing from the next step",
            LAST_LOSS = "the last loss only",
            TOTAL = "total for immediate derivative";

    private static final List<String> LEARNT = List.of("W_xh", "W_hh", "b_h", "W_hy", "b_y");

    private final Parameters p;
    private final List<SimpleMatrix> x;
    private final List<SimpleMatrix> y;
    private final Trace trace;
    private final int T;

    /** The numbers so far, by name. */
    private final Map<String, double[]> answer = new LinkedHashMap<>();

    private Unrolled(Parameters p, List<SimpleMatrix> x, List<SimpleMatrix> y, SimpleMatrix h_0) {
        this.p = p;
        this.x = x;
        this.y = y;
        T = x.size();
        trace = Bptt.forward(p, x, State.of(h_0));
    }

    static Map<String, double[]> answer(Fields fields, Progress progress) {
        int H = fields.whole("H", 1, 2), T = fields.whole("T", 2, 4);
        String form = fields.one("form", RIGHT, UNTRANSPOSED, NO_SLOPE, SAME_STEP, NOTHING_BACK, LAST_LOSS, TOTAL);
        Random random = new Random(fields.whole("seed", 1, 9999));
        Parameters p =
                Parameters.zeros(Rnn.tanh(1, H), 1).map((name, a) -> tenths(a.getNumRows(), a.getNumCols(), random));
        List<SimpleMatrix> x = sequence(T, random), y = sequence(T, random);
        SimpleMatrix h_0 = tenths(H, 1, random);
        Unrolled network = new Unrolled(p, x, y, h_0);
        network.forward();
        network.backward(RIGHT, "right.");
        network.backward(form, "");
        network.truth(h_0);
        progress.at(1, 1, 0, true);
        return network.answer;
    }

    /** Numbers that one can calculate with: ±0.2 … ±1.0. */
    private static SimpleMatrix tenths(int rows, int cols, Random random) {
        SimpleMatrix a = new SimpleMatrix(rows, cols);
        for (int k = 0; k < a.getNumElements(); k++) {
            double v = (2 + random.nextInt(9)) / 10.0;
            a.set(k, random.nextBoolean() ? v : -v);
        }
        return a;
    }

    private static List<SimpleMatrix> sequence(int T, Random random) {
        return IntStream.range(0, T).mapToObj(t -> tenths(1, 1, random)).toList();
    }

    private SimpleMatrix of(String name) {
        return p.get(name);
    }

    private void forward() {
        List<SimpleMatrix> h = new ArrayList<>(List.of(trace.h(0))), a = new ArrayList<>();
        List<SimpleMatrix> o = new ArrayList<>(), l = new ArrayList<>();
        for (int t = 1; t <= T; t++) {
            a.add(of("W_xh")
                    .mult(x.get(t - 1))
                    .plus(of("W_hh").mult(trace.h(t - 1)))
                    .plus(of("b_h")));
            h.add(trace.h(t));
            o.add(trace.o(t));
            l.add(Reference.meanSquared(trace.o(t), y.get(t - 1)));
        }
        LEARNT.forEach(name -> put(name, List.of(of(name))));
        put("x", x);
        put("y", y);
        put("h", h);
        put("a", a);
        put("o", o);
        put("l", l);
    }

    /** The backward pass from t = T to 1 in one of its forms, and what it adds to each gradient at each step. */
    private void backward(String form, String prefix) {
        Map<String, SimpleMatrix> sums = new LinkedHashMap<>();
        LEARNT.forEach(name -> sums.put(name, of(name).scale(0)));
        Map<String, List<SimpleMatrix>> rows = new LinkedHashMap<>();
        SimpleMatrix fromNext = trace.h(0).scale(0);
        for (int t = T; t >= 1; t--) {
            SimpleMatrix h = trace.h(t), before = trace.h(form.equals(SAME_STEP) ? t : t - 1);
            SimpleMatrix do_t = trace.o(t).minus(y.get(t - 1)).scale(form.equals(LAST_LOSS) && t < T ? 0 : 2);
            SimpleMatrix fromOutput = of("W_hy").transpose().mult(do_t), dh = fromOutput.plus(fromNext);
            SimpleMatrix da = form.equals(NO_SLOPE) ? dh : slope(t).mult(dh);
            Map<String, SimpleMatrix> terms = new LinkedHashMap<>();
            for (String name : LEARNT.subList(0, 3)) {
                SimpleMatrix in = name.equals("W_xh") ? x.get(t - 1) : name.equals("W_hh") ? before : one();
                terms.put(
                        name,
                        form.equals(TOTAL)
                                ? Derivatives.gradient(dh.transpose().mult(total(name, t)), of(name))
                                : da.mult(in.transpose()));
            }
            terms.put("W_hy", do_t.mult(h.transpose()));
            terms.put("b_y", do_t);
            add(rows, "do", do_t);
            add(rows, "from output", fromOutput);
            add(rows, "from next", fromNext);
            add(rows, "dh", dh);
            add(rows, "da", da);
            terms.forEach((name, term) -> {
                add(rows, "term " + name, term);
                sums.merge(name, term, SimpleMatrix::plus);
            });
            SimpleMatrix W = form.equals(UNTRANSPOSED) ? of("W_hh") : of("W_hh").transpose();
            fromNext = W.mult(da).scale(form.equals(NOTHING_BACK) ? 0 : 1);
        }
        rows.forEach((name, row) -> put(prefix + name, row));
        sums.forEach((name, sum) -> put(prefix + "d" + name, List.of(sum)));
        put(prefix + "dh_0", List.of(fromNext));
    }

    /** The same gradients by a complex step of the formulas. */
    private void truth(SimpleMatrix h_0) {
        Reference in = Reference.of(p, x, State.of(h_0));
        Stream.concat(LEARNT.stream(), Stream.of("h_0"))
                .forEach(name -> put("truth.d" + name, List.of(in.gradient(name, this::loss))));
    }

    private SimpleMatrix loss(Map<String, SimpleMatrix> out) {
        return IntStream.rangeClosed(1, T)
                .mapToObj(t -> Reference.meanSquared(out.get("o_" + t), y.get(t - 1)))
                .reduce(SimpleMatrix::plus)
                .orElseThrow();
    }

    /** diag(tanh′(a_t)). */
    private SimpleMatrix slope(int t) {
        SimpleMatrix h = trace.h(t);
        return SimpleMatrix.diag(Require.values(h.elementMult(h).scale(-1).plus(1)));
    }

    /** The total derivative dh_t/d(name), a column for each entry: the immediate one, and what h_{t−1} passes on. */
    private SimpleMatrix total(String name, int t) {
        SimpleMatrix in = name.equals("W_xh") ? x.get(t - 1) : name.equals("W_hh") ? trace.h(t - 1) : one();
        SimpleMatrix immediate = in.transpose().kron(slope(t));
        return t == 1 ? immediate : immediate.plus(slope(t).mult(of("W_hh")).mult(total(name, t - 1)));
    }

    private static SimpleMatrix one() {
        return SimpleMatrix.ones(1, 1);
    }

    /** The backward pass comes from the end. */
    private static void add(Map<String, List<SimpleMatrix>> rows, String name, SimpleMatrix value) {
        rows.computeIfAbsent(name, n -> new ArrayList<>()).add(0, value);
    }

    private void put(String name, List<SimpleMatrix> matrices) {
        answer.put(
                name,
                matrices.stream()
                        .flatMap(a -> IntStream.range(0, a.getNumElements()).mapToObj(a::get))
                        .mapToDouble(v -> v)
                        .toArray());
    }
}
