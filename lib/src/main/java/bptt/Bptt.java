package bptt;

import bptt.cell.Cell;
import bptt.cell.Checks;
import bptt.cell.Parameters;
import bptt.cell.Step;
import bptt.math.Rows;
import bptt.math.Split;
import java.util.List;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;

/**
 * Back-propagation through time, for every cell.
 *
 * <p>Forward, for t = 1 … T and each gate q: a_q = W_xq x_t + W_hq u + b_q, then the cell's step.
 * Backward, for t = T … 1: the cell turns ∂L/∂h_t into ∂L/∂a_q, and
 *
 * <pre>
 *    ∂L/∂h_{t−1} = (the cell's direct part) + Σ_q W_hqᵀ ∂L/∂a_q      ∂L/∂x_t = Σ_q W_xqᵀ ∂L/∂a_q
 *    ∂L/∂W_hq = Σ_t ∂L/∂a_q uᵀ       ∂L/∂W_xq = Σ_t ∂L/∂a_q x_tᵀ       ∂L/∂b_q = Σ_t ∂L/∂a_q
 * </pre>
 *
 * (Werbos 1990, “Backpropagation through time: what it does and how to do it”.)
 *
 * <p>The kinds of network are compositions of these two passes: one-to-one is T = 1; one-to-many
 * feeds x_1 and then zeros; many-to-one has its loss at the last step; many-to-many of equal length
 * at each step; many-to-many of another length is an encoder whose last state starts a decoder, and
 * whose backward pass starts from the decoder's {@code gradients.state(0)}.
 */
public final class Bptt {
    private Bptt() {}

    /**
     * Forward pass from the zero state.
     *
     * @param p parameters
     * @param x inputs x_1 … x_T, each I×B
     * @return what the backward pass needs
     * @throws IllegalArgumentException if T or B is 0, or an input has another shape or is not finite
     * @throws ArithmeticException if a state overflows; names the state and the first t
     */
    public static Trace forward(Parameters p, List<SimpleMatrix> x) {
        requireSteps(x);
        return forward(p, x, State.zero(p.cell(), x.get(0).getNumCols()));
    }

    /**
     * Forward pass.
     *
     * @param p parameters
     * @param x inputs x_1 … x_T, each I×B
     * @param start the state at t = 0
     * @return what the backward pass needs
     * @throws IllegalArgumentException if T or B is 0, or an input has another shape or is not finite
     * @throws ArithmeticException if a state overflows; names the state and the first t
     */
    public static Trace forward(Parameters p, List<SimpleMatrix> x, State start) {
        requireSteps(x);
        Cell cell = p.cell();
        int T = x.size(), B = x.get(0).getNumCols(), H = cell.hidden(), I = cell.inputs();
        for (int t = 1; t <= T; t++) {
            Checks.shape(x.get(t - 1), I, B, "x at t = " + t);
            Checks.finite(x.get(t - 1), "x at t = " + t);
        }
        start.require(cell, B, "initial state");

        Trace trace = new Trace(p, T, B);
        for (double[][] input : trace.input) {
            for (int t = 1; t <= T; t++) {
                Blocks.put(x.get(t - 1), input, (t - 1) * B, H);
                for (int b = 0; b < B; b++) {
                    input[(t - 1) * B + b][H + I] = 1;
                }
            }
        }
        for (int s = 0; s < trace.state.length; s++) {
            Blocks.put(start.parts().get(s), trace.state[s], 0, 0);
        }

        Weights weights = new Weights(p);
        Split.over(B, (long) T * B * cell.gates().size() * H * (H + I), (from, to) -> {
            Step step = new Step(cell);
            for (int t = 1; t <= T; t++) {
                stepForward(trace, weights, step, (t - 1) * B + from, to - from);
            }
        });
        for (int t = 1; t <= T; t++) {
            requireNoOverflow(trace.state, cell, t, B, "");
        }
        return trace;
    }

    /** One step of some sequences, in adjacent rows: the products for all of them, then the cell for each. */
    private static void stepForward(Trace trace, Weights weights, Step step, int first, int rows) {
        Cell cell = trace.cell;
        int H = cell.hidden(), q = 0;
        for (int stage = 0; stage < trace.input.length; stage++) {
            double[][] input = trace.input[stage];
            for (int end = q + cell.stages().get(stage).size(); q < end; q++) {
                Rows.addProduct(trace.gate[q], first, input, first, rows, weights.forward[q], H + cell.inputs() + 1, H);
            }
            for (int row = first; row < first + rows; row++) {
                trace.view(step, row);
                cell.forward(stage, step);
            }
        }
    }

