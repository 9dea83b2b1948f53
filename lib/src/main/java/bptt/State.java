package bptt;

import bptt.cell.Cell;
import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * The state of a cell at one time step, or the gradient of a loss with respect to it: h, and C if
 * the cell has one.
 *
 * @param parts h (H×B), then C (H×B) for an LSTM
 */
public record State(List<SimpleMatrix> parts) {
    /** Copies the matrices. */
    public State {
        Require.given(parts, "state", "h, or h and C");
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("state: expected h, or h and C, got nothing");
        }
        parts.forEach(part -> Require.given(part, "state", "h, or h and C, each a matrix"));
        parts = parts.stream().map(SimpleMatrix::copy).toList();
    }

    /**
     * A state of the given parts.
     *
     * @param parts h, or h and C
     * @return the state
     */
    public static State of(SimpleMatrix... parts) {
        return new State(Arrays.asList(parts));
    }

    /**
     * The zero state, the usual beginning of a sequence.
     *
     * @param cell the cell
     * @param sequences B
     * @return zeros of the right shapes
     */
    public static State zero(Cell cell, int sequences) {
        return new State(cell.states().stream()
                .map(s -> new SimpleMatrix(cell.hidden(), sequences))
                .toList());
    }

    /**
     * The hidden state.
     *
     * @return H×B
     */
    public SimpleMatrix h() {
        return parts.get(0);
    }

    /**
     * The cell state of an LSTM.
     *
     * @return H×B
     * @throws IllegalStateException if the cell has none
     */
    public SimpleMatrix C() {
        if (parts.size() < 2) {
            throw new IllegalStateException("this state has no C: only an LSTM's has");
        }
        return parts.get(1);
    }

    /**
     * All parts under one another: the joint state.
     *
     * @return (H or 2H)×B
     */
    public SimpleMatrix joint() {
        SimpleMatrix joint = parts.get(0);
        for (SimpleMatrix part : parts.subList(1, parts.size())) {
            joint = joint.concatRows(part);
        }
        return joint;
    }

    /** The same with something added to h. */
    State plusH(SimpleMatrix dh) {
        List<SimpleMatrix> sum = new ArrayList<>(parts);
        sum.set(0, parts.get(0).plus(dh));
        return new State(sum);
    }

    void require(Cell cell, int sequences, String what) {
        List<String> names = cell.states();
        if (parts.size() != names.size()) {
            throw new IllegalArgumentException(Numbers.format(
                    "%s: expected %s, got %d part%s",
                    what, String.join(" and ", names), parts.size(), parts.size() == 1 ? "" : "s"));
        }
        IntStream.range(0, names.size()).forEach(s -> {
            String part = what + ", " + names.get(s);
            Require.shape(parts.get(s), cell.hidden(), sequences, part);
            Require.finite(parts.get(s), part);
        });
    }
}
