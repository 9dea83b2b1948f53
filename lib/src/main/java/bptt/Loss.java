package bptt;

import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.ejml.simple.SimpleMatrix;

/**
 * L = Σ_t l_t(o_t, y_t) over the steps that have a target. A batch counts as its mean over the B
 * sequences.
 *
 * <ul>
 *   <li>Mean squared error of a linear output: l = (1/(B·O)) Σ_b Σ_j (o_jb − y_jb)², ∂l/∂o = 2 (o −
 *       y)/(B·O).
 *   <li>Softmax cross-entropy: ŷ = softmax(o), l = (1/B) Σ_b Σ_j −y_jb ln ŷ_jb, ∂l/∂o = (ŷ − y)/B;
 *       it holds because each column of y sums to 1.
 * </ul>
 */
public final class Loss {
    private enum Kind {
        SQUARED,
        CROSS_ENTROPY
    }

    private final Kind kind;

    /** The key of a target at the last step, whatever T is. */
    private static final int LAST = 0;

    /** By step. */
    private final SortedMap<Integer, SimpleMatrix> targets = new TreeMap<>();

    /** The T that targets for each step ask for; 0 if any T will do. */
    private final int steps;

    private Loss(Kind kind, Map<Integer, SimpleMatrix> targets, int steps) {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("targets: expected at least one, got none");
        }
        this.kind = kind;
        this.steps = steps;
        targets.forEach((t, y) -> {
            String what = t == LAST ? "target y" : "target y at t = " + t;
            if (y == null || y.getNumElements() == 0) {
                throw new IllegalArgumentException(what + ": expected O×B with O, B ≥ 1, got none");
            }
            Require.finite(y, what);
            if (kind == Kind.CROSS_ENTROPY) {
                requireDistributions(y, what);
            }
            this.targets.put(t, y.copy());
        });
    }

    /**
     * Mean squared error at the last step.
     *
     * @param y target, O×B
     * @return the loss
     */
    public static Loss meanSquared(SimpleMatrix y) {
        return new Loss(Kind.SQUARED, Collections.singletonMap(LAST, y), 0);
    }

    /**
     * Mean squared error at each step, summed over steps.
     *
     * @param y targets y_1 … y_T, each O×B
     * @return the loss
     */
    public static Loss meanSquared(List<SimpleMatrix> y) {
        return eachStep(Kind.SQUARED, y);
    }

    /**
     * Mean squared error at some steps, summed over them.
     *
     * @param y targets by step t ≥ 1, each O×B
     * @return the loss
     */
    public static Loss meanSquared(Map<Integer, SimpleMatrix> y) {
        return someSteps(Kind.SQUARED, y);
    }

    /**
     * Softmax cross-entropy at the last step.
     *
     * @param y target distributions, O×B, each column non-negative with sum 1
     * @return the loss
     */
    public static Loss crossEntropy(SimpleMatrix y) {
        return new Loss(Kind.CROSS_ENTROPY, Collections.singletonMap(LAST, y), 0);
    }

    /**
     * Softmax cross-entropy at each step, summed over steps.
     *
     * @param y target distributions y_1 … y_T, each O×B
     * @return the loss
     */
    public static Loss crossEntropy(List<SimpleMatrix> y) {
        return eachStep(Kind.CROSS_ENTROPY, y);
    }

    /**
     * Softmax cross-entropy at some steps, summed over them.
     *
     * @param y target distributions by step t ≥ 1, each O×B
     * @return the loss
     */
    public static Loss crossEntropy(Map<Integer, SimpleMatrix> y) {
        return someSteps(Kind.CROSS_ENTROPY, y);
    }

    /**
     * Class indices as target distributions.
     *
     * @param outputs O, the number of classes
     * @param classes one index 0 … O−1 per sequence
     * @return O×B, a single 1 in each column
     */
    public static SimpleMatrix oneHot(int outputs, int... classes) {
        if (outputs < 1 || classes.length == 0) {
            throw new IllegalArgumentException(Numbers.format(
                    "classes: expected O ≥ 1 and at least one sequence, got O = %d, B = %d", outputs, classes.length));
        }
        SimpleMatrix y = new SimpleMatrix(outputs, classes.length);
        for (int b = 0; b < classes.length; b++) {
            if (classes[b] < 0 || classes[b] >= outputs) {
                throw new IllegalArgumentException(
                        Numbers.format("class of sequence %d: expected 0 … %d, got %d", b, outputs - 1, classes[b]));
            }
            y.set(classes[b], b, 1);
        }
        return y;
    }

    /**
     * ŷ = softmax(o), column by column: ŷ_j = e^{o_j} / Σ_k e^{o_k}, the column's maximum subtracted
     * first.
     *
     * @param o logits, O×B
     * @return O×B
     * @throws IllegalArgumentException if they are null or not finite
     */
    public static SimpleMatrix softmax(SimpleMatrix o) {
        Require.given(o, "logits", "O×B");
        Require.finite(o, "logits");
        SimpleMatrix y = new SimpleMatrix(o.getNumRows(), o.getNumCols());
        for (int b = 0; b < o.getNumCols(); b++) {
            double max = max(o, b), sum = sumExp(o, b, max);
            for (int j = 0; j < o.getNumRows(); j++) {
                y.set(j, b, StrictMath.exp(o.get(j, b) - max) / sum);
            }
        }
        return y;
    }

    /**
     * The value of the loss.
     *
     * @param trace a forward pass of a network with readout
     * @return L
     * @throws IllegalArgumentException if a target does not fit the trace's T, O or B
     * @throws Overflow if L is larger than the largest double
     */
    public double value(Trace trace) {
        double sum = 0;
        for (var target : targets(trace).entrySet()) {
            int t = target.getKey();
            sum = add(sum, trace.o(t), target.getValue(), t);
        }
        return sum;
    }

    /** The sum with the loss at t. */
    double add(double sum, SimpleMatrix o, SimpleMatrix y, int t) {
        sum += valueAt(o, y);
        Overflow.check(new double[] {sum}, "L", t);
        return sum;
    }

    /** ∂L/∂o_t for the steps that have a target. */
    SortedMap<Integer, SimpleMatrix> outputGradients(Trace trace) {
        SortedMap<Integer, SimpleMatrix> gradients = new TreeMap<>();
        targets(trace).forEach((t, y) -> gradients.put(t, outputGradient(trace.o(t), y, t)));
        return gradients;
    }

    /** ∂L/∂o_t. */
    SimpleMatrix outputGradient(SimpleMatrix o, SimpleMatrix y, int t) {
        SimpleMatrix d = kind == Kind.SQUARED
                ? o.minus(y).scale(2.0 / y.getNumElements())
                : softmax(o).minus(y).divide(y.getNumCols());
        Overflow.check(Require.values(d), "∂L/∂o", t);
        return d;
    }

    private double valueAt(SimpleMatrix o, SimpleMatrix y) {
        if (kind == Kind.SQUARED) {
            SimpleMatrix e = o.minus(y);
            return e.elementMult(e).elementSum() / y.getNumElements();
        }
        double sum = 0;
        for (int b = 0; b < y.getNumCols(); b++) {
            double max = max(o, b), logSum = StrictMath.log(sumExp(o, b, max));
            for (int j = 0; j < y.getNumRows(); j++) {
                double share = y.get(j, b); // 0 · ∞ would be NaN where a logit lies far below
                sum += share == 0 ? 0 : share * (logSum + (max - o.get(j, b)));
            }
        }
        return sum / y.getNumCols();
    }

    private SortedMap<Integer, SimpleMatrix> targets(Trace trace) {
        Require.given(trace, "trace", "that of a forward pass");
        return targets(trace.steps(), trace.parameters().outputs(), trace.sequences());
    }

    /** The targets of a pass over T steps by step, each O×B. */
    SortedMap<Integer, SimpleMatrix> targets(int T, int O, int B) {
        if (steps != 0 && steps != T) {
            throw new IllegalArgumentException(
                    Numbers.format("targets: expected one for each of T = %d steps, got %d", T, steps));
        }
        if (targets.lastKey() > T) {
            throw new IllegalArgumentException(
                    Numbers.format("targets: expected steps up to T = %d, got t = %d", T, targets.lastKey()));
        }
        if (O == 0) {
            throw new IllegalArgumentException("a loss needs a readout, but this network has O = 0");
        }
        SortedMap<Integer, SimpleMatrix> byStep = new TreeMap<>();
        targets.forEach((key, y) -> {
            int t = key == LAST ? T : key;
            Require.shape(y, O, B, "target y at t = " + t);
            byStep.put(t, y);
        });
        return byStep;
    }

    private static Loss someSteps(Kind kind, Map<Integer, SimpleMatrix> targets) {
        Require.given(targets, "targets", "a map by step");
        targets.keySet().stream().filter(t -> t < 1).findAny().ifPresent(t -> {
            throw new IllegalArgumentException("targets: expected steps t ≥ 1, got t = " + t);
        });
        return new Loss(kind, targets, 0);
    }

    private static Loss eachStep(Kind kind, List<SimpleMatrix> y) {
        Require.given(y, "targets", "y_1 … y_T");
        Map<Integer, SimpleMatrix> targets = new TreeMap<>();
        y.forEach(y_t -> targets.put(targets.size() + 1, y_t));
        return new Loss(kind, targets, y.size());
    }

    private static void requireDistributions(SimpleMatrix y, String what) {
        for (int b = 0; b < y.getNumCols(); b++) {
            double sum = 0;
            for (int j = 0; j < y.getNumRows(); j++) {
                sum += y.get(j, b) < 0 ? Double.NaN : y.get(j, b);
            }
            if (!(Math.abs(sum - 1) <= 1e-9)) {
                throw new IllegalArgumentException(Numbers.format(
                        "%s: expected non-negative columns of sum 1, got another in column %d", what, b));
            }
        }
    }

    private static double max(SimpleMatrix o, int b) {
        return o.getColumn(b).elementMax();
    }

    private static double sumExp(SimpleMatrix o, int b, double max) {
        double sum = 0;
        for (int j = 0; j < o.getNumRows(); j++) {
            sum += StrictMath.exp(o.get(j, b) - max);
        }
        return sum;
    }
}
