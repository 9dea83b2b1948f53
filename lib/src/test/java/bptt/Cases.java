package bptt;

import bptt.cell.Cell;
import bptt.cell.Draw;
import bptt.cell.Gru;
import bptt.cell.LayerNormRnn;
import bptt.cell.Lstm;
import bptt.cell.MinGru;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.ejml.simple.SimpleMatrix;

/** Random networks and sequences for the tests: sizes all different, weights not symmetric, no state zero. */
public final class Cases {
    public static final int I = 2, H = 4, O = 3, B = 5, T = 6;

    private Cases() {}

    /** A cell of any size, with a name for the test's report. */
    public record Kind(String name, BiFunction<Integer, Integer, Cell> of) {
        public Cell cell() {
            return of.apply(I, H);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Every cell: a new one is a line here. */
    public static List<Kind> kinds() {
        return List.of(
                new Kind("tanh", Rnn::tanh),
                new Kind("ReLU", Rnn::relu),
                new Kind("sigmoid", (I, H) -> new Rnn(I, H, Rnn.Activation.SIGMOID)),
                new Kind("linear", (I, H) -> new Rnn(I, H, Rnn.Activation.IDENTITY)),
                new Kind("LSTM", Lstm::new),
                new Kind("GRU", Gru::new),
                new Kind("minGRU", MinGru::new),
                new Kind("tanh, layer norm", (I, H) -> new LayerNormRnn(I, H, Rnn.Activation.TANH)),
                new Kind("sigmoid, layer norm", (I, H) -> new LayerNormRnn(I, H, Rnn.Activation.SIGMOID)));
    }

    public static List<Cell> cells() {
        return kinds().stream().map(Kind::cell).toList();
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
        return Draw.uniform(steps, rows, sequences, -1, 1, random);
    }

    public static State state(Cell cell, int sequences, Random random) {
        return new State(cell.states().stream()
                .map(s -> matrix(cell.hidden(), sequences, random))
                .toList());
    }

    /** Entries uniform on ±1. */
    public static SimpleMatrix matrix(int rows, int cols, Random random) {
        return Draw.uniform(rows, cols, -1, 1, random);
    }
}
