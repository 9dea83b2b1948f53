package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Require;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.simple.SimpleMatrix;

/** A cell's parameters in the engine's layout: the gates of a stage side by side, H columns each. */
final class Weights {
    private Weights() {}

    /** The size of u: H, or 0 for a cell whose gates do not see it. */
    static int seen(Cell cell) {
        return cell.recurrent() ? cell.hidden() : 0;
    }

    /** Multiplications of one step forward of one sequence. */
    static long multiplications(Cell cell) {
        return (long) cell.gates().size() * cell.hidden() * (seen(cell) + cell.inputs());
    }

    /**
     * By stage: for each gate q the columns [W_hqᵀ; W_xqᵀ; b_qᵀ], to be multiplied from the left by a row [u | x | 1].
     */
    static double[][][] forward(Parameters p) {
        return IntStream.range(0, p.cell().stages().size())
                .mapToObj(stage -> rows(p, stage))
                .toArray(double[][][]::new);
    }

    /**
     * By stage: for each gate q the rows [W_hq | W_xq], to be multiplied from the left by a row of all ∂L/∂a_q of the
     * stage.
     *
     * @param inputs whether with W_xq
     */
    static double[][][] backward(Parameters p, boolean inputs) {
        double[][][] weights = forward(p);
        int columns = seen(p.cell()) + (inputs ? p.cell().inputs() : 0);
        for (int stage = 0; stage < weights.length; stage++) {
            double[][] forward = weights[stage];
            double[][] rows = new double[forward[0].length][columns];
            for (int k = 0; k < columns; k++) {
                for (int j = 0; j < rows.length; j++) {
                    rows[j][k] = forward[k][j];
                }
            }
            weights[stage] = rows;
        }
        return weights;
    }

    /** The cell's vectors, each once for every one of some sequences. */
    static double[][] vectors(Parameters p, int sequences) {
        return p.cell().vectors().stream()
                .map(name -> Require.values(
                        p.get(name).mult(SimpleMatrix.ones(1, sequences)).transpose()))
                .toArray(double[][]::new);
    }

    private static double[][] rows(Parameters p, int stage) {
        int H = p.cell().hidden(), I = p.cell().inputs(), U = seen(p.cell());
        List<String> gates = p.cell().stages().get(stage);
        double[][] rows = new double[U + I + 1][gates.size() * H];
        for (int q = 0; q < gates.size(); q++) {
            if (U > 0) {
                transpose(p.get("W_h" + gates.get(q)), rows, 0, q * H);
            }
            transpose(p.get("W_x" + gates.get(q)), rows, U, q * H);
            transpose(p.get("b_" + gates.get(q)), rows, U + I, q * H);
        }
        return rows;
    }

    private static void transpose(SimpleMatrix W, double[][] rows, int row, int column) {
        double[] values = Require.values(W);
        int n = W.getNumCols();
        for (int j = 0; j < W.getNumRows(); j++) {
            for (int k = 0; k < n; k++) {
                rows[row + k][column + j] = values[j * n + k];
            }
        }
    }

    /** The gradients of one stage, rows in the order of {@link #forward}, in place of the gates' parameters. */
    static Parameters unpack(Parameters p, int stage, double[][] gradients) {
        int H = p.cell().hidden(), I = p.cell().inputs(), U = seen(p.cell());
        List<String> gates = p.cell().stages().get(stage);
        for (int q = 0; q < gates.size(); q++) {
            if (U > 0) {
                p = p.with("W_h" + gates.get(q), part(gradients, 0, U, q * H, H));
            }
            p = p.with("W_x" + gates.get(q), part(gradients, U, I, q * H, H))
                    .with("b_" + gates.get(q), part(gradients, U + I, 1, q * H, H));
        }
        return p;
    }

    private static SimpleMatrix part(double[][] rows, int row, int n, int column, int H) {
        double[] values = new double[H * n];
        for (int j = 0; j < H; j++) {
            for (int k = 0; k < n; k++) {
                values[j * n + k] = rows[row + k][column + j];
            }
        }
        return SimpleMatrix.wrap(DMatrixRMaj.wrap(H, n, values));
    }
}
