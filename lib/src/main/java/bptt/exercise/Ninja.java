package bptt.exercise;

import static bptt.cell.Elementwise.oneMinus;
import static bptt.exercise.Algebra.T;
import static bptt.exercise.Algebra.slope;
import static bptt.exercise.Algebra.sum;

import bptt.Loss;
import bptt.exercise.Networks.Losses;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.ejml.simple.SimpleMatrix;

/** The backward pass of a tanh network and of an LSTM, line by line. */
final class Ninja {
    private static final String BEGIN = "W_.*|b_.*|[xy]_\\d+|[hC]_0";

    /** A quantity's wrong forms, by name. */
    private static final class Line {
        private final String name;
        private final Map<String, Supplier<SimpleMatrix>> wrong = new LinkedHashMap<>();
        private final List<String> hints = new ArrayList<>();

        Line(String name, String... hints) {
            this.name = name;
            this.hints.addAll(List.of(hints));
        }

        Line wrong(String form, Supplier<SimpleMatrix> value) {
            wrong.put(form, value);
            return this;
        }

        Exercise of(String network, Given q) {
            Comparison<Void> question = Comparison.value(() -> q.gradient(name)).about(q.only(BEGIN));
            wrong.forEach((form, value) -> question.wrong(form, nothing -> value.get()));
            String id = Numbers.format("13.%s.d%s", network, name);
            return new Exercise(id, "∂L/∂" + name, question, hints.toArray(String[]::new));
        }
    }

    private Ninja() {}

    static List<Exercise> exercises() {
        List<Exercise> all = new ArrayList<>();
        Given rnn = Networks.rnn(13, 2, 3, 2, 1, 3, Losses.EACH).given();
        Given lstm = Networks.lstm(14, 2, 3, 2).given();
        new Rnn(rnn).lines().forEach(line -> all.add(line.of("rnn", rnn)));
        new Lstm(lstm).lines().forEach(line -> all.add(line.of("lstm", lstm)));
        return all;
    }

    /** What both have. */
    private abstract static class Lines {
        final Given q;

        Lines(Given q) {
            this.q = q;
        }

        SimpleMatrix get(String name, int t) {
            return q.get(name, t);
        }

        SimpleMatrix get(String name) {
            return q.get(name);
        }

        SimpleMatrix d(String name, int t) {
            return q.gradient(name + "_" + t);
        }

        abstract List<Line> lines();
    }

    private static final class Rnn extends Lines {
        Rnn(Given q) {
            super(q);
        }

