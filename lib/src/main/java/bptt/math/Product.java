package bptt.math;

import java.util.Arrays;

/** Z = A·W with the same W again and again, packed once. For one thread. */
public final class Product {
    private final Kernel.Room room;
    private final int K;

    /**
     * Makes W ready.
     *
     * @param w K rows, copied
     * @param n number of columns
     * @param rows number of rows of Z
     */
    public Product(double[][] w, int n, int rows) {
        this.K = w.length;
        room = Rows.KERNEL.room(rows, K, n);
        Rows.KERNEL.pack(room, w, 0, K, 0);
    }

    /**
     * Computes z_r = Σ_k a_{s+r, k} w_k, k ascending.
     *
     * @param a rows of K coefficients or more
     * @param s first of them
     * @return Z, at least n columns, until the next call
     */
    public double[][] of(double[][] a, int s) {
        for (double[] row : room.z()) {
            Arrays.fill(row, 0);
        }
        Rows.KERNEL.add(room, a, s, K);
        return room.z();
    }
}
