package bptt;

import bptt.cell.Cell;
import bptt.cell.Step;
import bptt.math.Rows;
import java.util.Arrays;

/**
 * One step backwards for a number of adjacent rows: stage by stage from the last to the first, the cell for each row, then
 * the products with W for all of them. A row is a sequence of a batch, or a seed of a Jacobian.
 */
final class BackwardStep {
    /** Points the cell's view at one row: its trace, ∂L/∂(state) after and before. */
    interface View {
        void point(Step step, int row);
    }

    private final Cell cell;
    private final Weights weights;
    private final Step step;
    private final double[][] dInput;
    private final double[][] dU;

    /** Columns of ∂L/∂[u | x] that are wanted: H + I, or H without ∂L/∂x. */
    private final int columns;

    BackwardStep(Cell cell, Weights weights, int rows, boolean inputs) {
        this.cell = cell;
        this.weights = weights;
        this.step = new Step(cell);
        this.columns = cell.hidden() + (inputs ? cell.inputs() : 0);
        this.dInput = new double[rows][Rows.padded(columns)];
        this.dU = new double[rows][cell.hidden()];
    }

    /**
     * Runs the step.
     *
     * @param first index of the first row in all of the following
     * @param dGate ∂L/∂a by gate and row: set
     * @param dh ∂L/∂h_{t−1} by row: added to
     * @param dx ∂L/∂x_t by row: added to, if it is wanted
     * @param view the rest, by row
     */
    void run(int first, double[][][] dGate, double[][] dh, double[][] dx, View view) {
        int H = cell.hidden(), rows = dInput.length, q = dGate.length;
        for (int stage = cell.stages().size() - 1; stage >= 0; stage--) {
            for (int r = 0; r < rows; r++) {
                view.point(step, first + r);
                step.dU = dU[r];
                for (int gate = 0; gate < dGate.length; gate++) {
                    step.dGate[gate] = dGate[gate][first + r];
                }
                cell.backward(stage, step);
                Arrays.fill(dInput[r], 0);
            }
            for (int end = q - cell.stages().get(stage).size(); q > end; ) {
                q--;
                Rows.addProduct(dInput, 0, dGate[q], first, rows, weights.backward[q], H, columns);
            }
            for (int r = 0; r < rows; r++) {
                double[] du = stage > 0 ? dU[r] : dh[first + r], d = dInput[r];
                if (stage > 0) {
                    Arrays.fill(du, 0);
                }
                for (int j = 0; j < H; j++) {
                    du[j] += d[j];
                }
                for (int i = H; i < columns; i++) {
                    dx[first + r][i - H] += d[i];
                }
            }
        }
    }
}