        @Override
        List<Line> lines() {
            return List.of(
                    output(3),
                    new Line(
                                    "h_3",
                                    "h_3 acts on o_3 and on nothing else: there is no step 4.",
                                    "o = W_hy h + b_y, so h gets what o has, through W_hyᵀ.")
                            .wrong("∂L/∂a_3: the slope of tanh is in it already", () -> d("a", 3))
                            .wrong("the product with ŷ_3 for ŷ_3 − y_3", () -> T(get("W_hy"))
                                    .mult(Loss.softmax(get("o", 3)))),
                    pre(3),
                    output(2),
                    state(2),
                    pre(2),
                    output(1),
                    state(1),
                    pre(1),
                    new Line("h_0", "h_0 has no output of its own: it acts through a_1 alone.")
                            .wrong("∂L/∂a_1, without W_hhᵀ", () -> d("a", 1))
                            .wrong("the product with W_hh for W_hhᵀ", () -> get("W_hh")
                                    .mult(d("a", 1)))
                            .wrong("the product with ∂L/∂h_1: the slope of tanh is missing", () -> T(get("W_hh"))
                                    .mult(d("h", 1)))
                            .wrong("∂L/∂h_1", () -> d("h", 1)),
                    new Line("x_2", "x_2 acts through a_2 alone.")
                            .wrong("the product with ∂L/∂h_2: the slope of tanh is missing", () -> T(get("W_xh"))
                                    .mult(d("h", 2)))
                            .wrong("∂L/∂x_1", () -> d("x", 1))
                            .wrong("∂L/∂x_3", () -> d("x", 3)),
                    new Line("W_hy", "An outer product for each step: ∂L/∂o_t and what W_hy multiplies.")
                            .wrong("the last step's part alone", () -> d("o", 3).mult(T(get("h", 3))))
                            .wrong(
                                    "the sum with h_{t−1} for h_t",
                                    () -> sum(1, 3, t -> d("o", t).mult(T(get("h", t - 1)))))
                            .wrong("the mean over the steps, not the sum", () -> q.gradient("W_hy")
                                    .divide(3)),
                    new Line("b_y", "The bias is the weight of an input that is always 1.")
                            .wrong("the last step's part alone", () -> d("o", 3))
                            .wrong("the mean over the steps, not the sum", () -> q.gradient("b_y")
                                    .divide(3)),
                    shared("W_hh", "h", -1)
                            .wrong(
                                    "the sum with h_t where h_{t−1} belongs",
                                    () -> sum(1, 3, t -> d("a", t).mult(T(get("h", t)))))
                            .wrong(
                                    "the sum from t = 2: h_0 is not zero",
                                    () -> sum(2, 3, t -> d("a", t).mult(T(get("h", t - 1))))),
                    shared("W_xh", "x", 0),
                    new Line("b_h", "Three copies of the bias: one for each step.")
                            .wrong("the last step's part alone", () -> d("a", 3))
                            .wrong("the sum of ∂L/∂h_t: the slope of tanh is missing", () -> sum(1, 3, t -> d("h", t)))
                            .wrong("the mean over the steps, not the sum", () -> q.gradient("b_h")
                                    .divide(3)));
        }

        private Line output(int t) {
            return new Line(
                            "o_" + t,
                            "The loss of this step is the cross-entropy of a softmax, and B = 1.",
                            "It is the difference between the prediction and the target.")
                    .wrong("the difference with the softmax left out, o − y", () -> get("o", t)
                            .minus(get("y", t)))
                    .wrong("∂L/∂ŷ, −y/ŷ: the softmax is still to be passed", () -> get("y", t)
                            .elementDiv(Loss.softmax(get("o", t)))
                            .scale(-1))
                    .wrong("the prediction ŷ alone", () -> Loss.softmax(get("o", t)))
                    .wrong("the difference times ŷ (1 − ŷ), the slope of a sigmoid", () -> {
                        SimpleMatrix y = Loss.softmax(get("o", t));
                        return y.minus(get("y", t)).elementMult(y).elementMult(oneMinus(y));
                    });
        }

        private Line state(int t) {
            SimpleMatrix W = get("W_hh");
            Supplier<SimpleMatrix> own = () -> T(get("W_hy")).mult(d("o", t));
            return new Line(
                            "h_" + t,
                            Numbers.format("h_%d has two ways to the loss: its own output and the next step.", t),
                            Numbers.format("The next step sees it as W_hh h_%d in a_%d.", t, t + 1))
                    .wrong("the part of its own output alone", own)
                    .wrong("the part of the next step alone", () -> T(W).mult(d("a", t + 1)))
                    .wrong("the gradient with W_hh for W_hhᵀ", () -> own.get().plus(W.mult(d("a", t + 1))))
                    .wrong(
                            Numbers.format("the gradient with ∂L/∂h_%d for ∂L/∂a_%d: a slope is missing", t + 1, t + 1),
                            () -> own.get().plus(T(W).mult(d("h", t + 1))))
                    .wrong(
                            "the gradient with the next output for its own",
                            () -> T(get("W_hy")).mult(d("o", t + 1)).plus(T(W).mult(d("a", t + 1))));
        }

