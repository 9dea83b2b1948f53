package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.math.Numbers;
import bptt.math.Parallel;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * What a forward pass remembers: every state and every gate of every step. Read-only; that of a {@link Workspace},
 * until its next pass.
 */
public final class Trace {
    private final Parameters parameters;
    private final int T;
    private final int B;

    /** The longest pass that there is room for. */
    final int capacity;

    /** One for each thread. */
    final List<Sequences> shares;

    private Trace(Parameters parameters, int T, int B, int capacity, List<Sequences> shares) {
        this.parameters = parameters;
        this.T = T;
        this.B = B;
        this.capacity = capacity;
        this.shares = shares;
    }

    /**
     * Runs the forward pass.
     *
     * @param memory an earlier pass whose arrays this one may have, if they fit; or null
     */
    static Trace of(Parameters p, List<SimpleMatrix> x, State start, Trace memory) {
        Require.given(p, "parameters", "those of a network");
        int B = sequences(x), T = x.size();
        Cell cell = p.cell();
        boolean fits = memory != null && memory.cell().equals(cell) && memory.B == B && T <= memory.capacity;
        if (!fits) {
            requireHeap(cell, T, B);
        }
        require(p, x, start);
        List<Sequences> shares = fits ? memory.shares : room(cell, T, B);
        double[][][] weights = Weights.forward(p);
        Overflow.first(
                Comparator.naturalOrder(), shares.size(), i -> shares.get(i).forward(p, weights, x, start));
        return new Trace(p, T, B, fits ? memory.capacity : T, shares);
    }

    /** Refuses what a forward pass cannot begin with. */
    static void require(Parameters p, List<SimpleMatrix> x, State start) {
        Require.given(p, "parameters", "those of a network");
        int B = sequences(x), T = x.size();
        Cell cell = p.cell();
        for (int t = 1; t <= T; t++) {
            if (!Require.fits(x.get(t - 1), cell.inputs(), B)) { // the name costs more than the look
                Require.shape(x.get(t - 1), cell.inputs(), B, "x at t = " + t);
                Require.finite(x.get(t - 1), "x at t = " + t);
            }
        }
        Require.given(start, "initial state", String.join(" and ", cell.states()));
        start.require(cell, B, "initial state");
    }

    /** B of the inputs, of which there has to be one. */
    static int sequences(List<SimpleMatrix> x) {
        Require.given(x, "x", "x_1 … x_T");
        if (x.isEmpty()) {
            throw new IllegalArgumentException("x: expected at least one step, got T = 0");
        }
        Require.given(x.get(0), "x at t = 1", "a matrix");
        if (x.get(0).getNumCols() == 0) {
            throw new IllegalArgumentException("x at t = 1: expected at least one sequence, got B = 0");
        }
        return x.get(0).getNumCols();
    }

    private static List<Sequences> room(Cell cell, int T, int B) {
        int[] cuts = Parallel.cuts(B, (long) T * B * Weights.multiplications(cell));
        return IntStream.range(1, cuts.length)
                .mapToObj(i -> new Sequences(cell, T, cuts[i - 1], cuts[i]))
                .toList();
    }

    /** What a step of a sequence leaves behind. */
    static long bytes(Cell cell) {
        int gates = cell.gates().size();
        long aliases =
                IntStream.range(0, gates).filter(q -> cell.stateOf(q) >= 0).count();
        long perUnit = cell.states().size() + gates - aliases + cell.stages().size() - 1;
        return 8 * (perUnit * cell.hidden() + cell.inputs());
    }

    private static void requireHeap(Cell cell, long T, long B) {
        long bytes = T * B * bytes(cell);
        long heap = Runtime.getRuntime().maxMemory();
        if (T * B > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(Numbers.format(
                    "expected T·B of at most %d, got T = %d steps of B = %d sequences", Integer.MAX_VALUE, T, B));
        }
        if (bytes > heap) {
            throw new IllegalArgumentException(Numbers.format(
                    "a trace of T = %d steps, B = %d sequences and H = %d units needs %d MB, "
                            + "and the heap has %d MB (java -Xmx)",
                    T, B, cell.hidden(), bytes >> 20, heap >> 20));
        }
    }

    Cell cell() {
        return parameters.cell();
    }

    /** Whose sequence b is. */
    Sequences share(int b) {
        int share = 0;
        while (shares.get(share).first + shares.get(share).count <= b) {
            share++;
        }
        return shares.get(share);
    }

    private SimpleMatrix matrix(Function<Sequences, double[]> numbers) {
        SimpleMatrix m = new SimpleMatrix(cell().hidden(), B);
        shares.forEach(share -> share.copy(numbers.apply(share), m));
        return m;
    }

    void requireStep(int t, int first) {
        if (t < first || t > T) {
            throw new IllegalArgumentException(Numbers.format("t: expected %d … %d, got %d", first, T, t));
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
        return new State(IntStream.range(0, cell().states().size())
                .mapToObj(s -> matrix(share -> share.state(s, t)))
                .toList());
    }

    /**
     * The hidden state at t.
     *
     * @param t 0 … T
     * @return h_t, H×B
     */
    public SimpleMatrix h(int t) {
        requireStep(t, 0);
        return matrix(share -> share.state(0, t));
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
        int q = number(cell(), name);
        return matrix(share -> share.gate(q, t));
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
        return readout(parameters, h(t), t);
    }

    /** o_t = W_hy h_t + b_y. */
    static SimpleMatrix readout(Parameters p, SimpleMatrix h, int t) {
        SimpleMatrix b_y = p.get("b_y").mult(SimpleMatrix.ones(1, h.getNumCols()));
        SimpleMatrix o = p.get("W_hy").mult(h).plus(b_y);
        Overflow.check(Require.values(o), "o", t);
        return o;
    }

    /** The number of a gate. */
    static int number(Cell cell, String name) {
        int q = cell.gates().indexOf(name);
        if (q < 0) {
            throw new IllegalArgumentException(
                    Numbers.format("unknown gate “%s”: expected one of %s", name, String.join(", ", cell.gates())));
        }
        return q;
    }
}
