package bptt.flow;

import bptt.StateGradients;
import bptt.Trace;
import bptt.cell.Require;
import bptt.math.Numbers;
import bptt.math.Parallel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * A curve over many seeds: y against x, one row of y per seed. Sums up as a median and a band, both order statistics,
 * so that zeros and infinities among the values do no harm.
 *
 * @param x positions, one per value
 * @param bySeed values, one array per seed
 */
public record Decay(double[] x, double[][] bySeed) {
    /** Requires a seed, and a value for each position. */
    public Decay {
        if (x == null || bySeed == null || bySeed.length == 0) {
            throw new IllegalArgumentException("decay: expected positions and the values of a seed or more, got none");
        }
        for (double[] row : bySeed) {
            if (row == null || row.length != x.length) {
                throw new IllegalArgumentException(Numbers.format(
                        "decay: expected %d values of each seed, got %s", x.length, row == null ? "null" : row.length));
            }
        }
    }

    /** A seed for the generator of seed number i = 0, 1, …: the seed itself is i + 1. */
    private static final int FIRST_SEED = 1;

    /** Jacobians that are made before their norms are taken: enough work to hand over to threads, and little memory. */
    private static final int AT_ONCE = 16;

    /**
     * Norms of ∂s_T/∂s_{T−n} against the distance n, over seeds: s = h, or the joint (h, C) of an LSTM; sequence 0 of
     * each pass.
     *
     * @param seeds number of seeds, 1, 2, …
     * @param distances n, ascending, 0 … T
     * @param norm which
     * @param pass a forward pass from a seeded generator: parameters and inputs both come from it
     * @return the curve of norms
     */
    public static Decay ofState(int seeds, int[] distances, Norm norm, Function<Random, Trace> pass) {
        Require.given(distances, "distances", "some, ascending");
        Require.given(pass, "pass", "one for a source of randomness");
        double[] x = Arrays.stream(distances).asDoubleStream().toArray();
        return overSeeds(seeds, x, random -> norms(pass.apply(random), distances, norm));
    }

    /**
     * Any values over seeds. Seeds run in parallel; the result does not depend on it.
     *
     * @param seeds number of seeds, 1, 2, …
     * @param x positions
     * @param values one value per position, from a seeded generator
     * @return the curve
     */
    public static Decay overSeeds(int seeds, double[] x, Function<Random, double[]> values) {
        Require.given(x, "positions", "those of the values");
        Require.given(values, "values", "those for a source of randomness");
        if (seeds < 1) {
            throw new IllegalArgumentException("seeds: expected at least 1, got " + seeds);
        }
        double[][] bySeed = Parallel.each(seeds, i -> values.apply(new Random(FIRST_SEED + i)))
                .toArray(double[][]::new);
        for (double[] row : bySeed) {
            if (row == null || row.length != x.length || Arrays.stream(row).anyMatch(Double::isNaN)) {
                throw new IllegalStateException(Numbers.format(
                        "expected %d values that are numbers from each seed, got %s", x.length, Arrays.toString(row)));
            }
        }
        return new Decay(x, bySeed);
    }

    /**
     * Norms of ∂s_T/∂s_{T−n} of one pass.
     *
     * @param trace a forward pass, sequence 0 of it
     * @param distances n, ascending, 0 … T
     * @param norm which
     * @return one norm per distance
     */
    public static double[] norms(Trace trace, int[] distances, Norm norm) {
        Require.given(trace, "trace", "that of a forward pass");
        Require.given(distances, "distances", "some, ascending");
        Require.given(norm, "norm", "one, such as Norm.SPECTRAL");
        int last = distances.length == 0 ? -1 : distances[distances.length - 1];
        if (last < 0 || distances[0] < 0 || last > trace.steps() || !ascending(distances)) {
            throw new IllegalArgumentException(Numbers.format(
                    "distances: expected ascending within 0 … T = %d, got %s",
                    trace.steps(), Arrays.toString(distances)));
        }
        double[] norms = new double[distances.length];
        Norm of = norm.ofRun();
        StateGradients pass = Jacobians.unitSeeds(trace, 0, trace.steps());
        for (int from = 0; from < distances.length; from += AT_ONCE) {
            int[] some = Arrays.copyOfRange(distances, from, Math.min(from + AT_ONCE, distances.length));
            int[] ks = Arrays.stream(some).map(n -> trace.steps() - n).toArray();
            List<SimpleMatrix> jacobians = pass.rows(ks);
            for (int i = 0; i < some.length; i++) {
                norms[from + i] = of.of(jacobians.get(i));
            }
        }
        return norms;
    }

    /**
     * The value that a share q of the seeds do not exceed, by position.
     *
     * @param q 0 … 1; ½ for the (lower) median
     * @return order statistic number ⌊q (seeds − 1)⌋ of each position
     */
    public double[] quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("quantile: expected 0 … 1, got " + q);
        }
        int rank = (int) (q * (bySeed.length - 1) + 1e-9); // 0.29 · 100 is a little less than 29
        return IntStream.range(0, x.length)
                .mapToDouble(i -> Arrays.stream(bySeed)
                        .mapToDouble(row -> row[i])
                        .sorted()
                        .toArray()[rank])
                .toArray();
    }

    /**
     * The median over seeds, by position.
     *
     * @return medians
     */
    public double[] median() {
        return quantile(0.5);
    }

    private static boolean ascending(int[] distances) {
        return IntStream.range(1, distances.length).allMatch(i -> distances[i - 1] < distances[i]);
    }
}