        private Line pre(int t) {
            return new Line("a_" + t, "h = tanh(a), component by component.", "The slope of tanh is 1 − h².")
                    .wrong("∂L/∂h_" + t + " itself: the slope of tanh is missing", () -> d("h", t))
                    .wrong("the product with h for 1 − h²", () -> get("h", t).elementMult(d("h", t)))
                    .wrong("the product with 1 − h for 1 − h²", () -> oneMinus(get("h", t))
                            .elementMult(d("h", t)))
                    .wrong(
                            "the product with 1 − a²: the slope is written with the value h of tanh",
                            () -> slope(get("a", t)).elementMult(d("h", t)))
                    .wrong("the product with the slope of the step before", () -> slope(get("h", t - 1))
                            .elementMult(d("h", t)));
        }

        private Line shared(String name, String input, int lag) {
            return new Line(
                            name,
                            "Three copies of it act, at t = 1, 2, 3: an outer product for each.",
                            "∂L/∂a_t times what it multiplies at step t, transposed.")
                    .wrong("the last step's part alone", () -> d("a", 3).mult(T(get(input, 3 + lag))))
                    .wrong("the first step's part alone", () -> d("a", 1).mult(T(get(input, 1 + lag))))
                    .wrong(
                            "the sum of ∂L/∂h_t times it: the slope of tanh is missing",
                            () -> sum(1, 3, t -> d("h", t).mult(T(get(input, t + lag)))))
                    .wrong("the mean over the steps, not the sum", () -> q.gradient(name)
                            .divide(3));
        }
    }

    private static final class Lstm extends Lines {
        Lstm(Given q) {
            super(q);
        }

