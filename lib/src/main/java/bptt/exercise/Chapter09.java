package bptt.exercise;

import static bptt.cell.Elementwise.oneMinus;
import static bptt.cell.Elementwise.sigmoid;
import static bptt.cell.Elementwise.tanh;
import static bptt.exercise.Algebra.diag;
import static bptt.exercise.Algebra.slope;

import bptt.cell.Draw;
import bptt.check.Reference;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/** The LSTM: its gates' gradients, the two ways of the cell state, one step of it in full. */
final class Chapter09 {
    private static final double R = 1 / StrictMath.sqrt(3);

    private Chapter09() {}

    static List<Exercise> exercises() {
        List<Given> lstm = List.of(
                Networks.lstm(51, 2, 3, 3).given(), Networks.lstm(52, 3, 2, 3).given());
        return List.of(
                new Exercise(
                        "09.1",
                        "the forget bias with σ(b_f) + ¼/√3 = 1",
                        Comparison.value(() -> Chapter07.solve(b -> 1 / (1 + StrictMath.exp(-b)) + R / 4, 1, -10, 10))
                                .byHand()
                                .wrong("σ itself, not the bias", n -> 1 - R / 4)
                                .wrong("the bias for 1/√3 without the ¼", n -> logit(1 - R))
                                .wrong("the bias for ¼ in place of ¼/√3", n -> logit(0.75))
                                .wrong("ln σ: the inverse of σ is ln(σ/(1 − σ))", n -> StrictMath.log(1 - R / 4)),
                        "First σ(b_f) = 1 − ¼/√3, a number. Then the inverse of σ.",
                        "σ(b) = p means b = ln(p/(1 − p))."),
                new Exercise(
                        "09.2",
                        "∂L/∂a_f of one step",
                        Comparison.derivation(
                                        Stream.concat(
                                                        lstm.stream().map(q -> forget(q, 2)),
                                                        lstm.stream().map(q -> forget(q, 3)))
                                                .toList(),
                                        q -> q.gradient("a_f_" + (int) q.number("t")))
                                .wrong("the gradient with σ for σ′", q -> q.get("dC")
                                        .elementMult(q.get("C_before"))
                                        .elementMult(q.get("f")))
                                .wrong("the gradient with C_t where C_{t−1} belongs", q -> q.get("dC")
                                        .elementMult(q.get("C_now"))
                                        .elementMult(gateSlope(q)))
                                .wrong("∂L/∂f: the slope of σ is missing", q -> q.get("dC")
                                        .elementMult(q.get("C_before")))
                                .wrong("the gradient with tanh′ for σ′", q -> q.get("dC")
                                        .elementMult(q.get("C_before"))
                                        .elementMult(slope(q.get("f"))))
                                .wrong("the gradient without C_{t−1}", q -> q.get("dC")
                                        .elementMult(gateSlope(q)))
                                .wrong("the gradient with 1 − f for f (1 − f)", q -> q.get("dC")
                                        .elementMult(q.get("C_before"))
                                        .elementMult(oneMinus(q.get("f")))),
                        "C_t = f ∘ C_{t−1} + i ∘ g: what stands beside f?",
                        "f = σ(a_f), and σ′ = f (1 − f)."),
                new Exercise(
                        "09.3",
                        "∂L/∂C_t from ∂L/∂h_t and ∂L/∂C_{t+1}",
                        Comparison.derivation(lstm.stream().map(Chapter09::cell).toList(), q -> q.gradient("C_2"))
                                .wrong("the sum with f_t for f_{t+1}", q -> throughState(q)
                                        .plus(q.get("dC_next").elementMult(q.get("f_now"))))
                                .wrong("the part through h_t alone", q -> throughState(q))
                                .wrong("the part through C_{t+1} alone", q -> q.get("dC_next")
                                        .elementMult(q.get("f_next")))
                                .wrong("the sum without f_{t+1}", q -> throughState(q)
                                        .plus(q.get("dC_next")))
                                .wrong("the sum without the slope of tanh", q -> q.get("dh")
                                        .elementMult(q.get("o_now"))
                                        .plus(q.get("dC_next").elementMult(q.get("f_next"))))
                                .wrong("the sum without o_t", q -> q.get("dh")
                                        .elementMult(slope(tanh(q.get("C_now"))))
                                        .plus(q.get("dC_next").elementMult(q.get("f_next"))))
                                .wrong("the sum with 1 − C² for 1 − tanh² C", q -> q.get("dh")
                                        .elementMult(q.get("o_now"))
                                        .elementMult(slope(q.get("C_now")))
                                        .plus(q.get("dC_next").elementMult(q.get("f_next")))),
                        "C_t is used twice: in h_t = o_t ∘ tanh(C_t), and in C_{t+1}.",
                        "Through h_t: ∂L/∂h_t ∘ o_t ∘ (1 − tanh² C_t). Which gate stands before C_t in C_{t+1}?"),
                new Exercise(
                        "09.4",
                        "dC_t/dC_{t−1} with h_{t−1} moving",
                        Comparison.derivation(steps(), q -> q.graph().jacobian("C_t", "C_before"))
                                .wrong("f_t alone, with h_{t−1} held fixed", q -> diag(q.get("f")))
                                .wrong("the derivative without the way through the forget gate", q -> total(q, "ig"))
                                .wrong("the derivative without the way through the input gate", q -> total(q, "fg"))
                                .wrong("the derivative without the way through the candidate g", q -> total(q, "fi"))
                                .wrong("the three ways through h_{t−1}, without f_t", q -> total(q, "fig")
                                        .minus(diag(q.get("f"))))
                                .wrong(
                                        "the derivative with h_{t−1} = C_{t−1}, without o and tanh",
                                        q -> diag(q.get("f")).plus(ways(q, "fig"))),
                        "Four ways: f_t directly, and through h_{t−1} into f, i and g of step t.",
                        "∂h_{t−1}/∂C_{t−1} = diag(o_{t−1} ∘ (1 − tanh² C_{t−1})). It stands on the right of each of "
                                + "the three.",
                        "Through the forget gate: diag(C_{t−1} ∘ f (1 − f)) W_hf; and likewise with i and g."),
                new Exercise(
                        "09.5",
                        "peepholes: ∂L/∂C_{t−1}",
                        Comparison.derivation(peepholes(), q -> q.gradient("C_before"))
                                .wrong("the gradient of an LSTM without peepholes", q -> q.get("dC")
                                        .elementMult(q.get("f")))
                                .wrong("the sum without the peephole of the forget gate", q -> q.get("dC")
                                        .elementMult(q.get("f"))
                                        .plus(q.get("p_i").elementMult(q.get("da_i"))))
                                .wrong("the sum without the peephole of the input gate", q -> q.get("dC")
                                        .elementMult(q.get("f"))
                                        .plus(q.get("p_f").elementMult(q.get("da_f"))))
                                .wrong("the peepholes alone", q -> q.get("p_i")
                                        .elementMult(q.get("da_i"))
                                        .plus(q.get("p_f").elementMult(q.get("da_f"))))
                                .wrong("the sum without the factors p", q -> q.get("dC")
                                        .elementMult(q.get("f"))
                                        .plus(q.get("da_f"))
                                        .plus(q.get("da_i"))),
                        "How many times does C_{t−1} occur in the formulas of the step?",
                        "Once in f ∘ C_{t−1}, and once in each of the two pre-activations."));
    }

