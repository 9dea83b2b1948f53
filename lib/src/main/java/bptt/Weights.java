package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.math.Rows;
import java.util.List;
import org.ejml.simple.SimpleMatrix;

/** A cell's parameters in the engine's layout. */
final class Weights {
    /**
     * By gate: [W_hqᵀ; W_xqᵀ; b_qᵀ], (H+I+1)×H, to be multiplied from the left by a row [u | x | 1].
     */
    final double[][][] forward;

    /**
     * By gate: [W_hq | W_xq | b_q], H×(H+I+1), to be multiplied from the left by a row of ∂L/∂a_q.
     */
    final double[][][] backward;

    Weights(Parameters p) {
        List<String> gates = p.cell().gates();
        backward = new double[gates.size()][][];
        forward = new double[gates.size()][][];
        for (int q = 0; q < gates.size(); q++) {
            String name = gates.get(q);
            double[][] rows = p.get("W_h" + name)
                    .concatColumns(p.get("W_x" + name), p.get("b_" + name))
                    .toArray2();
            forward[q] = Rows.transpose(rows, rows[0].length);
            backward[q] = Rows.transpose(forward[q], rows.length);
        }
    }

    /** Writes gradients in the layout of {@link #forward} into the gates' three parameters each. */
    static Parameters unpack(Parameters p, double[][][] gradients) {
        Cell cell = p.cell();
        int H = cell.hidden(), I = cell.inputs();
        List<String> gates = cell.gates();
        for (int q = 0; q < gates.size(); q++) {
            SimpleMatrix g = new SimpleMatrix(gradients[q]).cols(0, H).transpose();
            p = p.with("W_h" + gates.get(q), g.cols(0, H));
            p = p.with("W_x" + gates.get(q), g.cols(H, H + I));
            p = p.with("b_" + gates.get(q), g.cols(H + I, H + I + 1));
        }
        return p;
    }
}
