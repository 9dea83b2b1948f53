package bptt;

import bptt.cell.Cell;
import bptt.cell.Checks;
import bptt.math.Rows;
import bptt.math.Split;
import java.util.Arrays;
import org.ejml.simple.SimpleMatrix;

/**
 * The backward pass of many seeds through one sequence, step by step: row r of {@link #rows()} is
 * ∂(seed_r · s_T)/∂s_k, s the joint state (h, or h and C). With the unit vectors as seeds the rows
 * are the Jacobian ∂s_T/∂s_k itself, for k = T, T − 1, … 0, at the cost of one pass and without a
 * product of Jacobians.
 */
public final class StateGradients {
    private final Trace trace;
    private final Weights weights;
    private final int b;
    private final int seeds;
    private int k;
    private double[][][] now;
    private double[][][] before;
    private final double[][][] dGate;

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
        Blocks.requireStep(t, 0, trace.T);
        int H = trace.cell.hidden(), parts = trace.state.length;
        Checks.shape(seeds, seeds.getNumRows(), parts * H, "seeds");
        Checks.finite(seeds, "seeds");
        this.trace = trace;
        this.weights = new Weights(trace.parameters);
        this.b = sequence;
        this.seeds = seeds.getNumRows();
        this.k = t;
        now = new double[parts][this.seeds][H];
        before = new double[parts][this.seeds][H];
        dGate = new double[trace.gate.length][this.seeds][Rows.padded(H)];
        for (int s = 0; s < parts; s++) {
            Blocks.put(seeds.cols(s * H, (s + 1) * H).transpose(), now[s], 0, 0);
        }
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
        int H = trace.cell.hidden();
        SimpleMatrix rows = new SimpleMatrix(seeds, now.length * H);
        for (int s = 0; s < now.length; s++) {
            double bad = Blocks.firstNotFinite(now[s], 0, seeds, H);
            if (bad != 0) {
                throw new ArithmeticException("∂s/∂%s at k = %d is %s: the pass overflowed there"
                        .formatted(trace.cell.states().get(s), k, bad));
            }
            rows.insertIntoThis(0, s * H, Blocks.matrix(now[s], 0, seeds, 0, H).transpose());
        }
        return rows;
    }

    /** One step back, from k to k − 1. */
    public void back() {
        Blocks.requireStep(k, 1, trace.T);
        Cell cell = trace.cell;
        int H = cell.hidden(), gates = cell.gates().size();
        for (double[][] part : before) {
            for (double[] row : part) {
                Arrays.fill(row, 0);
            }
        }
        Split.over(seeds, (long) seeds * gates * H * H, (from, to) -> new BackwardStep(cell, weights, to - from, false)
                .run(from, dGate, before[0], null, (step, row) -> {
                    trace.view(step, (k - 1) * trace.B + b);
                    for (int s = 0; s < now.length; s++) {
                        step.dAfter[s] = now[s][row];
                        step.dBefore[s] = before[s][row];
                    }
                }));
        double[][][] swap = now;
        now = before;
        before = swap;
        k--;
    }
}
