package bptt;

import bptt.cell.Cell;
import bptt.cell.Step;
import bptt.math.Product;
import java.util.Arrays;

/**
 * One step backwards for a number of rows, each a sequence of a batch or a seed of a Jacobian: stage by stage from the
 * last to the first, the cell for groups of adjacent rows, then the product with W for all of them.
 */
final class BackwardStep {
    /** ∂L/∂(state) of one group of rows. */
    interface Group {
        /** Points {@link Step#dAfter} and {@link Step#dBefore} at it. */
        void view(Step step, int group);
    }

    private final Cell cell;
    private final Product[] products;

    /** To be pointed at the trace of each step, which all groups have in common. */
    final Step step;

    private final int groups;
    private final int rows;
    private final int inputs;
    private final double tiny;

    /** By group: ∂L/∂u of the second stage. */
    private final double[][] dU;

    /**
     * Room for one step.
     *
     * @param cell the cell
     * @param weights by {@link Weights#backward}
     * @param groups how many times the cell is called for each stage
     * @param rows in each group
     * @param inputs I, or 0 without ∂L/∂x
     * @param tiny a row of which no unit reaches it is taken as 0
     */
    BackwardStep(Cell cell, double[][][] weights, int groups, int rows, int inputs, double tiny) {
        this.cell = cell;
        this.groups = groups;
        this.rows = rows;
        this.inputs = inputs;
        this.tiny = tiny;
        products = Arrays.stream(weights)
                .map(w -> new Product(w, w[0].length, groups * rows))
                .toArray(Product[]::new);
        step = new Step(cell, rows);
        for (int q = 0; q < step.dGate.length; q++) {
            step.dGate[q] = new double[step.n];
        }
        dU = new double[groups][step.n];
    }

    /**
     * Runs the step.
     *
     * @param da ∂L/∂a by stage and row, the gates of the stage side by side: set
     * @param first row of {@code da} where these begin
     * @param dx ∂L/∂x_t, one row after the other: set, if it is wanted
     * @param group ∂L/∂(state), that before is added to
     */
    void run(double[][][] da, int first, double[] dx, Group group) {
        int H = cell.hidden(), U = Weights.seen(cell), q = step.dGate.length;
        if (inputs > 0) {
            Arrays.fill(dx, 0);
        }
        for (int stage = da.length - 1; stage >= 0; stage--) {
            int gates = cell.stages().get(stage).size();
            q -= gates;
            for (int i = 0; i < groups; i++) {
                group.view(step, i);
                step.dU = dU[i];
                step.again = i > 0;
                cell.backward(stage, step);
                for (int r = 0; r < rows; r++) {
                    for (int gate = 0; gate < gates; gate++) {
                        double[] row = da[stage][first + i * rows + r];
                        System.arraycopy(step.dGate[q + gate], r * H, row, gate * H, H);
                    }
                }
            }
            if (U + inputs == 0) {
                continue;
            }
            double[][] dInput = products[stage].of(da[stage], first);
            for (int i = 0; i < groups; i++) {
                group.view(step, i);
                double[] du = stage > 0 ? dU[i] : step.dBefore[0];
                if (stage > 0) {
                    Arrays.fill(du, 0);
                }
                for (int r = 0; r < rows; r++) {
                    double[] d = dInput[i * rows + r];
                    add(d, du, r * H, U);
                    for (int k = 0; k < inputs; k++) {
                        dx[(i * rows + r) * inputs + k] += d[U + k];
                    }
                }
            }
        }
        for (int i = 0; i < groups; i++) {
            group.view(step, i);
            for (int r = 0; r < rows; r++) {
                forget(r);
            }
        }
    }

    /**
     * Sets row r of ∂L/∂(state before) to 0 if no unit of it reaches {@link #tiny}. On its way to 0 it would be
     * subnormal for a dozen steps or more, and a product of subnormal numbers takes many times as long as another: a
     * pass of a ReLU network whose gradient vanished within 400 steps took twice the time, one of an LSTM over 1600
     * steps three times (Intel, AVX-512).
     */
    private void forget(int r) {
        int from = r * cell.hidden(), to = from + cell.hidden();
        for (double[] part : step.dBefore) {
            for (int j = from; j < to; j++) {
                if (!(Math.abs(part[j]) < tiny)) {
                    return;
                }
            }
        }
        for (double[] part : step.dBefore) {
            Arrays.fill(part, from, to, 0);
        }
    }

    private static void add(double[] d, double[] to, int from, int n) {
        if (from > 0) {
            for (int j = 0; j < n; j++) {
                to[from + j] += d[j];
            }
        } else { // under one index the loop vectorises
            for (int j = 0; j < n; j++) {
                to[j] += d[j];
            }
        }
    }
}
