package bptt;

import bptt.cell.Cell;
import bptt.cell.Checks;
import bptt.cell.Parameters;
import bptt.cell.Step;
import bptt.math.Split;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/** What a forward pass remembers: every state and every gate of every step. Read-only; that of a {@link Pass}, until its next one. */
public final class Trace {
    final Cell cell;
    final int B;

    /** The longest pass that there is room for. */
    final int capacity;

    /** Set by each pass in this memory. */
    Parameters parameters;

    int T;

    /** The first sequence of each thread's share, and B. */
    final int[] cuts;

    /** x_t, t = 1 … T. */
    final Series x;

    /** By part of the state: t = 0 … T. */
    final Series[] state;

    /** By gate: t = 1 … T. One that has the name of a part of the state is that part. */
    final Series[] gate;

    /** u of the second stage if there is one: t = 1 … T. */
    final Series[] u;

    /** Room for passes of B sequences of up to T steps. */
    Trace(Cell cell, int T, int B) {
        this.cell = cell;
        this.T = T;
        this.B = B;
        capacity = T;
        requireHeap(cell, T, B);
        cuts = Split.cuts(B, T * B * multiplications(cell));
        x = new Series(cell.inputs(), cuts, T + 1);
        state = series(cell.states().size());
        gate = series(cell.gates().size());
        for (int q = 0; q < gate.length; q++) {
            int s = cell.states().indexOf(cell.gates().get(q));
            gate[q] = s < 0 ? gate[q] : state[s];
        }
        u = series(cell.stages().size() - 1);
    }

    private Series[] series(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Series(cell.hidden(), cuts, T + 1))
                .toArray(Series[]::new);
    }

    /** Whether a pass fits into this memory as it is. */
    boolean hasRoom(Cell cell, int T, int B) {
        return this.cell.equals(cell) && this.B == B && T <= capacity;
    }

    /** Of one step forward of one sequence. */
    static long multiplications(Cell cell) {
        return (long) cell.gates().size() * cell.hidden() * (cell.hidden() + cell.inputs());
    }

    private static void requireHeap(Cell cell, long T, long B) {
        long perUnit = Stream.concat(cell.states().stream(), cell.gates().stream())
                        .distinct()
                        .count()
                + cell.stages().size()
                - 1;
        long bytes = 8 * T * B * (perUnit * cell.hidden() + cell.inputs());
        long heap = Runtime.getRuntime().maxMemory();
        if (T * B > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("expected T·B of at most %d, got T = %d steps of B = %d sequences"
                    .formatted(Integer.MAX_VALUE, T, B));
        }
        if (bytes > heap) {
            throw new IllegalArgumentException(
                    "a trace of T = %d steps, B = %d sequences and H = %d units needs %d MB, and the heap has %d MB (java -Xmx)"
                            .formatted(T, B, cell.hidden(), bytes >> 20, heap >> 20));
        }
    }

    /** Makes the arrays of step t for one share of the sequences, and points {@code step} at them. */
    void make(Step step, int t, int share) {
        for (Series[] kind : new Series[][] {state, gate, u}) {
            for (Series series : kind) {
                series.make(t, share);
            }
        }
        view(step, t, share);
    }

    /** Points {@code step} at step t of one share of the sequences. */
    void view(Step step, int t, int share) {
        view(step, t, (series, at) -> series.at(at, share));
    }

    /** Points {@code step} at a copy of step t of one sequence. */
    void viewSequence(Step step, int t, int b) {
        view(step, t, (series, at) -> series.sequence(at, b));
    }

    private interface Numbers {
        double[] of(Series series, int t);
    }

    private void view(Step step, int t, Numbers numbers) {
        for (int s = 0; s < state.length; s++) {
            step.before[s] = numbers.of(state[s], t - 1);
            step.after[s] = numbers.of(state[s], t);
        }
        for (int q = 0; q < gate.length; q++) {
            step.gate[q] = numbers.of(gate[q], t);
        }
        step.u = u.length > 0 ? numbers.of(u[0], t) : null;
    }

    void requireStep(int t, int first) {
        if (t < first || t > T) {
            throw new IllegalArgumentException("t: expected %d … %d, got %d".formatted(first, T, t));
        }
    }

    /**
     * The parameters of the pass.
     *
     * @return parameters
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * Length of the sequences.
     *
     * @return T
     */
    public int steps() {
        return T;
    }

    /**
     * Number of sequences side by side.
     *
     * @return B
     */
    public int sequences() {
        return B;
    }

    /**
     * The state at t.
     *
     * @param t 0 … T
     * @return h_t, and C_t for an LSTM, each H×B
     */
    public State state(int t) {
        requireStep(t, 0);
        return new State(Arrays.stream(state).map(part -> part.matrix(t)).toList());
    }

    /**
     * The hidden state at t.
     *
     * @param t 0 … T
     * @return h_t, H×B
     */
    public SimpleMatrix h(int t) {
        requireStep(t, 0);
        return state[0].matrix(t);
    }

    /**
     * The cell state of an LSTM at t.
     *
     * @param t 0 … T
     * @return C_t, H×B
     */
    public SimpleMatrix C(int t) {
        return state(t).C();
    }

    /**
     * A gate at t: its value, after the σ or tanh.
     *
     * @param name for example {@code f}
     * @param t 1 … T
     * @return H×B
     */
    public SimpleMatrix gate(String name, int t) {
        requireStep(t, 1);
        return gate[number(cell, name)].matrix(t);
    }

    /**
     * The readout at t: o_t = W_hy h_t + b_y.
     *
     * @param t 1 … T
     * @return O×B
     * @throws IllegalArgumentException if the network has no readout
     */
    public SimpleMatrix o(int t) {
        requireStep(t, 1);
        if (parameters.outputs() == 0) {
            throw new IllegalArgumentException("this network has no readout: O = 0");
        }
        SimpleMatrix b_y = parameters.get("b_y").mult(SimpleMatrix.ones(1, B));
        SimpleMatrix o = parameters.get("W_hy").mult(h(t)).plus(b_y);
        requireNoOverflow(Checks.values(o), "o at t = " + t);
        return o;
    }

    /** The number of a gate. */
    static int number(Cell cell, String name) {
        int q = cell.gates().indexOf(name);
        if (q < 0) {
            throw new IllegalArgumentException(
                    "unknown gate “%s”: expected one of %s".formatted(name, String.join(", ", cell.gates())));
        }
        return q;
    }

    static void requireNoOverflow(double[] values, String what) {
        requireNoOverflow(values, 0, values.length, what);
    }

    static void requireNoOverflow(double[] values, int from, int to, String what) {
        int bad = Checks.firstNotFinite(values, from, to);
        if (bad >= 0) {
            throw new ArithmeticException("%s is %s: the pass overflowed there".formatted(what, values[bad]));
        }
    }
}
