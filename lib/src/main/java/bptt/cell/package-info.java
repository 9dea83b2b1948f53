/**
 * Inside one time step: the cells, their named parameters, and how these begin.
 *
 * <p>Notation: I inputs, H units, O outputs, B sequences side by side, T steps. x_t is I×B, h_t and
 * C_t are H×B, one column per sequence. Gate q of a cell has the parameters W_xq (H×I), W_hq (H×H),
 * b_q (H×1); the gates are h for {@link bptt.cell.Rnn}, i, f, g, o for {@link bptt.cell.Lstm} and
 * r, z, n for {@link bptt.cell.Gru}.
 */
package bptt.cell;
