package bptt;

import bptt.cell.Cell;
import bptt.cell.Checks;
import bptt.math.Rows;
import bptt.math.Split;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.simple.SimpleMatrix;

/**
 * The backward pass of many seeds through one sequence, step by step: row r of {@link #rows()} is
 * ∂(seed_r · s_T)/∂s_k, s the joint state (h, or h and C). With the unit vectors as seeds the rows
 * are the Jacobian ∂s_T/∂s_k itself, for k = T, T − 1, … 0, at the cost of one pass and without a
 * product of Jacobians.
 */
public final class StateGradients {
    private final Trace trace;
    private final int b;
    private final int seeds;
    private int k;

    /** ∂(seed · s_T)/∂s_k and ∂/∂s_{k−1} by part of the state and seed. */
    private double[][][] now, before;

    private final double[][][] da;

    /** The first seed of each thread's share. */
    private final int[] cuts;

    private final BackwardStep[] steps;

    /**
     * Begins at k = T.
     *
     * @param trace a forward pass
     * @param sequence which of its B sequences
     * @param seeds S×N, one seed per row, N = H or 2H
     */
    public StateGradients(Trace trace, int sequence, SimpleMatrix seeds) {
        this(trace, sequence, seeds, trace.T);
    }

    /**
     * Begins at another step: the rows are ∂(seed_r · s_t)/∂s_k.
     *
     * @param trace a forward pass
     * @param sequence which of its B sequences
     * @param seeds S×N, one seed per row, N = H or 2H
     * @param t where to begin, 0 … T
     */
    public StateGradients(Trace trace, int sequence, SimpleMatrix seeds, int t) {
        if (sequence < 0 || sequence >= trace.B) {
            throw new IllegalArgumentException("sequence: expected 0 … %d, got %d".formatted(trace.B - 1, sequence));
        }
        trace.requireStep(t, 0);
        Cell cell = trace.cell;
        int H = cell.hidden(), parts = trace.state.length;
        Checks.shape(seeds, seeds.getNumRows(), parts * H, "seeds");
        Checks.finite(seeds, "seeds");
        this.trace = trace;
        this.b = sequence;
        this.seeds = seeds.getNumRows();
        this.k = t;
        now = new double[parts][this.seeds][H];
        before = new double[parts][this.seeds][H];
        for (int s = 0; s < parts; s++) {
            for (int r = 0; r < this.seeds; r++) {
                for (int j = 0; j < H; j++) {
                    now[s][r][j] = seeds.get(r, s * H + j);
                }
            }
        }
        da = cell.stages().stream()
                .map(gates -> new double[this.seeds][Rows.padded(gates.size() * H)])
                .toArray(double[][][]::new);
        cuts = Split.cuts(this.seeds, this.seeds * Trace.multiplications(cell));
        double[][][] weights = Weights.backward(trace.parameters, H);
        steps = IntStream.range(1, cuts.length)
                .mapToObj(i -> new BackwardStep(cell, weights, cuts[i] - cuts[i - 1], 1, H))
                .toArray(BackwardStep[]::new);
    }

    /**
     * The step that the rows are derivatives with respect to.
     *
     * @return k
     */
    public int k() {
        return k;
    }

    /**
     * The derivatives at k.
     *
     * @return S×N
     * @throws ArithmeticException if one overflowed
     */
    public SimpleMatrix rows() {
        int H = trace.cell.hidden(), N = now.length * H;
        double[] rows = new double[seeds * N];
        for (int s = 0; s < now.length; s++) {
            for (int r = 0; r < seeds; r++) {
                double bad = Series.firstNotFinite(now[s][r], 0, H);
                if (bad != 0) {
                    throw new ArithmeticException("∂s/∂%s at k = %d is %s: the pass overflowed there"
                            .formatted(trace.cell.states().get(s), k, bad));
                }
                System.arraycopy(now[s][r], 0, rows, r * N + s * H, H);
            }
        }
        return SimpleMatrix.wrap(DMatrixRMaj.wrap(seeds, N, rows));
    }

    /** One step back, from k to k − 1. */
    public void back() {
        trace.requireStep(k, 1);
        for (double[][] part : before) {
            for (double[] row : part) {
                Arrays.fill(row, 0);
            }
        }
        Split.each(steps.length, i -> {
            trace.viewSequence(steps[i].step, k, b);
            steps[i].run(da, cuts[i], null, (step, seed) -> {
                for (int s = 0; s < now.length; s++) {
                    step.dAfter[s] = now[s][cuts[i] + seed];
                    step.dBefore[s] = before[s][cuts[i] + seed];
                }
            });
            return null;
        });
        double[][][] swap = now;
        now = before;
        before = swap;
        k--;
    }
}
