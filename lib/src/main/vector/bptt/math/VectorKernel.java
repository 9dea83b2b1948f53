package bptt.math;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The same product by the Vector API. A tile of 4 rows × 3 vectors of z stays in registers while k runs: 12
 * accumulators, 3 vectors of w and one coefficient are the 16 registers of AVX2, and for 12 fused multiply-adds only 3
 * vectors and 4 numbers are loaded. (8 × 3 fill AVX-512's 32 registers and gain 4 % there, but spill elsewhere.)
 *
 * <p>W is packed into panels three vectors wide, each one array in the order in which it is read: with a row of W per
 * array the addresses and bounds of three loads are computed anew for each k, and the same tile reaches 70 instead of
 * 107 of 119 GFLOP/s (one core of an AVX-512 machine). The last panels are two wide where three would be more than is
 * needed: 13 vectors, which is H = 100 with eight lanes, are 3 + 3 + 3 + 2 + 2, and not 15.
 */
final class VectorKernel implements Kernel {
    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final int L = S.length(), TWO = 2 * L, THREE = 3 * L;

    @Override
    public Room room(int rows, int K, int n) {
        int vectors = Math.max(2, (n + L - 1) / L);
        return new Room(new double[rows][vectors * L], new double[(vectors + 2) / 3][K * THREE], n);
    }

    /** The width of the panel that begins at column j. */
    private static int width(Room room, int j) {
        int left = room.z()[0].length - j;
        return left == TWO || left == 2 * TWO ? TWO : THREE;
    }

    @Override
    public void pack(Room room, double[][] w, int t, int K, int from) {
        for (int k = 0; k < K; k++) {
            int j = 0;
            for (double[] panel : room.packed()) {
                int width = width(room, j);
                System.arraycopy(w[t + k], from + j, panel, k * width, Math.min(width, room.n() - j));
                j += width;
            }
        }
    }

    @Override
    public void add(Room room, double[][] a, int s, int K) {
        double[][] z = room.z();
        int j = 0;
        for (double[] panel : room.packed()) { // outside, so that one panel serves all rows from the first-level cache
            int width = width(room, j), r = 0;
            for (; r + 3 < z.length; r += 4) {
                if (width == THREE) {
                    fourByThree(z, r, a, s + r, panel, K, j);
                } else {
                    fourByTwo(z, r, a, s + r, panel, K, j);
                }
            }
            for (; r < z.length; r++) {
                oneRow(z[r], a[s + r], panel, K, j, width);
            }
            j += width;
        }
    }

    private static DoubleVector load(double[] row, int j) {
        return DoubleVector.fromArray(S, row, j);
    }

    private static void fourByThree(double[][] z, int i, double[][] a, int s, double[] panel, int K, int j) {
        double[] z0 = z[i], z1 = z[i + 1], z2 = z[i + 2], z3 = z[i + 3];
        double[] a0 = a[s], a1 = a[s + 1], a2 = a[s + 2], a3 = a[s + 3];
        int j1 = j + L, j2 = j + TWO;
        DoubleVector c00 = load(z0, j), c01 = load(z0, j1), c02 = load(z0, j2);
        DoubleVector c10 = load(z1, j), c11 = load(z1, j1), c12 = load(z1, j2);
        DoubleVector c20 = load(z2, j), c21 = load(z2, j1), c22 = load(z2, j2);
        DoubleVector c30 = load(z3, j), c31 = load(z3, j1), c32 = load(z3, j2);
        for (int k = 0; k < K; k++) {
            int at = k * THREE;
            DoubleVector w0 = load(panel, at), w1 = load(panel, at + L), w2 = load(panel, at + TWO);
            DoubleVector c = DoubleVector.broadcast(S, a0[k]);
            c00 = c.fma(w0, c00);
            c01 = c.fma(w1, c01);
            c02 = c.fma(w2, c02);
            c = DoubleVector.broadcast(S, a1[k]);
            c10 = c.fma(w0, c10);
            c11 = c.fma(w1, c11);
            c12 = c.fma(w2, c12);
            c = DoubleVector.broadcast(S, a2[k]);
            c20 = c.fma(w0, c20);
            c21 = c.fma(w1, c21);
            c22 = c.fma(w2, c22);
            c = DoubleVector.broadcast(S, a3[k]);
            c30 = c.fma(w0, c30);
            c31 = c.fma(w1, c31);
            c32 = c.fma(w2, c32);
        }
        c00.intoArray(z0, j);
        c01.intoArray(z0, j1);
        c02.intoArray(z0, j2);
        c10.intoArray(z1, j);
        c11.intoArray(z1, j1);
        c12.intoArray(z1, j2);
        c20.intoArray(z2, j);
        c21.intoArray(z2, j1);
        c22.intoArray(z2, j2);
        c30.intoArray(z3, j);
        c31.intoArray(z3, j1);
        c32.intoArray(z3, j2);
    }

    /** The same for two vectors: with a branch in the loop above, its accumulators would leave the registers. */
    private static void fourByTwo(double[][] z, int i, double[][] a, int s, double[] panel, int K, int j) {
        double[] z0 = z[i], z1 = z[i + 1], z2 = z[i + 2], z3 = z[i + 3];
        double[] a0 = a[s], a1 = a[s + 1], a2 = a[s + 2], a3 = a[s + 3];
        int j1 = j + L;
        DoubleVector c00 = load(z0, j), c01 = load(z0, j1);
        DoubleVector c10 = load(z1, j), c11 = load(z1, j1);
        DoubleVector c20 = load(z2, j), c21 = load(z2, j1);
        DoubleVector c30 = load(z3, j), c31 = load(z3, j1);
        for (int k = 0; k < K; k++) {
            int at = k * TWO;
            DoubleVector w0 = load(panel, at), w1 = load(panel, at + L);
            DoubleVector c = DoubleVector.broadcast(S, a0[k]);
            c00 = c.fma(w0, c00);
            c01 = c.fma(w1, c01);
            c = DoubleVector.broadcast(S, a1[k]);
            c10 = c.fma(w0, c10);
            c11 = c.fma(w1, c11);
            c = DoubleVector.broadcast(S, a2[k]);
            c20 = c.fma(w0, c20);
            c21 = c.fma(w1, c21);
            c = DoubleVector.broadcast(S, a3[k]);
            c30 = c.fma(w0, c30);
            c31 = c.fma(w1, c31);
        }
        c00.intoArray(z0, j);
        c01.intoArray(z0, j1);
        c10.intoArray(z1, j);
        c11.intoArray(z1, j1);
        c20.intoArray(z2, j);
        c21.intoArray(z2, j1);
        c30.intoArray(z3, j);
        c31.intoArray(z3, j1);
    }

    /**
     * Of a panel of two vectors the second is computed twice, which costs nothing: a single row waits for its own sums.
     */
    private static void oneRow(double[] z, double[] a, double[] panel, int K, int j, int width) {
        int last = width - L;
        DoubleVector c0 = load(z, j), c1 = load(z, j + L), c2 = load(z, j + last);
        for (int k = 0; k < K; k++) {
            int at = k * width;
            DoubleVector c = DoubleVector.broadcast(S, a[k]);
            c0 = c.fma(load(panel, at), c0);
            c1 = c.fma(load(panel, at + L), c1);
            c2 = c.fma(load(panel, at + last), c2);
        }
        c0.intoArray(z, j);
        c1.intoArray(z, j + L);
        c2.intoArray(z, j + last);
    }
}
