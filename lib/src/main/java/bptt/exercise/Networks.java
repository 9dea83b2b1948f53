package bptt.exercise;

import static bptt.cell.Elementwise.log;
import static bptt.cell.Elementwise.sigmoid;
import static bptt.cell.Elementwise.tanh;

import bptt.Loss;
import bptt.cell.Draw;
import bptt.check.Reference;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** The forward passes behind the exercises, by their definitions. */
final class Networks {
    private static final List<String> GATES = List.of("i", "f", "g", "o");

    private Networks() {}

    /** Which steps have a loss. */
    enum Losses {
        EACH,
        LAST
    }

    /** The network of 01: one unit, one output behind a σ at the end, steps counted from 0. */
    static Graph scalar(double[] uwkvc, double before, double y, double... x) {
        return new Graph(node -> {
            SimpleMatrix u = node.of("u", Value.number(uwkvc[0])), w = node.of("w", Value.number(uwkvc[1]));
            SimpleMatrix k = node.of("k", Value.number(uwkvc[2])), v = node.of("v", Value.number(uwkvc[3]));
            SimpleMatrix c = node.of("c", Value.number(uwkvc[4])), s = node.of("s_before", Value.number(before));
            SimpleMatrix target = node.of("y", Value.number(y));
            for (int t = 0; t < x.length; t++) {
                SimpleMatrix x_t = node.of("x_" + t, Value.number(x[t]));
                SimpleMatrix z = u.mult(x_t).plus(w.mult(s)).plus(k);
                s = node.of("s_" + t, tanh(z));
            }
            SimpleMatrix q = node.of("q", v.mult(s).plus(c));
            SimpleMatrix no = Value.number(1).minus(target);
            node.of("o", sigmoid(q));
            return log(sigmoid(q))
                    .mult(target)
                    .plus(log(sigmoid(q.scale(-1))).mult(no))
                    .scale(-1);
        });
    }

    /** A tanh network with a linear readout and the softmax cross-entropy. */
    static Graph rnn(long seed, int I, int H, int O, int B, int T, Losses losses) {
        Random random = new Random(seed);
        SimpleMatrix W_xh0 = Draw.uniform(H, I, -1, 1, random), W_hh0 = Draw.gaussian(H, 1.3, random);
        SimpleMatrix b_h0 = Draw.uniform(H, 1, -1, 1, random), W_hy0 = Draw.uniform(O, H, -1, 1, random);
        SimpleMatrix b_y0 = Draw.uniform(O, 1, -1, 1, random), h_0 = Draw.uniform(H, B, -1, 1, random);
        List<SimpleMatrix> x = Draw.uniform(T, I, B, -1, 1, random);
        List<SimpleMatrix> y = IntStream.range(0, T)
                .mapToObj(t -> Loss.oneHot(O, random.ints(B, 0, O).toArray()))
                .toList();
        return new Graph(node -> {
            SimpleMatrix W_xh = node.of("W_xh", W_xh0), W_hh = node.of("W_hh", W_hh0), b_h = node.of("b_h", b_h0);
            SimpleMatrix W_hy = node.of("W_hy", W_hy0), b_y = node.of("b_y", b_y0), h = node.of("h_0", h_0);
            SimpleMatrix ones = SimpleMatrix.ones(1, B), L = new SimpleMatrix(1, 1);
            for (int t = 1; t <= T; t++) {
                SimpleMatrix x_t = node.of("x_" + t, x.get(t - 1));
                SimpleMatrix a = W_xh.mult(x_t).plus(W_hh.mult(h)).plus(b_h.mult(ones));
                h = node.of("h_" + t, tanh(node.of("a_" + t, a)));
                if (losses == Losses.EACH || t == T) {
                    SimpleMatrix y_t = node.of("y_" + t, y.get(t - 1));
                    SimpleMatrix o = node.of("o_" + t, W_hy.mult(h).plus(b_y.mult(ones)));
                    L = L.plus(Reference.crossEntropy(o, y_t));
                }
            }
            node.of("T", Value.number(T));
            node.of("H", Value.number(H));
            return L;
        });
    }

    /** What answers about {@link #rnn} are tried on: other sizes, other numbers, a single step too. */
    static List<Given> rnns(Losses losses) {
        return List.of(
                        rnn(1, 2, 3, 2, 1, 3, losses),
                        rnn(2, 3, 2, 4, 1, 5, losses),
                        rnn(3, 1, 4, 3, 1, 4, losses),
                        rnn(4, 2, 3, 2, 1, 1, losses))
                .stream()
                .map(graph -> withErrors(graph.given()))
                .toList();
    }

    /** With e_t = ∂L/∂o_t wherever there is a loss. */
    static Given withErrors(Given q) {
        for (String o : q.names().stream().filter(name -> name.startsWith("o_")).toList()) {
            q = q.with("e" + o.substring(1), given -> given.gradient(o));
        }
        return q;
    }

    /** An LSTM, half the squared distance of each h_t from a target as its loss. */
    static Graph lstm(long seed, int I, int H, int T) {
        Random random = new Random(seed);
        var W_x = draw(H, I, random);
        var W_h = draw(H, H, random);
        var b = draw(H, 1, random);
        SimpleMatrix h_0 = Draw.uniform(H, 1, -1, 1, random), C_0 = Draw.uniform(H, 1, -1, 1, random);
        List<SimpleMatrix> x = Draw.uniform(T, I, 1, -1, 1, random), y = Draw.uniform(T, H, 1, -1, 1, random);
        return new Graph(node -> {
            SimpleMatrix[] Wx = new SimpleMatrix[4], Wh = new SimpleMatrix[4], bias = new SimpleMatrix[4];
            SimpleMatrix[] gate = new SimpleMatrix[4];
            for (int k = 0; k < 4; k++) {
                Wx[k] = node.of("W_x" + GATES.get(k), W_x.get(k));
                Wh[k] = node.of("W_h" + GATES.get(k), W_h.get(k));
                bias[k] = node.of("b_" + GATES.get(k), b.get(k));
            }
            SimpleMatrix h = node.of("h_0", h_0), C = node.of("C_0", C_0), L = new SimpleMatrix(1, 1);
            for (int t = 1; t <= T; t++) {
                SimpleMatrix x_t = node.of("x_" + t, x.get(t - 1)), y_t = node.of("y_" + t, y.get(t - 1));
                for (int k = 0; k < 4; k++) {
                    String q = GATES.get(k);
                    SimpleMatrix a = Wx[k].mult(x_t).plus(Wh[k].mult(h)).plus(bias[k]);
                    a = node.of("a_" + q + "_" + t, a);
                    gate[k] = node.of(q + "_" + t, q.equals("g") ? tanh(a) : sigmoid(a));
                }
                C = node.of("C_" + t, gate[1].elementMult(C).plus(gate[0].elementMult(gate[2])));
                SimpleMatrix tanhC = node.of("tanhC_" + t, tanh(C));
                h = node.of("h_" + t, gate[3].elementMult(tanhC));
                SimpleMatrix e = h.minus(y_t);
                L = L.plus(Reference.sum(e.elementMult(e)).scale(0.5));
            }
            node.of("T", Value.number(T));
            node.of("H", Value.number(H));
            return L;
        });
    }

    private static List<SimpleMatrix> draw(int rows, int cols, Random random) {
        return IntStream.range(0, 4)
                .mapToObj(k -> Draw.uniform(rows, cols, -1, 1, random))
                .toList();
    }
}
