package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Step;
import bptt.math.Rows;
import org.ejml.simple.SimpleMatrix;

/**
 * What a forward pass remembers: every state and every gate of every step, T·B rows of each.
 * Read-only.
 *
 * <p>Rows are numbered t·B + b. The row of the first stage's input holds [h_{t−1} | x_t | 1], so
 * that one product with the stacked W_h, W_x and b gives a gate's pre-activation, and one product
 * of all rows gives all three gradients. The hidden state at t is therefore kept in the input row
 * of step t + 1.
 */
public final class Trace {
    final Parameters parameters;
    final Cell cell;
    final int T;
    final int B;

    /**
     * By stage: rows [u | x_t | 1], step t in rows (t−1)B …; the first stage has one more step, which
     * holds h_T.
     */
    final double[][][] input;

    /** By state part: row tB + b is the state at t = 0 … T. */
    final double[][][] state;

    /** By gate: row (t−1)B + b is the gate at t = 1 … T. */
    final double[][][] gate;

    /** By {@link Cell#memory} row: as gate. */
    final double[][][] memory;

    Trace(Parameters parameters, int T, int B) {
        this.parameters = parameters;
        this.cell = parameters.cell();
        this.T = T;
        this.B = B;
        requireHeap(cell, T, B);
        int H = cell.hidden(), K = H + cell.inputs() + 1;
        input = new double[cell.stages().size()][][];
        for (int s = 0; s < input.length; s++) {
            input[s] = new double[(s == 0 ? T + 1 : T) * B][K];
        }
        state = new double[cell.states().size()][][];
        state[0] = input[0];
        for (int s = 1; s < state.length; s++) {
            state[s] = new double[(T + 1) * B][H];
        }
        gate = new double[cell.gates().size()][T * B][Rows.padded(H)];
        memory = new double[cell.memory()][T * B][H];
    }

    /** For each of T·B rows there are the inputs of the stages, states, gates and memory. */
    private static void requireHeap(Cell cell, long T, long B) {
        long H = cell.hidden(), K = H + cell.inputs() + 1;
        long row = cell.stages().size() * K
                + (cell.states().size() - 1) * H
                + cell.gates().size() * Rows.padded(cell.hidden())
                + cell.memory() * H;
        long bytes = 8 * row * T * B, heap = Runtime.getRuntime().maxMemory();
        if (bytes > heap || (T + 1) * B > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a trace of T = %d steps, B = %d sequences and H = %d units needs %d MB, and the heap has %d MB (java -Xmx)"
                            .formatted(T, B, cell.hidden(), bytes >> 20, heap >> 20));
        }
    }

    /** Points {@code step} at what happened in one row, that is to sequence b in step t for row (t−1)B + b. */
    void view(Step step, int row) {
        for (int s = 0; s < state.length; s++) {
            step.before[s] = state[s][row];
            step.after[s] = state[s][row + B];
        }
        for (int q = 0; q < gate.length; q++) {
            step.gate[q] = gate[q][row];
        }
        for (int m = 0; m < memory.length; m++) {
            step.memory[m] = memory[m][row];
        }
        step.u = input.length > 1 ? input[1][row] : null;
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
        Blocks.requireStep(t, 0, T);
        return Blocks.state(state, t, B, cell.hidden());
    }

    /**
     * The hidden state at t.
     *
     * @param t 0 … T
     * @return h_t, H×B
     */
    public SimpleMatrix h(int t) {
        Blocks.requireStep(t, 0, T);
        return Blocks.matrix(state[0], t * B, B, 0, cell.hidden());
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
        Blocks.requireStep(t, 1, T);
        return Blocks.matrix(gate[Blocks.gate(cell, name)], (t - 1) * B, B, 0, cell.hidden());
    }

    /**
     * The readout at t: o_t = W_hy h_t + b_y.
     *
     * @param t 1 … T
     * @return O×B
     * @throws IllegalArgumentException if the network has no readout
     */
    public SimpleMatrix o(int t) {
        Blocks.requireStep(t, 1, T);
        if (parameters.outputs() == 0) {
            throw new IllegalArgumentException("this network has no readout: O = 0");
        }
        SimpleMatrix b_y = parameters.get("b_y").mult(SimpleMatrix.ones(1, B));
        SimpleMatrix o = parameters.get("W_hy").mult(h(t)).plus(b_y);
        Blocks.requireNoOverflow(o, "o at t = " + t);
        return o;
    }
}
