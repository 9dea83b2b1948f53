package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import java.util.Arrays;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/**
 * What a backward pass returns: the derivative of the loss L with respect to every parameter,
 * input, state and pre-activation. The gradient of the matrix named W has the name and the shape of
 * W.
 */
public final class Gradients {
    final Trace trace;

    /** By part of the state: t = 0 … T, or the last two of them. */
    final Series[] state;

    /** By stage: row (t−1)B + b, the gates of the stage side by side. */
    final double[][][] gate;

    /** t = 1 … T, or the last two. */
    final Series x;

    /** Set by each pass in this memory. */
    Parameters parameters;

    /**
     * Room for the backward passes of a trace.
     *
     * @param steps for how many steps states' and inputs' derivatives are kept: all T + 1, or 2 if only parameters' are wanted
     */
    Gradients(Trace trace, int steps) {
        Cell cell = trace.cell;
        this.trace = trace;
        state = Stream.generate(() -> new Series(cell.hidden(), trace.cuts, steps))
                .limit(trace.state.length)
                .toArray(Series[]::new);
        gate = new double[cell.stages().size()][trace.capacity * trace.B][];
        x = new Series(cell.inputs(), trace.cuts, steps);
    }

    /** The row of a stage's ∂L/∂a, made when it is first asked for. */
    void makeRow(int stage, int row) {
        if (gate[stage][row] == null) {
            int gates = trace.cell.stages().get(stage).size();
            gate[stage][row] = new double[gates * trace.cell.hidden()];
        }
    }

    /**
     * ∂L/∂(parameter), summed over steps and sequences.
     *
     * @param name for example {@code W_hf}
     * @return the shape of the parameter
     */
    public SimpleMatrix get(String name) {
        return parameters.get(name);
    }

    /**
     * All parameter gradients under the parameters' names.
     *
     * @return ∂L/∂(every parameter)
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * ∂L/∂x_t.
     *
     * @param t 1 … T
     * @return I×B
     */
    public SimpleMatrix x(int t) {
        trace.requireStep(t, 1);
        return x.matrix(t);
    }

    /**
     * ∂L/∂(state at t): the total derivative, through this step's output and through all later steps.
     *
     * <p>An LSTM's h_t and C_t are taken as two independent inputs of the steps after t: ∂L/∂h_t
     * holds C_t fixed and the other way round, at every t as at t = 0.
     *
     * @param t 0 … T
     * @return ∂L/∂h_t, and ∂L/∂C_t for an LSTM, each H×B
     */
    public State state(int t) {
        trace.requireStep(t, 0);
        return new State(Arrays.stream(state).map(part -> part.matrix(t)).toList());
    }

    /**
     * ∂L/∂h_t.
     *
     * @param t 0 … T
     * @return H×B
     * @see #state(int)
     */
    public SimpleMatrix h(int t) {
        return state(t).h();
    }

    /**
     * ∂L/∂C_t with h_t held fixed.
     *
     * @param t 0 … T
     * @return H×B
     * @see #state(int)
     */
    public SimpleMatrix C(int t) {
        return state(t).C();
    }

    /**
     * ∂L/∂a_t of one gate: the error term with respect to its pre-activation.
     *
     * @param gate for example {@code f}; {@code h} for an {@link bptt.cell.Rnn}
     * @param t 1 … T
     * @return H×B
     */
    public SimpleMatrix a(String gate, int t) {
        trace.requireStep(t, 1);
        Cell cell = trace.cell;
        int q = Trace.number(cell, gate), stage = 0, B = trace.B, H = cell.hidden();
        while (q >= cell.stages().get(stage).size()) {
            q -= cell.stages().get(stage++).size();
        }
        SimpleMatrix da = new SimpleMatrix(H, B);
        for (int b = 0; b < B; b++) {
            for (int j = 0; j < H; j++) {
                da.set(j, b, this.gate[stage][(t - 1) * B + b][q * H + j]);
            }
        }
        return da;
    }
}