        @Override
        List<Line> lines() {
            List<Line> lines = new ArrayList<>();
            lines.add(new Line("h_2", "h_2 is measured by its own loss alone, ½‖h_2 − y_2‖².")
                    .wrong("the state itself: the target is missing", () -> get("h", 2)));
            lines.add(factor("o_2", "h_2 = o_2 ∘ tanh(C_2): for o_2 the other factor is a constant.")
                    .wrong("the product with C_2 for tanh(C_2)", () -> d("h", 2).elementMult(get("C", 2)))
                    .wrong("the product with o_2 itself", () -> d("h", 2).elementMult(get("o", 2)))
                    .wrong("∂L/∂h_2: the factor tanh(C_2) is missing", () -> d("h", 2)));
            lines.add(factor("tanhC_2", "h_2 = o_2 ∘ tanh(C_2): for tanh(C_2) the other factor is a constant.")
                    .wrong("the product with tanh(C_2) itself", () -> d("h", 2).elementMult(get("tanhC", 2)))
                    .wrong("∂L/∂h_2: the factor o_2 is missing", () -> d("h", 2)));
            lines.add(new Line("C_2", "There is no step 3: C_2 acts through tanh(C_2) alone.")
                    .wrong("∂L/∂tanhC_2: the slope of tanh is missing", () -> d("tanhC", 2))
                    .wrong("the product with tanh C for 1 − tanh² C", () -> d("tanhC", 2)
                            .elementMult(get("tanhC", 2)))
                    .wrong("the product with 1 − C²: the slope is written with the value of tanh", () -> d("tanhC", 2)
                            .elementMult(slope(get("C", 2))))
                    .wrong("the gradient without o_2", () -> d("h", 2).elementMult(slope(get("tanhC", 2)))));
            lines.add(factor("f_2", "C_2 = f_2 ∘ C_1 + i_2 ∘ g_2.")
                    .wrong("the product with C_2 where C_1 belongs", () -> d("C", 2)
                            .elementMult(get("C", 2)))
                    .wrong("the product with the gate itself", () -> d("C", 2).elementMult(get("f", 2)))
                    .wrong("∂L/∂a_f_2: σ′ is in it already", () -> d("a_f", 2)));
            lines.add(factor("i_2", "C_2 = f_2 ∘ C_1 + i_2 ∘ g_2.")
                    .wrong("the product with the gate itself", () -> d("C", 2).elementMult(get("i", 2)))
                    .wrong("the product with C_1, which belongs to the forget gate", () -> d("C", 2)
                            .elementMult(get("C", 1))));
            lines.add(factor("g_2", "C_2 = f_2 ∘ C_1 + i_2 ∘ g_2.")
                    .wrong("the product with g itself", () -> d("C", 2).elementMult(get("g", 2)))
                    .wrong("the product with f_2", () -> d("C", 2).elementMult(get("f", 2))));
            for (String gate : List.of("o", "f", "i", "g")) {
                lines.add(pre(gate, 2));
            }
            lines.add(new Line(
                            "h_1",
                            "h_1 has its own loss, and it is in the pre-activations of all four gates of step 2.",
                            "Σ_q W_hqᵀ ∂L/∂a_q, and h_1 − y_1.")
                    .wrong("the part of the next step alone, without h_1 − y_1", () -> fromGates(2))
                    .wrong("the part of its own loss alone", () -> get("h", 1).minus(get("y", 1)))
                    .wrong("the sum with W_hq for W_hqᵀ", () -> own().plus(
                                    gates(q -> get("W_h" + q).mult(d("a_" + q, 2)))))
                    .wrong("the sum without the output gate", () -> own().plus(fromGates(2))
                            .minus(T(get("W_ho")).mult(d("a_o", 2))))
                    .wrong("the sum with ∂L/∂(gate) for ∂L/∂a: the slopes are missing", () -> own().plus(
                                    gates(q -> T(get("W_h" + q)).mult(d(q, 2))))));
            lines.add(new Line(
                            "C_1",
                            "C_1 acts twice: through C_2, and through tanh(C_1) in h_1.",
                            "Through C_2 it has the factor f_2; through h_1 what C_2 had through h_2.")
                    .wrong("the part through C_2 alone", () -> d("C", 2).elementMult(get("f", 2)))
                    .wrong("the part through h_1 alone", () -> throughState(1))
                    .wrong(
                            "the sum with f_1 for f_2",
                            () -> d("C", 2).elementMult(get("f", 1)).plus(throughState(1)))
                    .wrong("the sum without f_2", () -> d("C", 2).plus(throughState(1)))
                    .wrong("the sum without the slope of tanh", () -> d("C", 2)
                            .elementMult(get("f", 2))
                            .plus(d("h", 1).elementMult(get("o", 1)))));
            for (String gate : List.of("o", "f", "i", "g")) {
                lines.add(whole(gate));
            }
            lines.add(new Line("h_0", "h_0 has no loss: it acts through the four gates of step 1.")
                    .wrong("the sum without the output gate", () -> fromGates(1)
                            .minus(T(get("W_ho")).mult(d("a_o", 1))))
                    .wrong(
                            "the sum with W_hq for W_hqᵀ",
                            () -> gates(q -> get("W_h" + q).mult(d("a_" + q, 1))))
                    .wrong("the sum of the four ∂L/∂a, without the weights", () -> gates(q -> d("a_" + q, 1))));
            lines.add(new Line("C_0", "C_0 acts through C_1 alone.")
                    .wrong("∂L/∂C_1: the forget gate is missing", () -> d("C", 1))
                    .wrong("the product with f_2 for f_1", () -> d("C", 1).elementMult(get("f", 2)))
                    .wrong("the product with the input gate", () -> d("C", 1).elementMult(get("i", 1))));
            lines.add(shared("W_hf", "a_f", "h", -1)
                    .wrong(
                            "the sum with h_t where h_{t−1} belongs",
                            () -> sum(1, 2, t -> d("a_f", t).mult(T(get("h", t)))))
                    .wrong(
                            "the sum with C_{t−1}, which the gates do not see",
                            () -> sum(1, 2, t -> d("a_f", t).mult(T(get("C", t - 1))))));
            lines.add(shared("W_xg", "a_g", "x", 0)
                    .wrong(
                            "the sum with ∂L/∂g_t for ∂L/∂a_g: tanh′ is missing",
                            () -> sum(1, 2, t -> d("g", t).mult(T(get("x", t))))));
            lines.add(new Line("b_o", "Two copies of the bias: one for each step.")
                    .wrong("the last step's part alone", () -> d("a_o", 2))
                    .wrong("the first step's part alone", () -> d("a_o", 1))
                    .wrong("the sum of ∂L/∂o_t: σ′ is missing", () -> d("o", 1).plus(d("o", 2))));
            return lines;
        }

