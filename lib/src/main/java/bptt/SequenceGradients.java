package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@link Sequences} have on their way back: the derivatives with respect to their states, inputs and
 * pre-activations.
 */
final class SequenceGradients {
    /** 1e−289, far enough above the subnormal numbers for what is multiplied with it. */
    private static final double TINY = 0x1p-960;

    private final Cell cell;
    final Sequences forward;

    /** The names of their derivatives, by part of the state. */
    private final List<String> names;

    /** By part of the state: t = 0 … T, or the last two of them. */
    private final double[][][] state;

    /** t = 1 … T, or the last two. */
    private final double[][] x;

    /** With respect to the cell's vectors, sequence by sequence. */
    private final double[][] vector;

    /**
     * Room for {@code steps} of the T + 1 states and inputs: all of them, or 2 if only parameters' derivatives are
     * wanted.
     */
    SequenceGradients(Cell cell, Sequences forward, int steps) {
        this.cell = cell;
        this.forward = forward;
        names = cell.states().stream().map(part -> "∂L/∂" + part).toList();
        state = new double[cell.states().size()][steps][];
        x = new double[steps][];
        vector = new double[cell.vectors().size()][forward.count * cell.hidden()];
    }

    /** Forgets the derivatives with respect to the cell's vectors. */
    void clear() {
        for (double[] v : vector) {
            Arrays.fill(v, 0);
        }
    }

    /**
     * The way back, from t = T to 1.
     *
     * @param direct ∂L/∂(state at t) by t, direct dependence only, where there is any
     * @param da ∂L/∂a by stage and row (t − 1)B + b, the gates of the stage side by side: set
     * @param vectors whether to add to the derivatives with respect to the cell's vectors
     */
    void backward(
            Parameters p,
            double[][][] weights,
            int T,
            int B,
            Map<Integer, State> direct,
            double[][][] da,
            boolean vectors) {
        int count = forward.count;
        BackwardStep back = new BackwardStep(cell, weights, 1, count, cell.inputs(), TINY);
        back.step.vector = Weights.vectors(p, count);
        back.step.dVector = vectors ? vector : new double[vector.length][count * cell.hidden()];
        begin(T, direct);
        checkState(T);
        for (int t = T; t >= 1; t--) {
            int row = (t - 1) * B + forward.first, now = t;
            begin(t - 1, direct);
            for (int stage = 0; stage < da.length; stage++) {
                int n = cell.stages().get(stage).size() * cell.hidden();
                for (int r = row; r < row + count; r++) {
                    da[stage][r] = da[stage][r] == null ? new double[n] : da[stage][r];
                }
            }
            forward.view(back.step, t);
            back.run(da, row, forward.make(x, t, cell.inputs()), (step, group) -> {
                for (int s = 0; s < state.length; s++) {
                    step.dBefore[s] = state(s, now - 1);
                    step.dAfter[s] = state(s, now);
                }
            });
            Overflow.check(x(t), "∂L/∂x", t);
            checkState(t - 1);
        }
    }

    private void begin(int t, Map<Integer, State> direct) {
        for (int s = 0; s < state.length; s++) {
            Arrays.fill(forward.make(state[s], t, cell.hidden()), 0);
            if (direct.containsKey(t)) {
                forward.add(direct.get(t).parts().get(s), state(s, t));
            }
        }
    }

    private void checkState(int t) {
        for (int s = 0; s < state.length; s++) {
            Overflow.check(state(s, t), names.get(s), t);
        }
    }

    /** ∂L/∂(part of the state at t). */
    double[] state(int part, int t) {
        return state[part][t % state[part].length];
    }

    /** ∂L/∂x_t. */
    double[] x(int t) {
        return x[t % x.length];
    }

    /** The derivative with respect to one of the cell's vectors, one row of it for each sequence. */
    Stream<double[]> vector(int v) {
        int H = cell.hidden();
        return Stream.iterate(0, r -> r < forward.count, r -> r + 1)
                .map(r -> Arrays.copyOfRange(vector[v], r * H, (r + 1) * H));
    }
}