    private static double logit(double p) {
        return StrictMath.log(p / (1 - p));
    }

    private static SimpleMatrix gateSlope(Given q) {
        return q.get("f").elementMult(oneMinus(q.get("f")));
    }

    private static Given forget(Given q, int t) {
        return q.with("dC", p -> p.gradient("C_" + t))
                .with("C_before", p -> p.get("C", t - 1))
                .with("C_now", p -> p.get("C", t))
                .with("f", p -> p.get("f", t))
                .with("t", p -> Value.number(t))
                .only("dC", "C_before", "C_now", "f", "t");
    }

    private static Given cell(Given q) {
        return q.with("dh", p -> p.gradient("h_2"))
                .with("dC_next", p -> p.gradient("C_3"))
                .with("C_now", p -> p.get("C", 2))
                .with("o_now", p -> p.get("o", 2))
                .with("f_now", p -> p.get("f", 2))
                .with("f_next", p -> p.get("f", 3))
                .only("dh", "dC_next", "C_now", "o_now", "f_now", "f_next");
    }

    private static SimpleMatrix throughState(Given q) {
        return q.get("dh").elementMult(q.get("o_now")).elementMult(slope(tanh(q.get("C_now"))));
    }

    /** One step from C_{t−1}, whose output gate was o_{t−1}. */
    private static List<Given> steps() {
        return Stream.of(53, 54)
                .map(seed -> {
                    int H = seed % 2 == 0 ? 2 : 3;
                    Random random = new Random(seed);
                    List<SimpleMatrix> W = Draw.uniform(3, H, H, -1, 1, random);
                    List<SimpleMatrix> rest = Draw.uniform(3, H, 1, -1, 1, random);
                    SimpleMatrix C0 = Draw.uniform(H, 1, -1, 1, random);
                    SimpleMatrix o0 = sigmoid(Draw.uniform(H, 1, -1, 1, random));
                    return new Graph(node -> {
                                SimpleMatrix C = node.of("C_before", C0), o = node.of("o_before", o0);
                                SimpleMatrix h = o.elementMult(tanh(C));
                                SimpleMatrix f = sigmoid(
                                        node.of("W_hf", W.get(0)).mult(h).plus(rest.get(0)));
                                SimpleMatrix i = sigmoid(
                                        node.of("W_hi", W.get(1)).mult(h).plus(rest.get(1)));
                                SimpleMatrix g =
                                        tanh(node.of("W_hg", W.get(2)).mult(h).plus(rest.get(2)));
                                f = node.of("f", f);
                                i = node.of("i", i);
                                g = node.of("g", g);
                                return Reference.sum(
                                        node.of("C_t", f.elementMult(C).plus(i.elementMult(g))));
                            })
                            .given();
                })
                .map(q -> q.only("W_h.", "C_before", "o_before", "f", "i", "g"))
                .toList();
    }

