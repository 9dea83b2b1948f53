package bptt.math;

/**
 * The loops of the matrix product, which everything else waits for. Every element of the result is one chain of {@link
 * Math#fma} with the index summed over ascending, whatever the implementation, so all of them return the same bits.
 */
interface Kernel {
    /**
     * The arrays of one product.
     *
     * @param z the result, one array per row, which may be longer than a row
     * @param packed W in the order in which {@link #add} reads it
     * @param n number of columns of both
     */
    record Room(double[][] z, double[][] packed, int n) {}

    /**
     * Room for Z = A·W, filled with zeros.
     *
     * @param rows of Z
     * @param K rows of W
     * @param n columns of both
     */
    Room room(int rows, int K, int n);

    /**
     * Puts rows t … t + K − 1 of w into the room: as many columns as it has, from column {@code from} on.
     *
     * @param room with room for K or more rows
     * @param w rows
     * @param t first of them
     * @param K number of them
     * @param from first column
     */
    void pack(Room room, double[][] w, int t, int K, int from);

    /**
     * z_r ← z_r + Σ_k a_{s+r,k} w_k for all rows of the room, k &lt; K.
     *
     * @param room Z and W
     * @param a rows of coefficients
     * @param s first of them
     * @param K number of rows of W
     */
    void add(Room room, double[][] a, int s, int K);
}
