package bptt.cell;

import bptt.math.Numbers;
import java.util.List;
import org.ejml.simple.SimpleMatrix;

/**
 * What happens inside one time step of a recurrent network.
 *
 * <p>A cell has named gates. Gate q has the pre-activation
 *
 * <pre>    a_q = W_xq x_t + W_hq u + b_q</pre>
 *
 * where u is h_{t−1} for the gates of the first stage. A cell may have a second stage, whose u it computes itself (the
 * GRU's r ∘ h_{t−1}). The engine ({@code bptt.Bptt}) forms all the products with W, and sums over t; the cell says only
 * how the pre-activations become h_t, and how ∂L/∂h_t becomes ∂L/∂a_q.
 *
 * <p>It says so twice: in loops over arrays, {@link #forward} and {@link #backward}, which the engine calls; and as
 * formulas of {@link SimpleMatrix}, {@link #formulas} and {@link #adjoint}, real or complex, which the independent side
 * of every check calls. The two share no code. To add a cell, write one class that does this, and a line in the tests'
 * list of cells.
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
     * The gates of each stage. They are numbered through the stages in this order wherever they are stacked.
     *
     * @return names by stage
     */
    List<List<String>> stages();

    /**
     * The part of the state that a gate is, in the same array: of a simple network the value of its only gate is h_t.
     *
     * @param gate its number
     * @return its number, −1 for a gate that is none
     */
    default int stateOf(int gate) {
        return -1;
    }

    /**
     * Whether the gates see u. If not, there is no W_hq, and a_q = W_xq x_t + b_q.
     *
     * @return true unless overridden
     */
    default boolean recurrent() {
        return true;
    }

    /**
     * Parameters of size H×1 beside those of the gates, which the cell applies itself.
     *
     * @return names; none unless overridden
     */
    default List<String> vectors() {
        return List.of();
    }

    /**
     * One stage of the step: turns the pre-activations of this stage's gates into their values, in place; then sets u
     * of the next stage or, in the last stage, the state at t.
     *
     * @param stage 0 or 1
     * @param s the rows of this step
     */
    void forward(int stage, Step s);

    /**
     * The same stage backwards, called from the last stage to the first: sets ∂L/∂a of this stage's gates, and
     * <b>adds</b> to {@link Step#dBefore} what does not pass through a product with W_hq, and to {@link Step#dVector}.
     * The engine adds the rest.
     *
     * @param stage 1 or 0
     * @param s the rows of this step
     */
    void backward(int stage, Step s);

    /**
     * The whole step as its definition says it, the slow twin of {@link #forward}.
     *
     * @param a the pre-activations
     * @param before the state at t − 1 by part, H×B each
     * @return the state at t by part
     */
    List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before);

    /**
     * The whole step backwards, the slow twin of {@link #backward}: the transposed Jacobian of {@link #formulas} times
     * ∂L/∂(state at t), written with functions that are analytic, so that a complex step differentiates it once more.
     * Hessian-vector products need it; a cell without it refuses them.
     *
     * @param a the pre-activations, and where ∂L/∂a_q goes
     * @param before the state at t − 1 by part
     * @param dAfter ∂L/∂(state at t) by part
     * @return ∂L/∂(state at t − 1) by part
     */
    default List<SimpleMatrix> adjoint(Gates a, List<SimpleMatrix> before, List<SimpleMatrix> dAfter) {
        throw new UnsupportedOperationException(Numbers.format("%s has no adjoint formulas", this));
    }

    /**
     * All gates in order.
     *
     * @return names
     */
    default List<String> gates() {
        return stages().stream().flatMap(List::stream).toList();
    }

    /** The weights' side of {@link #formulas} and {@link #adjoint} at one step: real or complex matrices. */
    interface Gates {
        /**
         * W_xq x_t + W_hq u + b_q.
         *
         * @param gate q
         * @param u H×B; not read if the cell is not {@linkplain #recurrent recurrent}
         * @return a_q, H×B
         */
        SimpleMatrix of(String gate, SimpleMatrix u);

        /**
         * One of the cell's {@linkplain #vectors vectors}, for each sequence.
         *
         * @param name of the vector
         * @return the same column B times: H×B
         */
        SimpleMatrix vector(String name);

        /**
         * Takes in ∂L/∂a_q: adds its share to ∂L/∂W_xq, ∂L/∂W_hq, ∂L/∂b_q and ∂L/∂x_t.
         *
         * @param gate q
         * @param u as in {@link #of}
         * @param da ∂L/∂a_q, H×B
         * @return ∂L/∂u = W_hqᵀ ∂L/∂a_q
         */
        SimpleMatrix back(String gate, SimpleMatrix u, SimpleMatrix da);

        /**
         * Takes in the derivative with respect to a vector, sequence by sequence.
         *
         * @param name of the vector
         * @param d H×B
         */
        void backVector(String name, SimpleMatrix d);
    }
}
