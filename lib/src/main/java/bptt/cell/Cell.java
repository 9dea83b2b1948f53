package bptt.cell;

import java.util.List;

/**
 * What happens inside one time step of a recurrent network, for one sequence.
 *
 * <p>A cell has named gates. Gate q has the pre-activation
 *
 * <pre>    a_q = W_xq x_t + W_hq u + b_q</pre>
 *
 * where u is h_{t−1} for the gates of the first stage. A cell may have a second stage, whose u it
 * computes itself (the GRU's r ∘ h_{t−1}). The engine ({@code bptt.Bptt}) forms all the products
 * with W, and sums over t; the cell says only how the pre-activations become h_t, and how ∂L/∂h_t
 * becomes ∂L/∂a_q. To add a cell, write one class that does this, and add it to the tests' list of
 * cells.
 */
public interface Cell {
    /**
     * Number of inputs I.
     *
     * @return I ≥ 1
     */
    int inputs();

    /**
     * Number of units H.
     *
     * @return H ≥ 1
     */
    int hidden();

    /**
     * The state's parts: {@code h} always first, {@code C} after it if the cell has one.
     *
     * @return names, each part of size H; {@code h} alone unless overridden
     */
    default List<String> states() {
        return List.of("h");
    }

    /**
     * The gates of each stage. They are numbered through the stages in this order wherever they are
     * stacked. A gate that has the name of a part of the state is that part, in the same array.
     *
     * @return names by stage
     */
    List<List<String>> stages();

    /**
     * One stage of the step: turns the pre-activations of this stage's gates into their values, in
     * place; then sets u of the next stage or, in the last stage, the state at t.
     *
     * @param stage 0 or 1
     * @param s the rows of this step
     */
    void forward(int stage, Step s);

    /**
     * The same stage backwards, called from the last stage to the first: sets ∂L/∂a of this stage's
     * gates, and <b>adds</b> to {@link Step#dBefore} what does not pass through a product with W_hq.
     * The engine adds the rest.
     *
     * @param stage 1 or 0
     * @param s the rows of this step
     */
    void backward(int stage, Step s);

    /**
     * All gates in order.
     *
     * @return names
     */
    default List<String> gates() {
        return stages().stream().flatMap(List::stream).toList();
    }
}
