package bptt;

import bptt.cell.Parameters;

/**
 * What a forward and backward pass in bounded memory returns; the same bits as {@link Bptt#forward(Parameters,
 * java.util.List, State)} and {@link Bptt#backward(Trace, Loss)}.
 *
 * @param loss L
 * @param last the state at T
 * @param gradients ∂L/∂(every parameter)
 * @param dStart ∂L/∂(state at 0)
 */
public record Pass(double loss, State last, Parameters gradients, State dStart) {}
