package bptt.train;

import bptt.Loss;
import bptt.Trace;
import bptt.math.Numbers;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.ejml.simple.SimpleMatrix;

/**
 * Some sequences of a task.
 *
 * @param x inputs x_1 … x_T, I×B each
 * @param y targets, O×B each, by the steps that have one
 * @param classes whether targets are distributions over classes (softmax cross-entropy) or values (mean squared error)
 */
public record Batch(List<SimpleMatrix> x, SortedMap<Integer, SimpleMatrix> y, boolean classes) {
    /** Requires the steps of the targets. */
    public Batch {
        if (x == null || x.isEmpty() || y == null) {
            throw new IllegalArgumentException("batch: expected inputs of one step or more, and targets, got none");
        }
        if (!y.isEmpty() && (y.firstKey() < 1 || y.lastKey() > x.size())) {
            throw new IllegalArgumentException(Numbers.format(
                    "batch: expected targets at the steps 1 … %d, got one at %d",
                    x.size(), y.firstKey() < 1 ? y.firstKey() : y.lastKey()));
        }
    }

    /**
     * The steps {@code from} &lt; t ≤ {@code to}, numbered from 1.
     *
     * @param from last step before them, 0 … T − 1
     * @param to last of them
     * @return a batch of its own; it may have no targets
     */
    public Batch window(int from, int to) {
        SortedMap<Integer, SimpleMatrix> shifted = new TreeMap<>();
        y.subMap(from + 1, to + 1).forEach((t, target) -> shifted.put(t - from, target));
        return new Batch(x.subList(from, to), shifted, classes);
    }

    /**
     * Sequences.
     *
     * @return B
     */
    public int sequences() {
        return x.get(0).getNumCols();
    }

    /**
     * The loss, summed over the steps with a target.
     *
     * @return the loss
     */
    public Loss loss() {
        return classes ? Loss.crossEntropy(y) : Loss.meanSquared(y);
    }

    /**
     * How a network does on these sequences.
     *
     * @param trace its forward pass
     * @return per sequence, the target steps together
     */
    public Score score(Trace trace) {
        int B = trace.sequences();
        double worst = 0;
        boolean[] wrong = new boolean[B];
        for (var target : y.entrySet()) {
            SimpleMatrix o = trace.o(target.getKey()), y_t = target.getValue();
            for (int b = 0; b < B; b++) {
                if (classes) {
                    wrong[b] |= largest(o, b) != largest(y_t, b);
                } else {
                    worst = Math.max(worst, o.minus(y_t).getColumn(b).elementMaxAbs());
                }
            }
        }
        int errors = 0;
        for (boolean w : wrong) {
            errors += w ? 1 : 0;
        }
        return new Score(loss().value(trace) / y.size(), worst, (double) errors / B);
    }

    private static int largest(SimpleMatrix a, int column) {
        int best = 0;
        for (int j = 1; j < a.getNumRows(); j++) {
            if (a.get(j, column) > a.get(best, column)) {
                best = j;
            }
        }
        return best;
    }

    /**
     * Means over sequences, and the worst of them.
     *
     * @param loss mean over the steps with a target
     * @param worst largest |o − y|, of values
     * @param errors share of sequences with a wrong class at any step, of classes
     */
    public record Score(double loss, double worst, double errors) {}
}
