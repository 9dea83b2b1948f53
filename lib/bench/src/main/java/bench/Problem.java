package bench;

import bptt.cell.Cell;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * One piece of work, the same for every peer: forward, mean squared error at the last step, all parameter gradients.
 * All its numbers follow from a formula, so that programs in any language can make them.
 */
record Problem(String name, int H, int B, int T) {
    static final int I = 2;

    Cell cell() {
        return switch (name) {
            case "lstm" -> new Lstm(I, H);
            case "tanh" -> Rnn.tanh(I, H);
            case "relu" -> Rnn.relu(I, H);
            default -> throw new IllegalArgumentException("unknown cell " + name);
        };
    }

    List<String> gates() {
        return cell().gates();
    }

    /** Element k, row by row, of the matrix with this number: sin(k + 1 + 1000 number) times a scale. */
    static SimpleMatrix matrix(int number, int rows, int cols, double scale) {
        double[] values = IntStream.range(0, rows * cols)
                .mapToDouble(k -> scale * StrictMath.sin(k + 1 + 1000.0 * number))
                .toArray();
        return new SimpleMatrix(rows, cols, true, values);
    }

    /** Gate q has the matrices number 3q, 3q + 1, 3q + 2; the readout 20 and 21. */
    Parameters parameters() {
        double scale = 1 / Math.sqrt(H);
        Parameters p = Parameters.zeros(cell(), 1);
        List<String> gates = gates();
        for (int q = 0; q < gates.size(); q++) {
            p = p.with("W_x" + gates.get(q), matrix(3 * q, H, I, scale))
                    .with("W_h" + gates.get(q), matrix(3 * q + 1, H, H, scale))
                    .with("b_" + gates.get(q), matrix(3 * q + 2, H, 1, scale));
        }
        return p.with("W_hy", matrix(20, 1, H, scale)).with("b_y", matrix(21, 1, 1, scale));
    }

    /** x_t, I×B. */
    SimpleMatrix x(int t) {
        return matrix(100 + t, I, B, 1);
    }

    /** 1×B. */
    SimpleMatrix y() {
        return matrix(99, 1, B, 1);
    }
}
