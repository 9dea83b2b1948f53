package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.math.Numbers;
import bptt.math.Parallel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.simple.SimpleMatrix;

/**
 * The backward pass of many seeds through one sequence: row r of {@link #rows} at k is ∂(seed_r · s_t)/∂s_k, s the
 * joint state (h, or h and C). With the unit vectors as seeds the rows are the Jacobian ∂s_t/∂s_k itself, for k = t, t
 * − 1, … 0, at the cost of one pass and without a product of Jacobians. A row without a normal number (2.2e−308) is
 * taken as 0.
 */
public final class StateGradients {
    private final Trace trace;
    private final int b;
    private final int seeds;
    private final int N;
    private final int t;
    private int k;
    private Overflow overflow;

    /** The seeds of each thread. */
    private final List<Seeds> shares;

    /**
     * Begins at k = t.
     *
     * @param trace a forward pass
     * @param sequence which of its B sequences
     * @param seeds S×N, one seed per row, N = H or 2H
     * @param t where to begin, 0 … T
     * @throws IllegalArgumentException if one of these is out of range, or the seeds are of another shape, none or not
     *     finite
     */
    public StateGradients(Trace trace, int sequence, SimpleMatrix seeds, int t) {
        Require.given(trace, "trace", "that of a forward pass");
        if (sequence < 0 || sequence >= trace.sequences()) {
            throw new IllegalArgumentException(
                    Numbers.format("sequence: expected 0 … %d, got %d", trace.sequences() - 1, sequence));
        }
        trace.requireStep(t, 0);
        if (seeds == null || seeds.getNumRows() == 0) {
            throw new IllegalArgumentException(
                    "seeds: expected at least one row, got " + (seeds == null ? "null" : "none"));
        }
        Cell cell = trace.cell();
        this.N = cell.states().size() * cell.hidden();
        Require.shape(seeds, seeds.getNumRows(), N, "seeds");
        Require.finite(seeds, "seeds");
        this.trace = trace;
        this.b = sequence;
        this.seeds = seeds.getNumRows();
        this.t = t;
        this.k = t;
        double[][][] weights = Weights.backward(trace.parameters(), false);
        int[] cuts = Parallel.cuts(this.seeds, (long) this.seeds * t * Weights.multiplications(cell));
        shares = IntStream.range(1, cuts.length)
                .mapToObj(i -> new Seeds(weights, Require.values(seeds), cuts[i - 1], cuts[i]))
                .toList();
    }

    /**
     * Goes back to each k in turn.
     *
     * @param ks descending, from the last k asked for (t at first) to 0
     * @return for each k the derivatives with respect to s_k, S×N
     * @throws IllegalArgumentException if these are not in that order
     * @throws Overflow if one overflowed on the way there, now or in an earlier call; names the last k where it did
     */
    public List<SimpleMatrix> rows(int... ks) {
        int from = k;
        for (int next : ks) {
            if (next < 0 || next > k) {
                k = from;
                throw new IllegalArgumentException(
                        Numbers.format("k: expected descending within %d … 0, got %s", k, Arrays.toString(ks)));
            }
            k = next;
        }
        if (overflow != null) {
            throw overflow;
        }
        double[][] rows = new double[ks.length][seeds * N];
        try {
            Overflow.first(
                    Comparator.reverseOrder(), shares.size(), i -> shares.get(i).back(from, ks, rows));
        } catch (Overflow e) {
            overflow = e;
            throw e;
        }
        return Arrays.stream(rows)
                .map(row -> SimpleMatrix.wrap(DMatrixRMaj.wrap(seeds, N, row)))
                .toList();
    }

    /** The seeds first … end − 1, which one thread takes through all steps. */
    private final class Seeds {
        private final int first, count;
        private final BackwardStep step;
        private final double[][][] da;

        /** ∂(seed · s_t)/∂s_k and ∂/∂s_{k−1} by part of the state and seed. */
        private double[][][] now, before;

        Seeds(double[][][] weights, double[] seeds, int first, int end) {
            Parameters p = trace.parameters();
            Cell cell = p.cell();
            int H = cell.hidden(), parts = cell.states().size();
            this.first = first;
            count = end - first;
            step = new BackwardStep(cell, weights, count, 1, 0, Double.MIN_NORMAL);
            step.step.vector = Weights.vectors(p, 1);
            step.step.dVector = Weights.vectors(p, 1); // written to, never read
            da = cell.stages().stream()
                    .map(gates -> new double[count][gates.size() * H])
                    .toArray(double[][][]::new);
            now = new double[parts][count][H];
            before = new double[parts][count][H];
            for (int s = 0; s < parts; s++) {
                for (int r = 0; r < count; r++) {
                    System.arraycopy(seeds, ((first + r) * parts + s) * H, now[s][r], 0, H);
                }
            }
        }

        /** From k to each of ks. */
        void back(int k, int[] ks, double[][] rows) {
            int H = trace.cell().hidden(), parts = now.length;
            for (int i = 0; i < ks.length; i++) {
                while (k > ks[i]) {
                    step(k--);
                    for (double[][] part : now) {
                        for (double[] row : part) {
                            Overflow.checkJacobian(row, t, k);
                        }
                    }
                }
                for (int s = 0; s < parts; s++) {
                    for (int r = 0; r < count; r++) {
                        System.arraycopy(now[s][r], 0, rows[i], ((first + r) * parts + s) * H, H);
                    }
                }
            }
        }

        /** From k to k − 1. */
        private void step(int k) {
            for (double[][] part : before) {
                for (double[] row : part) {
                    Arrays.fill(row, 0);
                }
            }
            trace.share(b).viewSequence(step.step, k, b);
            step.run(da, 0, null, (step, seed) -> {
                for (int s = 0; s < now.length; s++) {
                    step.dAfter[s] = now[s][seed];
                    step.dBefore[s] = before[s][seed];
                }
            });
            double[][][] swap = now;
            now = before;
            before = swap;
        }
    }
}
