package bptt.math;

/**
 * The matrix product of the engine, the one loop that everything else waits for. Every element of the result is one chain of
 * {@link Math#fma} with the index summed over ascending, whatever the implementation, so all of them return the same bits.
 */
interface Kernel {
    /**
     * z_{i+r} ← z_{i+r} + Σ_k a_{s+r, k} w_{t+k} for r &lt; rows and k &lt; K, all rows n long. n is a multiple of 8.
     *
     * @param z rows of the result
     * @param i first of them
     * @param a rows of coefficients
     * @param s first of them
     * @param rows number of rows of z and of a
     * @param w rows that are summed
     * @param t first of them
     * @param K number of them
     * @param n number of columns
     */
    void addProduct(double[][] z, int i, double[][] a, int s, int rows, double[][] w, int t, int K, int n);
}
