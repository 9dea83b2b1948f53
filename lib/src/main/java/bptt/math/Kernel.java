package bptt.math;

/**
 * The matrix product of the engine, the one loop that everything else waits for. Every element of the result is one chain of
 * {@link Math#fma} with the index summed over ascending, whatever the implementation, so all of them return the same bits.
 */
interface Kernel {
    /** Results have a multiple of this many columns. */
    int width();

    /**
     * Room for a matrix in the order in which {@link #addProduct} reads it.
     *
     * @param K number of rows
     * @param n number of columns, a multiple of the width
     */
    double[][] room(int K, int n);

    /**
     * Puts rows t … t + K − 1 of w, columns from … to − 1, into such room. What is packed may refer to w.
     *
     * @param packed room for K or more rows
     * @param w rows
     * @param t first of them
     * @param K number of them
     * @param from first column, a multiple of the width
     * @param to one past the last column, a multiple of the width
     */
    void pack(double[][] packed, double[][] w, int t, int K, int from, int to);

    /**
     * z_{i+r,j} ← z_{i+r,j} + Σ_k a_{s+r,k} w_kj for r &lt; rows, k &lt; K and the columns from ≤ j &lt; to that were packed.
     *
     * @param z rows of the result
     * @param i first of them
     * @param a rows of coefficients
     * @param s first of them
     * @param rows number of rows of z and of a
     * @param packed W
     * @param K number of its rows
     * @param from first column
     * @param to one past the last column
     */
    void addProduct(double[][] z, int i, double[][] a, int s, int rows, double[][] packed, int K, int from, int to);
}
