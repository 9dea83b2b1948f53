package bptt.exercise;

import static bptt.cell.Elementwise.tanh;
import static bptt.exercise.Algebra.artanh;
import static bptt.exercise.Algebra.column;
import static bptt.exercise.Algebra.diag;
import static bptt.exercise.Algebra.rows;
import static bptt.exercise.Algebra.slope;

import bptt.check.Claim;
import bptt.check.Derivatives;
import bptt.exercise.Networks.Losses;
import bptt.math.Numbers;
import java.util.List;
import java.util.function.Function;
import org.ejml.simple.SimpleMatrix;

/** Start here: a Jacobian of one step, and how errors are measured. */
final class Chapter00 {
    private static final SimpleMatrix W = rows(2, 0.5, -1, 2, 0.3), STATE = column(0.6, -0.8);

    private Chapter00() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "00.1",
                        "which sign",
                        new Choice()
                                .option(
                                        "a positive weight between them makes the second unit follow the first, but "
                                                + "this weight is W_12, that from unit 2 to unit 1: look at its sign",
                                        () -> jacobian().get(0, 1) > 0)
                                .option(
                                        "it would rise if the slope 1 − h² could be negative: it cannot",
                                        () -> jacobian().get(0, 1) < 0)
                                .option(
                                        "it stays the same only if the weight is 0 or the unit is at ±1",
                                        () -> jacobian().get(0, 1) == 0),
                        "∂h_{t,1}/∂h_{t−1,2} is one entry of diag(1 − h_t²) W_hh. Which?",
                        "1 − h² lies between 0 and 1. So the sign is that of the weight."),
                new Exercise(
                        "00.2",
                        "one entry of J_t = diag(1 − h_t²) W_hh",
                        Comparison.value(() -> jacobian().get(1, 0))
                                .byHand()
                                .wrong("the entry (1, 2), that of the transpose", n -> jacobian()
                                        .get(0, 1))
                                .wrong("the product with the slope of unit 1, not of unit 2", n -> 0.64 * W.get(1, 0))
                                .wrong("the weight alone: the slope 1 − h² is missing", n -> W.get(1, 0))
                                .wrong("the product with h where 1 − h² belongs", n -> STATE.get(1) * W.get(1, 0))
                                .wrong(
                                        "the product with 1 − h where 1 − h² belongs",
                                        n -> (1 - STATE.get(1)) * W.get(1, 0))
                                .wrong(
                                        "the product with 1 + h²: the slope of tanh is below 1",
                                        n -> (1 + STATE.get(1) * STATE.get(1)) * W.get(1, 0)),
                        "Row 2, column 1: how does unit 2 now depend on unit 1 before?",
                        "A diagonal matrix from the left multiplies each row by one number. Which is that of row 2?",
                        "The slope of tanh at a is 1 − tanh(a)², and tanh(a) is the state itself."),
                new Exercise(
                        "00.3",
                        "∂h_t/∂x_t as code",
                        Comparison.derivation(inputs(), q -> q.graph().jacobian("h_" + q.T(), "x_" + q.T()))
                                .wrong("the gradient with W_hh for W_xh", form(s -> diag(slope(s[2]))
                                        .mult(s[1])))
                                .wrong("W_xh alone: the slope of tanh is missing", form(s -> s[0]))
                                .wrong("the product with h_t where 1 − h_t² belongs", form(s -> diag(s[2])
                                        .mult(s[0])))
                                .wrong(
                                        "the product with the slope of the step before, 1 − h_{t−1}²",
                                        form(s -> diag(slope(s[3])).mult(s[0])))
                                .wrong(
                                        "the product in the other order: diag(…) belongs on the left",
                                        form(s -> s[0].mult(diag(slope(s[2]))))),
                        "What stands in front of x_t in a_t? And what does tanh do to a small change of a_t?",
                        "First x_t goes through a matrix, then each component through tanh. The later one stands on "
                                + "the left.",
                        "It is the formula of J_t with another matrix."),
                new Exercise(
                        "00.4",
                        "the error of c A against A as a function of c > 0",
                        Comparison.function(c -> Claim.error(W.scale(c), W), 0.5, 0.1, 1, 2, 5)
                                .wrong("the error relative to A alone", c -> Math.abs(c - 1))
                                .wrong("the error relative to c A alone", c -> Math.abs(c - 1) / c)
                                .wrong("1 − c without the case c > 1", c -> 1 - c)
                                .wrong("the error relative to the mean of both", c -> 2 * Math.abs(c - 1) / (c + 1))
                                .wrong("the error relative to the smaller one", c -> Math.abs(c - 1) / Math.min(1, c)),
                        "The error is max|a − b| divided by the larger of max|a| and max|b|.",
                        "The numerator is |c − 1| times max|A|. Which of the two is larger for c < 1, and which for "
                                + "c > 1?"),
                new Exercise(
                        "00.5",
                        "another c with the same error as ¼",
                        new Example(1, 1)
                                .must(c -> c.get(0) > 0 ? null : "c has to be positive")
                                .must(c -> Math.abs(c.get(0) - 0.25) > 1e-6 ? null : "that is the same c")
                                .must(Chapter00::sameError),
                        "For c < 1 the error is 1 − c. What is it for c > 1?",
                        "For which c > 1 does 1 − 1/c have the value that 1 − c has at ¼?"));
    }

    private static String sameError(SimpleMatrix c) {
        double error = Claim.error(W.scale(c.get(0)), W), wanted = Claim.error(W.scale(0.25), W);
        return Math.abs(error - wanted) < 1e-6
                ? null
                : c.get(0) == 1.75
                        ? "as far from 1, but the error is not measured by the truth alone"
                        : Numbers.format("it has a %s error", error < wanted ? "smaller" : "larger");
    }

    /** ∂h_t/∂h_{t−1} where h_t has the given value: by a complex step, from any state before. */
    private static SimpleMatrix jacobian() {
        SimpleMatrix before = column(0.1, 0.2), rest = artanh(STATE).minus(W.mult(before));
        return Derivatives.complexStep(h -> tanh(W.mult(h).plus(rest)), before);
    }

    /** Square input weights, so that a wrong order has the right shape. */
    private static List<Given> inputs() {
        return List.of(
                        Networks.rnn(5, 3, 3, 2, 1, 2, Losses.LAST),
                        Networks.rnn(6, 2, 2, 2, 1, 3, Losses.LAST),
                        Networks.rnn(7, 4, 4, 2, 1, 2, Losses.LAST))
                .stream()
                .map(graph -> graph.given().only("W_xh", "W_hh", "b_h", "x_\\d+", "h_\\d+", "T", "H"))
                .toList();
    }

    private static Function<Given, Object> form(Function<SimpleMatrix[], SimpleMatrix> of) {
        return q ->
                of.apply(new SimpleMatrix[] {q.get("W_xh"), q.get("W_hh"), q.get("h", q.T()), q.get("h", q.T() - 1)});
    }
}
