package bptt.exercise;

import static bptt.cell.Elementwise.tanh;
import static bptt.exercise.Algebra.T;
import static bptt.exercise.Algebra.slope;

import bptt.cell.Draw;
import bptt.check.Claim;
import bptt.check.Reference;
import bptt.exercise.Networks.Losses;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/** Kinds of recurrent network: what is handed over between steps, networks and layers. */
final class Chapter05 {
    private Chapter05() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "05.1",
                        "many to one: ∂L/∂h_1 as a product, T = 4",
                        Comparison.derivation(manyToOne(), q -> q.gradient("h_1"))
                                .wrong(
                                        "the product with the slopes of steps 1 to 3: those of 2 to 4 are passed",
                                        q -> back(q, t -> slope(q.get("h", t - 1)), T(q.get("W_hh"))))
                                .wrong(
                                        "the product with W_hh for W_hhᵀ",
                                        q -> back(q, t -> slope(q.get("h", t)), q.get("W_hh")))
                                .wrong(
                                        "the product without the slopes",
                                        q -> back(
                                                q,
                                                t -> slope(q.get("h", t))
                                                        .scale(0)
                                                        .plus(1),
                                                T(q.get("W_hh"))))
                                .wrong("∂L/∂a_1: one slope too many", q -> q.gradient("a_1"))
                                .wrong("∂L/∂h_2: one step too few", q -> q.gradient("h_2"))
                                .wrong("∂L/∂h_0: one step too many", q -> q.gradient("h_0"))
                                .wrong("the product in ascending order", q -> {
                                    SimpleMatrix d = T(q.get("W_hy")).mult(q.get("e_4"));
                                    for (int t = 2; t <= 4; t++) {
                                        d = T(q.get("W_hh"))
                                                .mult(slope(q.get("h", t)).elementMult(d));
                                    }
                                    return d;
                                }),
                        "Begin at h_4, where the loss is read off: W_hyᵀ e_4.",
                        "One step back is: times 1 − h_t² component by component, then times W_hhᵀ.",
                        "From h_4 to h_1 there are three steps; the slopes are those of t = 4, 3, 2."),
                new Exercise(
                        "05.2",
                        "what the decoder hands to the encoder",
                        Comparison.derivation(pairs(), q -> q.gradient("handed"))
                                .wrong("the product with the encoder's weights", q -> T(q.get("V_hh"))
                                        .mult(q.get("da_1")))
                                .wrong("∂L/∂a_1 of the decoder itself: W_hhᵀ is missing", q -> q.get("da_1"))
                                .wrong("the product with W_hh for W_hhᵀ", q -> q.get("W_hh")
                                        .mult(q.get("da_1")))
                                .wrong(
                                        "the product with the slope of the encoder's last state: that comes next",
                                        q -> slope(q.get("handed"))
                                                .elementMult(T(q.get("W_hh")).mult(q.get("da_1")))),
                        "The decoder's h_0 is the encoder's last state. Where does h_0 enter the decoder?",
                        "It enters a_1 = W_xh x_1 + W_hh h_0 + b_h, with the decoder's own weights."),
                new Exercise(
                        "05.3",
                        "one matrix in the encoder and in the decoder",
                        new Choice()
                                .option("the decoder's part is only that of one of its uses", () -> shared((e, d) -> d))
                                .option(
                                        "a mean would be right if the loss were a mean over the two networks; the uses "
                                                + "of a parameter add up",
                                        () -> shared((e, d) -> e.plus(d).scale(0.5)))
                                .option("it adds the two parts", () -> shared(SimpleMatrix::plus))
                                .option(
                                        "the chain rule multiplies along one path; these are different paths",
                                        () -> shared(SimpleMatrix::elementMult)),
                        "Give each network a copy of its own, equal to each other. What did 01 say about them?"),
                new Exercise(
                        "05.4",
                        "two layers: ∂L/∂h_t of the lower one",
                        Comparison.derivation(layers(), q -> q.gradient("lower_1"))
                                .wrong("the part from the upper layer alone", q -> above(q))
                                .wrong("the part from the next step alone", q -> T(q.get("W_hh"))
                                        .mult(q.get("da_next")))
                                .wrong("the sum with the upper layer's W_hh for its W_xh", q -> T(q.get("V_hh"))
                                        .mult(q.get("da_upper"))
                                        .plus(T(q.get("W_hh")).mult(q.get("da_next"))))
                                .wrong("the sum with the error of the upper layer one step later", q -> T(q.get("V_xh"))
                                        .mult(q.get("da_upper_next"))
                                        .plus(T(q.get("W_hh")).mult(q.get("da_next"))))
                                .wrong("the sum with the two matrices exchanged", q -> T(q.get("W_hh"))
                                        .mult(q.get("da_upper"))
                                        .plus(T(q.get("V_xh")).mult(q.get("da_next")))),
                        "The state of the lower layer is used twice: as the input of the upper layer at the same "
                                + "step, and as the state before of its own next step.",
                        "Through the upper layer it has the factor V_xhᵀ, through its own next step W_hhᵀ."),
                new Exercise(
                        "05.5",
                        "feedback: ∂L/∂o_t if o_t is the next input",
                        Comparison.derivation(feedback(), q -> q.gradient("o_1"))
                                .wrong("the direct part alone, as without feedback", q -> q.get("e_1"))
                                .wrong("the part through the next input alone", q -> T(q.get("W_xh"))
                                        .mult(q.get("da_2")))
                                .wrong("the sum with W_hh for W_xh", q -> q.get("e_1")
                                        .plus(T(q.get("W_hh")).mult(q.get("da_2"))))
                                .wrong("the sum with W_xh for W_xhᵀ", q -> q.get("e_1")
                                        .plus(q.get("W_xh").mult(q.get("da_2"))))
                                .wrong("the sum without W_xhᵀ", q -> q.get("e_1")
                                        .plus(q.get("da_2"))),
                        "o_t is used twice now: by its loss, and as x_{t+1}.",
                        "x_{t+1} enters a_{t+1} through W_xh."));
    }

    private static List<Given> manyToOne() {
        return List.of(Networks.rnn(21, 2, 3, 2, 1, 4, Losses.LAST), Networks.rnn(22, 3, 4, 3, 1, 4, Losses.LAST))
                .stream()
                .map(graph -> Networks.withErrors(graph.given()).only("W_h[hy]", "h_\\d+", "e_4", "H"))
                .toList();
    }

    private static SimpleMatrix back(Given q, Function<Integer, SimpleMatrix> slope, SimpleMatrix matrix) {
        SimpleMatrix d = T(q.get("W_hy")).mult(q.get("e_4"));
        for (int t = 4; t >= 2; t--) {
            d = matrix.mult(slope.apply(t).elementMult(d));
        }
        return d;
    }

    /** An encoder with the weights V, a decoder with the weights W, half squared distances as losses. */
    private static Graph pair(long seed, int H) {
        Random random = new Random(seed);
        SimpleMatrix V0 = Draw.gaussian(H, 1.2, random), W0 = Draw.gaussian(H, 1.2, random);
        List<SimpleMatrix> x = Draw.uniform(4, H, 1, -1, 1, random), y = Draw.uniform(2, H, 1, -1, 1, random);
        return new Graph(node -> {
            SimpleMatrix V = node.of("V_hh", V0), W = node.of("W_hh", W0), h = new SimpleMatrix(H, 1);
            h = tanh(x.get(0).plus(V.mult(h)));
            h = node.of("handed", tanh(x.get(1).plus(V.mult(h))));
            SimpleMatrix L = new SimpleMatrix(1, 1);
            for (int t = 1; t <= 2; t++) {
                h = tanh(node.of("a_" + t, x.get(t + 1).plus(W.mult(h))));
                L = L.plus(half(h, y.get(t - 1)));
            }
            return L;
        });
    }

    private static SimpleMatrix half(SimpleMatrix h, SimpleMatrix y) {
        SimpleMatrix e = h.minus(y);
        return Reference.sum(e.elementMult(e)).scale(0.5);
    }

    private static List<Given> pairs() {
        return Stream.of(pair(23, 3), pair(24, 4))
                .map(graph -> graph.given().with("da_1", q -> q.gradient("a_1")).only("W_hh", "V_hh", "handed", "da_1"))
                .toList();
    }

    private interface Together {
        SimpleMatrix of(SimpleMatrix encoder, SimpleMatrix decoder);
    }

    /** Whether this is the gradient of a matrix that both use. */
    private static boolean shared(Together together) {
        Graph apart = pair(25, 3);
        SimpleMatrix W = apart.get("W_hh");
        Random random = new Random(25);
        Draw.gaussian(3, 1.2, random);
        Draw.gaussian(3, 1.2, random);
        List<SimpleMatrix> x = Draw.uniform(4, 3, 1, -1, 1, random), y = Draw.uniform(2, 3, 1, -1, 1, random);
        Graph both = new Graph(node -> {
            SimpleMatrix one = node.of("W", W), encoder = node.of("encoder", one), decoder = node.of("decoder", one);
            SimpleMatrix h = tanh(x.get(0)), L = new SimpleMatrix(1, 1);
            h = tanh(x.get(1).plus(encoder.mult(h)));
            for (int t = 1; t <= 2; t++) {
                h = tanh(x.get(t + 1).plus(decoder.mult(h)));
                L = L.plus(half(h, y.get(t - 1)));
            }
            return L;
        });
        SimpleMatrix parts = together.of(both.gradient("encoder"), both.gradient("decoder"));
        return Claim.error(parts, both.gradient("W")) < 1e-9;
    }

    /** Two layers, two steps, a loss at each state of the upper one. */
    private static List<Given> layers() {
        return Stream.of(26, 27)
                .map(seed -> {
                    int H = seed % 2 == 0 ? 3 : 2;
                    Random random = new Random(seed);
                    List<SimpleMatrix> w = Draw.uniform(3, H, H, -1, 1, random);
                    List<SimpleMatrix> x = Draw.uniform(2, H, 1, -1, 1, random),
                            y = Draw.uniform(2, H, 1, -1, 1, random);
                    return new Graph(node -> {
                        SimpleMatrix W_hh = node.of("W_hh", w.get(0)), V_xh = node.of("V_xh", w.get(1));
                        SimpleMatrix V_hh = node.of("V_hh", w.get(2)), L = new SimpleMatrix(1, 1);
                        SimpleMatrix h = new SimpleMatrix(H, 1), up = new SimpleMatrix(H, 1);
                        for (int t = 1; t <= 2; t++) {
                            h = node.of(
                                    "lower_" + t,
                                    tanh(node.of("a_" + t, x.get(t - 1).plus(W_hh.mult(h)))));
                            up = tanh(node.of("b_" + t, V_xh.mult(h).plus(V_hh.mult(up))));
                            L = L.plus(half(up, y.get(t - 1)));
                        }
                        return L;
                    });
                })
                .map(graph -> graph.given()
                        .with("da_next", q -> q.gradient("a_2"))
                        .with("da_upper", q -> q.gradient("b_1"))
                        .with("da_upper_next", q -> q.gradient("b_2"))
                        .only("W_hh", "V_xh", "V_hh", "da_.*"))
                .toList();
    }

    private static SimpleMatrix above(Given q) {
        return T(q.get("V_xh")).mult(q.get("da_upper"));
    }

    /** Its output is its next input; half squared distances as losses. */
    private static List<Given> feedback() {
        return Stream.of(28, 29)
                .map(seed -> {
                    int H = seed % 2 == 0 ? 3 : 2;
                    Random random = new Random(seed);
                    List<SimpleMatrix> w = Draw.uniform(3, H, H, -1, 1, random);
                    List<SimpleMatrix> y = Draw.uniform(3, H, 1, -1, 1, random);
                    return new Graph(node -> {
                        SimpleMatrix W_xh = node.of("W_xh", w.get(0)), W_hh = node.of("W_hh", w.get(1));
                        SimpleMatrix h = new SimpleMatrix(H, 1), x = y.get(2), L = new SimpleMatrix(1, 1);
                        for (int t = 1; t <= 2; t++) {
                            h = tanh(node.of("a_" + t, W_xh.mult(x).plus(W_hh.mult(h))));
                            x = node.of("o_" + t, w.get(2).mult(h));
                            L = L.plus(half(x, node.of("y_" + t, y.get(t - 1))));
                        }
                        return L;
                    });
                })
                .map(graph -> graph.given()
                        .with("da_2", q -> q.gradient("a_2"))
                        .with("e_1", q -> q.get("o_1").minus(q.get("y_1")))
                        .only("W_xh", "W_hh", "da_2", "e_1"))
                .toList();
    }
}