        private Line factor(String name, String hint) {
            return new Line(name, hint, "The derivative of a product by one factor is the other one.");
        }

        private SimpleMatrix slopeOf(String gate, int t) {
            SimpleMatrix value = get(gate, t);
            return gate.equals("g") ? slope(value) : value.elementMult(oneMinus(value));
        }

        private Line pre(String gate, int t) {
            boolean g = gate.equals("g");
            SimpleMatrix value = get(gate, t);
            return new Line(
                            Numbers.format("a_%s_%d", gate, t),
                            g ? "g = tanh(a), whose slope is 1 − g²." : "The gate is σ(a). What is σ′, written with σ?")
                    .wrong(Numbers.format("∂L/∂%s_%d itself: the slope is missing", gate, t), () -> d(gate, t))
                    .wrong(
                            g ? "the product with σ′: this one is a tanh" : "the product with tanh′: this one is a σ",
                            () -> d(gate, t).elementMult(g ? value.elementMult(oneMinus(value)) : slope(value)))
                    .wrong(
                            g ? "the product with g for 1 − g²" : "the product with σ for σ′ = σ (1 − σ)",
                            () -> d(gate, t).elementMult(value))
                    .wrong("the product with 1 − " + gate, () -> d(gate, t).elementMult(oneMinus(value)));
        }

        /** Step 1, from ∂L/∂C_1 or ∂L/∂h_1 to a gate's pre-activation in one line. */
        private Line whole(String gate) {
            String from = gate.equals("o") ? "h" : "C";
            Supplier<SimpleMatrix> other = () -> switch (gate) {
                case "o" -> get("tanhC", 1);
                case "f" -> get("C", 0);
                case "i" -> get("g", 1);
                default -> get("i", 1);
            };
            Line line = new Line(
                            Numbers.format("a_%s_1", gate),
                            Numbers.format(
                                    "Two lines of step 2 in one: from ∂L/∂%s_1 to the gate, and through its slope.",
                                    from))
                    .wrong(Numbers.format("∂L/∂%s_1: the slope is missing", gate), () -> d(gate, 1))
                    .wrong("the gradient without the other factor of the product", () -> d(from, 1)
                            .elementMult(slopeOf(gate, 1)))
                    .wrong("the gradient with the slope of step 2", () -> d(gate, 1)
                            .elementMult(slopeOf(gate, 2)))
                    .wrong(
                            Numbers.format("the gradient with ∂L/∂%s_2", from),
                            () -> d(from, 2).elementMult(other.get()).elementMult(slopeOf(gate, 1)));
            return gate.equals("f")
                    ? line.wrong(
                            "the gradient with C_1 where C_0 belongs",
                            () -> d("C", 1).elementMult(get("C", 1)).elementMult(slopeOf("f", 1)))
                    : line;
        }

        private Line shared(String name, String pre, String input, int lag) {
            return new Line(
                            name,
                            "Two copies of it act, at t = 1 and 2: an outer product for each.",
                            "∂L/∂a of that gate, times what it multiplies at step t, transposed.")
                    .wrong("the last step's part alone", () -> d(pre, 2).mult(T(get(input, 2 + lag))))
                    .wrong("the first step's part alone", () -> d(pre, 1).mult(T(get(input, 1 + lag))));
        }

        private interface OfGate {
            SimpleMatrix of(String gate);
        }

        private static SimpleMatrix gates(OfGate of) {
            return List.of("i", "f", "g", "o").stream()
                    .map(of::of)
                    .reduce(SimpleMatrix::plus)
                    .orElseThrow();
        }

        private SimpleMatrix fromGates(int t) {
            return gates(q -> T(get("W_h" + q)).mult(d("a_" + q, t)));
        }

        private SimpleMatrix own() {
            return get("h", 1).minus(get("y", 1));
        }

        private SimpleMatrix throughState(int t) {
            return d("h", t).elementMult(get("o", t)).elementMult(slope(get("tanhC", t)));
        }
    }
}