    /**
     * Backward pass of a loss on the outputs.
     *
     * @param trace a forward pass of a network with readout
     * @param loss the loss
     * @return all gradients
     * @throws IllegalArgumentException if the loss does not fit the trace
     * @throws ArithmeticException if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, Loss loss) {
        return backward(trace, loss.outputGradients(trace), Map.of());
    }

    /**
     * Backward pass from the last state, when L is a function of the state at T alone; for example of
     * an encoder, whose ∂L/∂(state at T) is the decoder's ∂L/∂(state at 0).
     *
     * @param trace a forward pass
     * @param dLast ∂L/∂(state at T)
     * @return all gradients
     * @throws IllegalArgumentException if dLast has another shape or is not finite
     * @throws ArithmeticException if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, State dLast) {
        return backward(trace, Map.of(), Map.of(trace.T, dLast));
    }

    /**
     * Backward pass of any loss, from its direct derivatives.
     *
     * @param trace a forward pass
     * @param dOutputs ∂L/∂o_t by t, each O×B, where the loss depends on o_t
     * @param dStates ∂L/∂(state at t) by t = 0 … T, direct dependence only, where there is any
     * @return all gradients
     * @throws IllegalArgumentException if a derivative has another shape, is not finite, or t is out
     *     of range
     * @throws ArithmeticException if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates) {
        Cell cell = trace.cell;
        int T = trace.T, B = trace.B, H = cell.hidden(), I = cell.inputs();
        int gates = cell.gates().size();
        double[][][] dState = new double[cell.states().size()][(T + 1) * B][H];
        Parameters gradients = Parameters.zeros(cell, trace.parameters.outputs());
        dStates.forEach((t, d) -> {
            Blocks.requireStep(t, 0, T);
            d.require(cell, B, "∂L/∂(state at t = " + t + ")");
            for (int s = 0; s < dState.length; s++) {
                Blocks.add(d.parts().get(s), dState[s], t * B);
            }
        });
        gradients = readoutBackward(trace, dOutputs, dState[0], gradients);

        double[][][] dGate = new double[gates][T * B][Rows.padded(H)];
        double[][] dx = new double[T * B][I];
        Weights weights = new Weights(trace.parameters);
        long work = (long) T * B * gates * H * (H + I);
        Split.over(B, work, (from, to) -> {
            BackwardStep back = new BackwardStep(cell, weights, to - from, true);
            for (int t = T; t >= 1; t--) {
                back.run((t - 1) * B + from, dGate, dState[0], dx, (step, row) -> {
                    trace.view(step, row);
                    for (int s = 0; s < dState.length; s++) {
                        step.dBefore[s] = dState[s][row];
                        step.dAfter[s] = dState[s][row + B];
                    }
                });
            }
        });
        for (int t = T; t >= 0; t--) {
            requireNoOverflow(dState, cell, t, B, "∂L/∂");
            if (t > 0) {
                Blocks.requireNoOverflow(dx, (t - 1) * B, B, I, "∂L/∂x at t = " + t);
            }
        }

        double[][][] dW = new double[gates][H + I + 1][Rows.padded(H)];
        int q = 0;
        for (int stage = 0; stage < trace.input.length; stage++) {
            double[][] input = trace.input[stage];
            for (int end = q + cell.stages().get(stage).size(); q < end; q++) {
                double[][] dW_q = dW[q], da_q = dGate[q];
                Split.over(
                        H + I + 1,
                        work / gates,
                        (from, to) -> Rows.addTransposedProduct(dW_q, input, da_q, T * B, H, from, to));
            }
        }
        for (q = 0; q < gates; q++) {
            Blocks.requireNoOverflow(
                    dW[q],
                    0,
                    H + I + 1,
                    H,
                    "∂L/∂(weights of gate " + cell.gates().get(q) + ")");
        }
        gradients = Weights.unpack(gradients, dW);
        return new Gradients(trace, gradients, dState, dGate, dx);
    }

    /** Adds W_hyᵀ ∂L/∂o_t to ∂L/∂h_t, and returns the gradients with those of the readout. */
    private static Parameters readoutBackward(
            Trace trace, Map<Integer, SimpleMatrix> dOutputs, double[][] dh, Parameters gradients) {
        if (dOutputs.isEmpty()) {
            return gradients;
        }
        int O = trace.parameters.outputs(), B = trace.B;
        if (O == 0) {
            throw new IllegalArgumentException("∂L/∂o: expected none, for this network has no readout");
        }
        dOutputs.forEach((t, do_t) -> {
            Blocks.requireStep(t, 1, trace.T);
            Checks.shape(do_t, O, B, "∂L/∂o at t = " + t);
            Checks.finite(do_t, "∂L/∂o at t = " + t);
        });
        SimpleMatrix W_hy = trace.parameters.get("W_hy");
        SimpleMatrix dW_hy = new SimpleMatrix(O, trace.cell.hidden());
        SimpleMatrix db_y = new SimpleMatrix(O, 1);
        for (int t = 1; t <= trace.T; t++) {
            SimpleMatrix do_t = dOutputs.get(t);
            if (do_t != null) {
                dW_hy = dW_hy.plus(do_t.mult(trace.h(t).transpose()));
                db_y = db_y.plus(do_t.mult(SimpleMatrix.ones(B, 1)));
                Blocks.add(W_hy.transpose().mult(do_t), dh, t * B);
            }
        }
        Blocks.requireNoOverflow(dW_hy, "∂L/∂W_hy");
        return gradients.with("W_hy", dW_hy).with("b_y", db_y);
    }

    private static void requireSteps(List<SimpleMatrix> x) {
        if (x.isEmpty()) {
            throw new IllegalArgumentException("x: expected at least one step, got T = 0");
        }
        if (x.get(0) == null) {
            throw new IllegalArgumentException("x at t = 1: expected a matrix, got null");
        }
        if (x.get(0).getNumCols() == 0) {
            throw new IllegalArgumentException("x at t = 1: expected at least one sequence, got B = 0");
        }
    }

    private static void requireNoOverflow(double[][][] state, Cell cell, int t, int B, String what) {
        for (int s = 0; s < state.length; s++) {
            Blocks.requireNoOverflow(
                    state[s], t * B, B, cell.hidden(), what + cell.states().get(s) + " at t = " + t);
        }
    }
}
