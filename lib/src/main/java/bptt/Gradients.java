package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import org.ejml.simple.SimpleMatrix;

/**
 * What a backward pass returns: the derivative of the loss L with respect to every parameter,
 * input, state and pre-activation. The gradient of the matrix named W has the name and the shape of
 * W.
 */
public final class Gradients {
    private final Parameters parameters;
    private final Cell cell;
    private final int T;
    private final int B;

    /** By state part: row tB + b, t = 0 … T. */
    final double[][][] state;

    /** By gate: row (t−1)B + b, t = 1 … T. */
    final double[][][] gate;

    /** Row (t−1)B + b. */
    final double[][] x;

    Gradients(Trace trace, Parameters parameters, double[][][] state, double[][][] gate, double[][] x) {
        this.parameters = parameters;
        this.cell = trace.cell;
        this.T = trace.T;
        this.B = trace.B;
        this.state = state;
        this.gate = gate;
        this.x = x;
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
        Blocks.requireStep(t, 1, T);
        return Blocks.matrix(x, (t - 1) * B, B, 0, cell.inputs());
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
        Blocks.requireStep(t, 0, T);
        return Blocks.state(state, t, B, cell.hidden());
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
        Blocks.requireStep(t, 1, T);
        return Blocks.matrix(this.gate[Blocks.gate(cell, gate)], (t - 1) * B, B, 0, cell.hidden());
    }
}