    /** ∂C_t/∂h_{t−1} through these gates. */
    private static SimpleMatrix ways(Given q, String gates) {
        SimpleMatrix f = q.get("f"),
                i = q.get("i"),
                g = q.get("g"),
                none = q.get("W_hf").scale(0);
        SimpleMatrix through = none;
        if (gates.contains("f")) {
            through = through.plus(diag(q.get("C_before").elementMult(f).elementMult(oneMinus(f)))
                    .mult(q.get("W_hf")));
        }
        if (gates.contains("i")) {
            through =
                    through.plus(diag(g.elementMult(i).elementMult(oneMinus(i))).mult(q.get("W_hi")));
        }
        return gates.contains("g") ? through.plus(diag(i.elementMult(slope(g))).mult(q.get("W_hg"))) : through;
    }

    private static SimpleMatrix total(Given q, String gates) {
        SimpleMatrix state = diag(q.get("o_before").elementMult(slope(tanh(q.get("C_before")))));
        return diag(q.get("f")).plus(ways(q, gates).mult(state));
    }

    /** One step whose input and forget gate see C_{t−1}. */
    private static List<Given> peepholes() {
        Function<Integer, Graph> step = seed -> {
            int H = seed % 2 == 0 ? 2 : 3;
            Random random = new Random(seed);
            List<SimpleMatrix> v = Draw.uniform(6, H, 1, -1, 1, random);
            return new Graph(node -> {
                SimpleMatrix C = node.of("C_before", v.get(0)),
                        p_i = node.of("p_i", v.get(1)),
                        p_f = node.of("p_f", v.get(2));
                SimpleMatrix i = sigmoid(node.of("a_i", v.get(3).plus(p_i.elementMult(C))));
                SimpleMatrix f = node.of("f", sigmoid(node.of("a_f", v.get(4).plus(p_f.elementMult(C)))));
                SimpleMatrix now = node.of("C", f.elementMult(C).plus(i.elementMult(v.get(5))));
                return Reference.sum(now.elementMult(now)).scale(0.5);
            });
        };
        return Stream.of(55, 56)
                .map(step)
                .map(graph -> graph.given()
                        .with("dC", q -> q.gradient("C"))
                        .with("da_i", q -> q.gradient("a_i"))
                        .with("da_f", q -> q.gradient("a_f"))
                        .only("dC", "f", "p_i", "p_f", "da_i", "da_f"))
                .toList();
    }
}
