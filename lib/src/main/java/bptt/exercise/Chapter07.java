package bptt.exercise;

import static bptt.exercise.Algebra.diag;

import bptt.cell.Draw;
import bptt.flow.Norm;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.ejml.simple.SimpleMatrix;

/** Vanishing and exploding: radius against norm, clipping, sums of powers. */
final class Chapter07 {
    private Chapter07() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "07.1",
                        "which number decides",
                        new Choice()
                                .option(
                                        "the norm bounds each power, but powers of this matrix shrink all the same",
                                        () -> shrinks() && norm() < 1)
                                .option(
                                        "the powers go to 0, whatever the norm of one of them is",
                                        () -> shrinks() && norm() > 1)
                                .option(
                                        "an entry above 1 is no obstacle: it stands off the diagonal, and is used once",
                                        () -> !shrinks()),
                        "Multiply the matrix by itself, and once more.",
                        "Both eigenvalues are ½. What does that say about the nth power, for large n?"),
                new Exercise(
                        "07.2",
                        "the a of U(−a, a) for ρ ≈ 1, H = 100",
                        Comparison.value(() -> solve(a -> 100 * variance(a), 1, 0, 1))
                                .byHand()
                                .wrong("the standard deviation that is needed, not the half-width", n -> 0.1)
                                .wrong("the variance that is needed", n -> 0.01)
                                .wrong(
                                        "the width of the interval, not half of it",
                                        n -> 2 * solve(a -> 100 * variance(a), 1, 0, 1))
                                .wrong("√(1/(3H)): the 3 belongs above", n -> StrictMath.sqrt(1 / 300.0))
                                .wrong("3/H: the root is missing", n -> 0.03),
                        "By the circular law ρ ≈ σ √H for entries of standard deviation σ.",
                        "The variance of U(−a, a) is a²/3."),
                new Exercise(
                        "07.3",
                        "steps until six decades are lost, at a factor γ per step",
                        Comparison.function(g -> solve(n -> StrictMath.pow(g, n), 1e-6, 1e6, 0), 0.5, 0.9, 0.99, 0.1)
                                .within(1e-6)
                                .wrong("the natural logarithm of 10⁻⁶ alone", g -> 6 * StrictMath.log(10))
                                .wrong("6/(1 − γ), which a factor close to 1 only resembles", g -> 6 / (1 - g))
                                .wrong("the steps for a factor e⁻⁶, not 10⁻⁶", g -> -6 / StrictMath.log(g))
                                .wrong(
                                        "a negative number of steps: both logarithms are negative",
                                        g -> 6 / StrictMath.log10(g))
                                .wrong("the steps for one decade", g -> -1 / StrictMath.log10(g)),
                        "γⁿ = 10⁻⁶. Take logarithms on both sides."),
                new Exercise(
                        "07.4",
                        "ρ(W) = 0, and a ReLU network that explodes",
                        new Example(2, 2)
                                .must(W -> powers(W, 1) ? null : "W² is not 0, so ρ(W) is not")
                                .must(W -> masked(W) > 1
                                        ? null
                                        : masked(W) > 0
                                                ? "with a unit switched off something stays, but it does not grow"
                                                : "with a unit switched off nothing stays: what would be left on the "
                                                        + "diagonal?"),
                        "W² = 0 means trace 0 and determinant 0. An inactive unit removes a row.",
                        "Let w_11 = c and w_22 = −c. What must w_12 w_21 be? What is left if unit 2 is inactive?"),
                new Exercise(
                        "07.5",
                        "clipping by the norm",
                        Comparison.derivation(gradients(), q -> clipped(q))
                                .wrong(
                                        "clipping entry by entry, which turns the gradient",
                                        q -> Algebra.each(
                                                q.get("g"),
                                                v -> Math.max(
                                                        -q.number("threshold"), Math.min(q.number("threshold"), v))))
                                .wrong("a gradient of that length always, a short one too", q -> q.get("g")
                                        .scale(q.number("threshold")
                                                / q.get("g").normF()))
                                .wrong("the gradient divided by its norm", q -> q.get("g")
                                        .divide(q.get("g").normF()))
                                .wrong("the gradient as it was", q -> q.get("g"))
                                .wrong("0 where the gradient is long", q -> q.get("g")
                                        .scale(q.get("g").normF() > q.number("threshold") ? 0 : 1)),
                        "What stays the same is the direction. By which number is the gradient multiplied?",
                        "By threshold/‖g‖, but never by more than 1. ‖g‖ is g.normF()."),
                new Exercise(
                        "07.6",
                        "E h² of h_t = λ h_{t−1} + x_t as a function of λ",
                        Comparison.function(Chapter07::stationary, 0.5, 0.9, -0.3, 0)
                                .within(1e-6)
                                .wrong("Σ λ^k, the response to a constant input", l -> 1 / (1 - l))
                                .wrong(
                                        "(Σ λ^k)²: the inputs are independent, so mixed terms vanish",
                                        l -> 1 / ((1 - l) * (1 - l)))
                                .wrong("the sum without its first term, k = 0", l -> l * l / (1 - l * l))
                                .wrong("the standard deviation", l -> 1 / StrictMath.sqrt(1 - l * l)),
                        "h_t = Σ_k λ^k x_{t−k}. Square it: which products have a mean that is not 0?",
                        "E x² = 1, so Σ_k λ^(2k) is left, a geometric series."));
    }

    private static final SimpleMatrix SHEAR = Algebra.rows(2, 0.5, 5, 0, 0.5);

    private static boolean shrinks() {
        SimpleMatrix power = SHEAR;
        for (int n = 0; n < 100; n++) {
            power = power.mult(SHEAR);
        }
        return power.elementMaxAbs() < 1e-6;
    }

    private static double norm() {
        return Norm.SPECTRAL.of(SHEAR);
    }

    private static double variance(double a) {
        double sum = 0;
        int n = 10_000;
        for (int k = 0; k < n; k++) {
            double u = a * (2 * (k + 0.5) / n - 1);
            sum += u * u;
        }
        return sum / n;
    }

    /** Where a monotonic function takes a value, by bisection between where it is smaller and where it is larger. */
    static double solve(DoubleUnaryOperator f, double value, double below, double above) {
        for (int n = 0; n < 200; n++) {
            double middle = (below + above) / 2;
            if (f.applyAsDouble(middle) < value) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return (below + above) / 2;
    }

    /** Whether W^(n+1) is 0. */
    private static boolean powers(SimpleMatrix W, int n) {
        SimpleMatrix power = W;
        for (int k = 0; k < n; k++) {
            power = power.mult(W);
        }
        return power.elementMaxAbs() <= 1e-12 * W.elementMaxAbs() * W.elementMaxAbs();
    }

    /** The largest spectral radius with one of the units inactive. */
    private static double masked(SimpleMatrix W) {
        return Math.max(
                diag(Algebra.column(1, 0)).mult(W).trace(),
                diag(Algebra.column(0, 1)).mult(W).trace());
    }

    private static List<Given> gradients() {
        Random random = new Random(7);
        return List.of(
                Given.of(Map.of("g", Draw.uniform(3, 2, -2, 2, random), "threshold", Value.number(1))),
                Given.of(Map.of("g", Draw.uniform(2, 2, -0.1, 0.1, random), "threshold", Value.number(1))),
                Given.of(Map.of("g", Draw.uniform(4, 1, -3, 3, random), "threshold", Value.number(0.5))));
    }

    /** The nearest point of the ball, which has the direction of g, found by bisection. */
    private static SimpleMatrix clipped(Given q) {
        SimpleMatrix g = q.get("g");
        return g.scale(within(g, q.number("threshold")));
    }

    /** Which share of g has a norm of at most the threshold. */
    static double within(SimpleMatrix g, double threshold) {
        return g.normF() <= threshold ? 1 : solve(s -> g.scale(s).normF(), threshold, 0, 1);
    }

    private static double stationary(double l) {
        double sum = 0, term = 1;
        for (int k = 0; k < 10_000; k++) {
            sum += term * term;
            term *= l;
        }
        return sum;
    }
}
