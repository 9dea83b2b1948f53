package bptt;

import bptt.cell.Cell;
import bptt.cell.Gru;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** Random networks and sequences for the tests: sizes all different, weights not symmetric, no state zero. */
public final class Cases {
    public static final int I = 2, H = 4, O = 3, B = 5, T = 6;

    private Cases() {}

    /** Every cell. A new one is added here. */
    public static List<Cell> cells() {
        return List.of(
                Rnn.tanh(I, H),
                Rnn.relu(I, H),
                new Rnn(I, H, Rnn.Activation.SIGMOID),
                new Rnn(I, H, Rnn.Activation.IDENTITY),
                new Lstm(I, H),
                new Gru(I, H));
    }

    public static Parameters parameters(Cell cell, int outputs, Random random) {
        Parameters p = Parameters.zeros(cell, outputs);
        for (String name : p.names()) {
            SimpleMatrix shape = p.get(name);
            p = p.with(name, matrix(shape.getNumRows(), shape.getNumCols(), random));
        }
        return p;
    }

    public static List<SimpleMatrix> sequence(int steps, int rows, int sequences, Random random) {
        return IntStream.range(0, steps)
                .mapToObj(t -> matrix(rows, sequences, random))
                .toList();
    }

    public static State state(Cell cell, int sequences, Random random) {
        return new State(cell.states().stream()
                .map(s -> matrix(cell.hidden(), sequences, random))
                .toList());
    }

    /** Entries uniform on ±1. */
    public static SimpleMatrix matrix(int rows, int cols, Random random) {
        return SimpleMatrix.random_DDRM(rows, cols, -1, 1, random);
    }
}
