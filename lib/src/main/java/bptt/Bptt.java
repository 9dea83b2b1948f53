package bptt;

import bptt.cell.Parameters;
import bptt.cell.Require;
import java.util.List;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;

/**
 * Back-propagation through time, for every cell.
 *
 * <p>Forward, for t = 1 … T and each gate q: a_q = W_xq x_t + W_hq u + b_q, then the cell's step. Backward, for t = T …
 * 1: the cell turns ∂L/∂h_t into ∂L/∂a_q, and
 *
 * <pre>
 *    ∂L/∂h_{t−1} = (the cell's direct part) + Σ_q W_hqᵀ ∂L/∂a_q      ∂L/∂x_t = Σ_q W_xqᵀ ∂L/∂a_q
 *    ∂L/∂W_hq = Σ_t ∂L/∂a_q uᵀ       ∂L/∂W_xq = Σ_t ∂L/∂a_q x_tᵀ       ∂L/∂b_q = Σ_t ∂L/∂a_q
 * </pre>
 *
 * (Werbos 1990, “Backpropagation through time: what it does and how to do it”.) The way of x through the library, down
 * and up:
 *
 * <pre>
 *    forward(p, x, start)                               backward(trace, loss)
 *      Trace              cuts the batch, for threads     Gradients          ∂L/∂W = Σ_t Σ_b over all of them
 *        Sequences        one thread's, t = 1 … T           SequenceGradients  one thread's, t = T … 1
 *          Product        a = W [u | x_t | 1]                  BackwardStep      one step of the way back
 *          Cell.forward   a ↦ gates, h_t (and C_t)               Cell.backward     ∂L/∂h_t ↦ ∂L/∂a
 *                                                               Product           ∂L/∂[u | x_t] = Wᵀ ∂L/∂a
 * </pre>
 *
 * <p>{@link #pass} does both within a given memory. On the way back ∂L/∂(state at t) of a sequence of which no unit
 * reaches 2⁻⁹⁶⁰ ≈ 1e−289 is taken as 0.
 *
 * <p>The kinds of network are compositions of these two passes: one-to-one is T = 1; one-to-many feeds x_1 and then
 * zeros; many-to-one has its loss at the last step; many-to-many of equal length at each step; many-to-many of another
 * length is an encoder whose last state starts a decoder, and whose backward pass starts from the decoder's {@code
 * gradients.state(0)}.
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
     * @throws Overflow if a state overflows; names the state and the first t
     */
    public static Trace forward(Parameters p, List<SimpleMatrix> x) {
        Require.given(p, "parameters", "those of a network");
        return forward(p, x, State.zero(p.cell(), Trace.sequences(x)));
    }

    /**
     * Forward pass.
     *
     * @param p parameters
     * @param x inputs x_1 … x_T, each I×B
     * @param start the state at t = 0
     * @return what the backward pass needs
     * @throws IllegalArgumentException if T or B is 0, or an input has another shape or is not finite
     * @throws Overflow if a state overflows; names the state and the first t
     */
    public static Trace forward(Parameters p, List<SimpleMatrix> x, State start) {
        return Trace.of(p, x, start, null);
    }

    /**
     * Backward pass of a loss on the outputs.
     *
     * @param trace a forward pass of a network with readout
     * @param loss the loss
     * @return all gradients
     * @throws IllegalArgumentException if the loss does not fit the trace
     * @throws Overflow if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, Loss loss) {
        Require.given(loss, "loss", "one");
        return backward(trace, loss.outputGradients(trace), Map.of());
    }

    /**
     * Backward pass from the last state, when L is a function of the state at T alone; for example of an encoder, whose
     * ∂L/∂(state at T) is the decoder's ∂L/∂(state at 0).
     *
     * @param trace a forward pass
     * @param dLast ∂L/∂(state at T)
     * @return all gradients
     * @throws IllegalArgumentException if dLast has another shape or is not finite
     * @throws Overflow if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, State dLast) {
        Require.given(trace, "trace", "that of a forward pass");
        Require.given(dLast, "∂L/∂(state at T)", "a state");
        return backward(trace, Map.of(), Map.of(trace.steps(), dLast));
    }

    /**
     * Backward pass of any loss, from its direct derivatives.
     *
     * @param trace a forward pass
     * @param dOutputs ∂L/∂o_t by t, each O×B, where the loss depends on o_t
     * @param dStates ∂L/∂(state at t) by t = 0 … T, direct dependence only, where there is any
     * @return all gradients
     * @throws IllegalArgumentException if a derivative has another shape, is not finite, or t is out of range
     * @throws Overflow if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates) {
        Require.given(trace, "trace", "that of a forward pass");
        Require.given(dOutputs, "∂L/∂o", "a map, empty for none");
        Require.given(dStates, "∂L/∂(state)", "a map, empty for none");
        return Gradients.of(trace, dOutputs, dStates);
    }

    /**
     * Forward and backward pass in bounded memory: the same bits, but states in between are forgotten and computed
     * again on the way back. With room for 2048 steps that takes a third more time, with less two to two and a half
     * times as much, and with room for all steps none.
     *
     * @param p parameters of a network with readout
     * @param x inputs x_1 … x_T, each I×B
     * @param start the state at t = 0
     * @param loss the loss
     * @param bytes what states, gates and derivatives of the steps may take; what does not depend on T, a few times the
     *     size of the parameters, comes on top
     * @return loss, gradients, and the states at both ends
     * @throws IllegalArgumentException if an argument does not fit, or the bytes are too few; says how many it takes
     * @throws Overflow as {@link #forward(Parameters, List, State)} and {@link #backward(Trace, Loss)}
     */
    public static Pass pass(Parameters p, List<SimpleMatrix> x, State start, Loss loss, long bytes) {
        return Segments.pass(p, x, start, loss, bytes);
    }
}
