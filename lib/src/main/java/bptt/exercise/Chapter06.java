package bptt.exercise;

import static bptt.exercise.Algebra.T;
import static bptt.exercise.Algebra.column;
import static bptt.exercise.Algebra.rows;
import static bptt.exercise.Algebra.slope;

import bptt.cell.Elementwise;
import bptt.check.Claim;
import bptt.check.Derivatives;
import bptt.exercise.Networks.Losses;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.ejml.simple.SimpleMatrix;

/** Checking gradients: what differences can see, and which mistakes hide from a kind test case. */
final class Chapter06 {
    private Chapter06() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "06.1",
                        "a large constant added to the loss",
                        new Choice()
                                .option(
                                        "both differences subtract two values of the loss, and the constant takes "
                                                + "digits from both",
                                        () -> suffer(true, true, false))
                                .option(
                                        "they subtract values of the loss. What does the complex step subtract?",
                                        () -> suffer(true, true, true))
                                .option(
                                        "a constant has no derivative, but it has digits, and a double has 16 of them "
                                                + "in all",
                                        () -> suffer(false, false, false))
                                .option(
                                        "the one-sided difference subtracts two values of the loss, too",
                                        () -> suffer(false, true, false)),
                        "Which of the estimates subtract two losses that are nearly equal?",
                        "The complex step reads the derivative off the imaginary part, where no constant comes in."),
                new Exercise(
                        "06.2",
                        "what a central difference of 0 says",
                        new Choice()
                                .option("a difference of 0 is a fact about two rounded numbers", () -> hides(0))
                                .option(
                                        "so small a derivative would have been shown as 0, but so would be larger ones",
                                        () -> hides(1e-17))
                                .option(
                                        "compare it with the spacing of doubles near 1, divided by 2h",
                                        () -> hides(1e-12))
                                .option(
                                        "so large a derivative would move the loss by many of its last digits",
                                        () -> hides(1e-6)),
                        "Two doubles near 1 are equal, or at least about 10⁻¹⁶ apart.",
                        "So 2h · |derivative| may be about 10⁻¹⁶ without being seen."),
                new Exercise(
                        "06.3",
                        "the truncation error of a one-sided difference of eˣ at 0",
                        Comparison.function(h -> StrictMath.expm1(h) / h - 1, 1e-3, 1e-4, 1e-5)
                                .within(5e-4)
                                .wrong("h, without the ½ of Taylor's series", h -> h)
                                .wrong("h²/6, that of a central difference", h -> h * h / 6)
                                .wrong("h²/2, not yet divided by h", h -> h * h / 2)
                                .wrong("h²", h -> h * h),
                        "eʰ = 1 + h + h²/2 + … Put it into (eʰ − 1)/h.",
                        "What is left beside the derivative 1, to first order in h?"),
                new Exercise(
                        "06.4",
                        "a W_hh that hides a forgotten transpose",
                        new Example(2, 2)
                                .must(W -> W.get(0, 1) != 0 || W.get(1, 0) != 0
                                        ? null
                                        : "a diagonal matrix does hide it; find one that is not diagonal")
                                .must(Chapter06::hidesTranspose),
                        "The mistake is W_hh for W_hhᵀ. For which matrices is that no mistake?"),
                new Exercise(
                        "06.5",
                        "Jᵀ w for the dot product test",
                        Comparison.derivation(inputs(), q -> T(q.graph().jacobian("h_2", "h_1"))
                                        .mult(q.get("w")))
                                .wrong("J w, the tangent", q -> slope(q.get("h"))
                                        .elementMult(q.get("W_hh").mult(q.get("w"))))
                                .wrong("W_hhᵀ w without the slopes", q -> T(q.get("W_hh"))
                                        .mult(q.get("w")))
                                .wrong("the slopes after W_hhᵀ, not before", q -> slope(q.get("h"))
                                        .elementMult(T(q.get("W_hh")).mult(q.get("w"))))
                                .wrong("the product with W_hh for W_hhᵀ", q -> q.get("W_hh")
                                        .mult(slope(q.get("h")).elementMult(q.get("w")))),
                        "J = diag(1 − h²) W_hh. What is the transpose of a product?",
                        "Both factors change places: W_hhᵀ diag(1 − h²)."));
    }

    /** Which of one-sided, central and complex step lose digits if a constant is added. */
    private static boolean suffer(boolean oneSided, boolean central, boolean complex) {
        double a = 0.3, constant = 1e6, truth = StrictMath.cos(a), h = 1e-5;
        DoubleUnaryOperator L = x -> StrictMath.sin(x), moved = x -> StrictMath.sin(x) + constant;
        boolean one = error((moved.applyAsDouble(a + h) - moved.applyAsDouble(a)) / h, truth)
                > 1.5 * error((L.applyAsDouble(a + h) - L.applyAsDouble(a)) / h, truth);
        boolean two = error((moved.applyAsDouble(a + h) - moved.applyAsDouble(a - h)) / (2 * h), truth)
                > 1.5 * error((L.applyAsDouble(a + h) - L.applyAsDouble(a - h)) / (2 * h), truth);
        double step = Derivatives.complexStep(z -> Elementwise.exp(z).plus(constant), Value.number(a))
                .get(0);
        return one == oneSided && two == central && error(step, StrictMath.exp(a)) > 1e-12 == complex;
    }

    private static double error(double value, double truth) {
        return Math.abs(value - truth) / Math.abs(truth);
    }

    /** Whether this is the largest of the sizes offered that a central difference near 1 shows as 0. */
    private static boolean hides(double size) {
        double[] offered = {0, 1e-17, 1e-12, 1e-6};
        double largest = 0;
        for (double slope : offered) {
            double h = 1e-5, up = 1 + slope * h, down = 1 - slope * h;
            largest = up - down == 0 ? Math.max(largest, slope) : largest;
        }
        return size == largest;
    }

    private static String hidesTranspose(SimpleMatrix W) {
        SimpleMatrix e = column(0.3, -0.7), state = column(0.5, 0.2);
        SimpleMatrix da = slope(state).elementMult(e), asked = T(W).mult(da);
        return Claim.error(W.mult(da), asked) < 1e-9 && Claim.error(W, T(W)) < 1e-9
                ? null
                : "with this one the error that travels back is another: the mistake would be seen";
    }

    private static List<Given> inputs() {
        return List.of(Networks.rnn(31, 2, 3, 2, 1, 2, Losses.LAST), Networks.rnn(32, 2, 2, 2, 1, 2, Losses.LAST))
                .stream()
                .map(graph -> graph.given()
                        .with("w", q -> rows(1, 0.3, -0.8, 0.5)
                                .rows(0, q.get("h_2").getNumRows()))
                        .with("h", q -> q.get("h_2"))
                        .only("W_hh", "h", "w", "H"))
                .toList();
    }
}
