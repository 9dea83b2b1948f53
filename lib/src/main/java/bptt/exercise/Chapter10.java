package bptt.exercise;

import static bptt.cell.Elementwise.oneMinus;
import static bptt.cell.Elementwise.tanh;
import static bptt.exercise.Algebra.diag;
import static bptt.exercise.Algebra.slope;
import static bptt.exercise.Chapter07.solve;

import bptt.Bptt;
import bptt.cell.Draw;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.flow.Jacobians;
import bptt.flow.Norm;
import bptt.flow.Spectrum;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** Decay across T: slopes, the one matrix that predicts them, time constants, and what a norm counts. */
final class Chapter10 {
    /** Two points of a decay curve: at these distances this is left. */
    private static final double NEAR = 20, FAR = 80, LEFT_NEAR = 2e-2, LEFT_FAR = 5e-7;

    private static final int STEPS = 20_000;

    private Chapter10() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "10.1",
                        "which way the curve of an LSTM with b_f = 2 goes",
                        new Choice()
                                .option(
                                        "σ(b_f) alone is below 1, but the path through h adds to it",
                                        () -> growth(2) < -0.003)
                                .option(
                                        "nothing balances the two terms: what does their sum come to?",
                                        () -> Math.abs(growth(2)) <= 0.003)
                                .option("the two terms do not add up to more than 1", () -> growth(2) > 0.003),
                        "The closed form of section 5: σ(b_f) + 1/(4√3) is what is left after one step.",
                        "σ(2) = 0.881 and 1/(4√3) = 0.144."),
                new Exercise(
                        "10.2",
                        "decades lost per step, read off a curve",
                        Comparison.value(() -> solve(d -> LEFT_NEAR * StrictMath.pow(10, -d * steps()), LEFT_FAR, 1, 0))
                                .byHand()
                                .wrong("the natural logarithm, not decades", n -> StrictMath.log(lost()) / steps())
                                .wrong(
                                        "the loss divided by the whole distance, not by the steps between the points",
                                        n -> StrictMath.log10(lost()) / FAR)
                                .wrong("the loss between the points, not that of a step", n -> StrictMath.log10(lost()))
                                .wrong(
                                        "the factor of a step, not the decades that it loses",
                                        n -> StrictMath.pow(lost(), -1 / steps()))
                                .wrong(
                                        "the loss counted from 1 at n = 0: no curve needs to begin there",
                                        n -> -StrictMath.log10(LEFT_FAR) / FAR),
                        "How many decades lie between the two values, and how many steps?",
                        "log₁₀ of the quotient of the two values, divided by 60."),
                new Exercise(
                        "10.3",
                        "how many units of an IRNN let the gradient through",
                        Comparison.value(() -> (double) IntStream.rangeClosed(0, 50)
                                        .filter(units -> Norm.FROBENIUS.of(open(units)) == 6)
                                        .findFirst()
                                        .orElseThrow())
                                .wrong("the norm itself, the root of their number", n -> 6)
                                .wrong("what the spectral norm needs: one", n -> 1)
                                .wrong("all units, open or not", n -> 50)
                                .wrong("the number of those that do not", n -> 14)
                                .wrong("the share of the units, not their number", n -> 0.72),
                        "What does the product of masks look like, and what are its entries?",
                        "The squared Frobenius norm is the sum of the squared entries, here zeros and ones."),
                new Exercise(
                        "10.4",
                        "decades per step, predicted from one matrix",
                        Comparison.derivation(settling(), Chapter10::predicted)
                                .within(1e-6)
                                .wrong(
                                        "the prediction in natural logarithms, not decades",
                                        q -> -StrictMath.log(Spectrum.radius(jacobian(q, settled(q)))))
                                .wrong(
                                        "the prediction of W_hh alone, which is J at the zero state: the slopes of "
                                                + "tanh are missing",
                                        q -> -StrictMath.log10(Spectrum.radius(q.get("W_hh"))))
                                .wrong(
                                        "the ceiling, −log₁₀ σ₁(J*): the rate is that of the radius",
                                        q -> -StrictMath.log10(Norm.SPECTRAL.of(jacobian(q, settled(q)))))
                                .wrong(
                                        "the prediction after a single step, when the state has not settled",
                                        q -> -StrictMath.log10(Spectrum.radius(jacobian(q, next(q, zero(q))))))
                                .wrong(
                                        "the radius ρ(J*), not the decades",
                                        q -> Spectrum.radius(jacobian(q, settled(q))))
                                .wrong(
                                        "the prediction with 1 − h for the slope 1 − h²",
                                        q -> -StrictMath.log10(Spectrum.radius(
                                                diag(oneMinus(settled(q))).mult(q.get("W_hh"))))),
                        "Run the network on the mean input until its state does not move any more: a thousand steps.",
                        "J* = diag(1 − h*²) W_hh. Spectrum.radius gives ρ; how many decades is a factor ρ?"),
                new Exercise(
                        "10.5",
                        "the half-life of a cell whose forget bias is b_f",
                        Comparison.function(b -> solve(n -> StrictMath.pow(carried(b), n), 0.5, 1e6, 0), 0, 1, 2, 4, -1)
                                .within(1e-6)
                                .wrong("the number of steps until 1/e is left", b -> -1 / StrictMath.log(carried(b)))
                                .wrong("the time constant 1/(1 − σ(b_f))", b -> 1 / (1 - carried(b)))
                                .wrong(
                                        "ln 2 · (1 + e^b_f), which a gate close to 1 only resembles",
                                        b -> StrictMath.log(2) / (1 - carried(b)))
                                .wrong("the number of steps for a decade", b -> -1 / StrictMath.log10(carried(b)))
                                .wrong("what is left after one step, σ(b_f)", b -> carried(b))
                                .wrong("the loss per step in decades", b -> -StrictMath.log10(carried(b))),
                        "With the weights at 0 the forget gate alone touches the cell. What is left after n steps?",
                        "σ(b_f)ⁿ = ½. Take logarithms on both sides."),
                new Exercise(
                        "10.6",
                        "the forget bias for a time constant τ",
                        Comparison.function(t -> solve(Chapter10::stay, t, -10, 10), 3, 11, 101, 1.5)
                                .within(1e-6)
                                .wrong("ln τ, for which σ(b_f) is τ/(τ + 1)", t -> StrictMath.log(t))
                                .wrong("ln(τ + 1)", t -> StrictMath.log(t + 1))
                                .wrong("the gate 1 − 1/τ, not its bias", t -> 1 - 1 / t)
                                .wrong(
                                        "the logarithm of the gate: the inverse of σ is ln(σ/(1 − σ))",
                                        t -> StrictMath.log(1 - 1 / t))
                                .wrong(
                                        "the bias of the input gate, which chrono sets to −b_f",
                                        t -> -StrictMath.log(t - 1)),
                        "First the gate: 1 − σ(b_f) = 1/τ.",
                        "σ(b) = p means b = ln(p/(1 − p)). What is p/(1 − p) for p = 1 − 1/τ?"),
                new Exercise(
                        "10.7",
                        "the root mean square of ‖J v‖ over all directions v",
                        Comparison.derivation(matrices(), Chapter10::typical)
                                .wrong(
                                        "the spectral norm, the factor of the best direction",
                                        q -> Norm.SPECTRAL.of(q.get("J")))
                                .wrong("the Frobenius norm, not yet divided by √H", q -> q.get("J")
                                        .normF())
                                .wrong(
                                        "the Frobenius norm divided by H, not by its root",
                                        q -> q.get("J").normF() / q.number("H"))
                                .wrong(
                                        "the mean square, not its root",
                                        q -> StrictMath.pow(q.get("J").normF(), 2) / q.number("H"))
                                .wrong(
                                        "the spectral radius, which is the rate of many steps",
                                        q -> Spectrum.radius(q.get("J")))
                                .wrong(
                                        "the mean of the singular values, not of their squares",
                                        q -> singular(q) / q.number("H")),
                        "E ‖Jv‖² = E vᵀ JᵀJ v = Σ_ij (JᵀJ)_ij E v_i v_j. What is E v_i v_j on the unit sphere?",
                        "E v_i v_j = 0 for i ≠ j, and the H squares v_i² add up to 1. So a trace is left."),
                new Exercise(
                        "10.8",
                        "at which n/T a share p of an IRNN's units is left",
                        Comparison.function(Chapter10::distance, 0.75, 0.5, 0.25, 0.1)
                                .within(5e-3)
                                .wrong("k/T, counted from the beginning: n = T − k", p -> squareOfSine(p / 2))
                                .wrong(
                                        "the share that is left at n = p T: the share and the distance are exchanged",
                                        p -> 2 / Math.PI * StrictMath.asin(StrictMath.sqrt(1 - p)))
                                .wrong("a straight line, 1 − p", p -> 1 - p)
                                .wrong(
                                        "1 − sin(π p/2): under the arcsine stands a root",
                                        p -> 1 - StrictMath.sin(Math.PI * p / 2))
                                .wrong(
                                        "the distance for a law without its factor 2, (1/π) arcsin √(k/T)",
                                        p -> 1 - squareOfSine(p)),
                        "The unit passes the gradient from T back to k = T − n if the walk has its minimum before k.",
                        "p = (2/π) arcsin √(k/T). Solve it for k/T, and then n/T = 1 − k/T."));
    }

    private static double steps() {
        return FAR - NEAR;
    }

    private static double lost() {
        return LEFT_NEAR / LEFT_FAR;
    }

    /** log₁₀ ρ of the zero state's Jacobian, the mean of five uniform LSTMs. */
    private static double growth(double b_f) {
        return IntStream.rangeClosed(1, 5)
                .mapToDouble(seed -> {
                    Parameters p = Init.uniform(new Lstm(1, 40), 0, new Random(seed))
                            .map((name, a) -> name.startsWith("b_") ? a.scale(0) : a)
                            .with("b_f", b_f);
                    return StrictMath.log10(Spectrum.radius(atZero(p)));
                })
                .average()
                .orElseThrow();
    }

    /** The Jacobian of the first step, from the zero state and with the input 0. */
    private static SimpleMatrix atZero(Parameters p) {
        return Jacobians.step(Bptt.forward(p, List.of(new SimpleMatrix(1, 1))), 0, 1);
    }

    /** ∂C_1/∂C_0 of an LSTM with weights 0. */
    private static double carried(double b_f) {
        return atZero(Parameters.zeros(new Lstm(1, 1), 0).with("b_f", b_f)).get(1, 1);
    }

    /** How many steps a 1 stays in the cell: Σ_k f^k. */
    private static double stay(double b_f) {
        double f = 1 / (1 + StrictMath.exp(-b_f)), sum = 0, left = 1;
        for (int k = 0; k < 10_000; k++) {
            sum += left;
            left *= f;
        }
        return sum;
    }

    /** The product of an IRNN's masks, so many units active at every step. */
    private static SimpleMatrix open(int units) {
        SimpleMatrix mask = new SimpleMatrix(50, 50);
        for (int j = 0; j < units; j++) {
            mask.set(j, j, 1);
        }
        return mask;
    }

    private static List<Given> settling() {
        return List.of(settling(71, 2, 3), settling(72, 1, 4), settling(73, 3, 2));
    }

    private static Given settling(int seed, int I, int H) {
        Random random = new Random(seed);
        return Given.of(Map.of(
                "W_xh", Draw.uniform(H, I, -1, 1, random),
                "W_hh", Draw.gaussian(H, 0.9, random),
                "b_h", Draw.uniform(H, 1, -0.5, 0.5, random),
                "x_mean", Draw.uniform(I, 1, 0.2, 1, random),
                "H", Value.number(H)));
    }

    /** By the library's pass and the eigenvalues of its Jacobian. */
    private static double predicted(Given q) {
        int H = q.get("W_hh").getNumRows(), I = q.get("x_mean").getNumRows();
        Parameters p = Parameters.zeros(Rnn.tanh(I, H), 0);
        for (String name : List.of("W_xh", "W_hh", "b_h")) {
            p = p.with(name, q.get(name));
        }
        SimpleMatrix J = Jacobians.step(Bptt.forward(p, Collections.nCopies(1000, q.get("x_mean"))), 0, 1000);
        return -StrictMath.log10(Spectrum.eigenvalues(J).stream()
                .mapToDouble(z -> Math.hypot(z.getReal(), z.getImaginary()))
                .max()
                .orElseThrow());
    }

    private static SimpleMatrix zero(Given q) {
        return new SimpleMatrix(q.get("W_hh").getNumRows(), 1);
    }

    private static SimpleMatrix next(Given q, SimpleMatrix h) {
        return tanh(
                q.get("W_xh").mult(q.get("x_mean")).plus(q.get("W_hh").mult(h)).plus(q.get("b_h")));
    }

    private static SimpleMatrix settled(Given q) {
        SimpleMatrix h = zero(q);
        for (int t = 0; t < 1000; t++) {
            h = next(q, h);
        }
        return h;
    }

    private static SimpleMatrix jacobian(Given q, SimpleMatrix h) {
        return diag(slope(h)).mult(q.get("W_hh"));
    }

    private static List<Given> matrices() {
        return IntStream.of(3, 2, 5, 1)
                .mapToObj(H -> Given.of(Map.of("J", Draw.gaussian(H, 1.2, new Random(80 + H)), "H", Value.number(H))))
                .toList();
    }

    /** By an orthonormal basis turned at random: its mean is that of the sphere, because ‖J v‖² is a quadratic form. */
    private static double typical(Given q) {
        int H = (int) q.number("H");
        SimpleMatrix basis = Draw.orthogonal(H, 1, new Random(H)), J = q.get("J");
        return StrictMath.sqrt(IntStream.range(0, H)
                .mapToDouble(j -> StrictMath.pow(J.mult(basis.getColumn(j)).normF(), 2))
                .average()
                .orElseThrow());
    }

    private static double singular(Given q) {
        double sum = 0;
        for (double s : q.get("J").svd().getSingularValues()) {
            sum += s;
        }
        return sum;
    }

    private static double squareOfSine(double p) {
        double sine = StrictMath.sin(Math.PI * p);
        return sine * sine;
    }

    /**
     * By counting the walks of T steps whose minimum is the jth of their T + 1 values: a share u_j u_{T−j} of them, u_j
     * = C(2j, j)/4^j, whatever the steps' symmetric density is (Sparre Andersen).
     */
    private static double distance(double share) {
        double[] u = new double[STEPS + 1];
        u[0] = 1;
        for (int j = 1; j <= STEPS; j++) {
            u[j] = u[j - 1] * (2 * j - 1) / (2 * j);
        }
        double sum = 0;
        int k = 0;
        while (sum < share) {
            sum += u[k] * u[STEPS - k];
            k++;
        }
        return 1 - (double) k / STEPS;
    }
}
