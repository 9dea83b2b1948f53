package bptt;

import bptt.cell.Cell;
import bptt.cell.Checks;
import bptt.cell.Parameters;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** A cell's parameters in the engine's layout: the gates of a stage side by side, H columns each. */
final class Weights {
    private Weights() {}

    /**
     * By stage: for each gate q the columns [W_hqᵀ; W_xqᵀ; b_qᵀ], to be multiplied from the left by a row [u | x | 1].
     */
    static double[][][] forward(Parameters p) {
        List<List<String>> stages = p.cell().stages();
        return IntStream.range(0, stages.size())
                .mapToObj(stage -> rows(p, stage))
                .toArray(double[][][]::new);
    }

    /**
     * By stage: for each gate q the rows [W_hq | W_xq], to be multiplied from the left by a row of all ∂L/∂a_q of the stage.
     *
     * @param columns H + I, or H without W_xq
     */
    static double[][][] backward(Parameters p, int columns) {
        double[][][] weights = forward(p);
        for (int stage = 0; stage < weights.length; stage++) {
            double[][] forward = weights[stage];
            int n = p.cell().stages().get(stage).size() * p.cell().hidden();
            double[][] rows = new double[n][columns];
            for (int k = 0; k < columns; k++) {
                for (int j = 0; j < n; j++) {
                    rows[j][k] = forward[k][j];
                }
            }
            weights[stage] = rows;
        }
        return weights;
    }

    private static double[][] rows(Parameters p, int stage) {
        int H = p.cell().hidden(), I = p.cell().inputs();
        List<String> gates = p.cell().stages().get(stage);
        double[][] rows = new double[H + I + 1][gates.size() * H];
        for (int q = 0; q < gates.size(); q++) {
            double[] W_h = Checks.values(p.get("W_h" + gates.get(q)));
            double[] W_x = Checks.values(p.get("W_x" + gates.get(q)));
            double[] b = Checks.values(p.get("b_" + gates.get(q)));
            for (int j = 0; j < H; j++) {
                int column = q * H + j;
                for (int k = 0; k < H; k++) {
                    rows[k][column] = W_h[j * H + k];
                }
                for (int i = 0; i < I; i++) {
                    rows[H + i][column] = W_x[j * I + i];
                }
                rows[H + I][column] = b[j];
            }
        }
        return rows;
    }

    /** Writes the gradients of one stage, rows in the order of {@link #forward}, into the gates' three parameters each. */
    static Parameters unpack(Parameters p, int stage, double[][] gradients) {
        Cell cell = p.cell();
        int H = cell.hidden(), I = cell.inputs();
        List<String> gates = cell.stages().get(stage);
        for (int q = 0; q < gates.size(); q++) {
            SimpleMatrix W_h = new SimpleMatrix(H, H), W_x = new SimpleMatrix(H, I), b = new SimpleMatrix(H, 1);
            for (int j = 0; j < H; j++) {
                int column = q * H + j;
                for (int k = 0; k < H; k++) {
                    W_h.getDDRM().data[j * H + k] = gradients[k][column];
                }
                for (int i = 0; i < I; i++) {
                    W_x.getDDRM().data[j * I + i] = gradients[H + i][column];
                }
                b.getDDRM().data[j] = gradients[H + I][column];
            }
            p = p.with("W_h" + gates.get(q), W_h)
                    .with("W_x" + gates.get(q), W_x)
                    .with("b_" + gates.get(q), b);
        }
        return p;
    }
}
