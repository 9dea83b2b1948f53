package bptt.math;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The same product by the Vector API. A tile of 4 rows × 3 vectors of z stays in registers while k runs: 12 accumulators, 3
 * vectors of w and one coefficient are the 16 registers of AVX2, and for 12 fused multiply-adds only 3 vectors and 4 numbers
 * are loaded. (8 × 3 fill AVX-512's 32 registers and gain 4 % there, but spill elsewhere.)
 *
 * <p>W is packed into panels three vectors wide, each one array in the order in which it is read: with a row of W per array
 * the addresses and bounds of three loads are computed anew for each k, and the same tile reaches 70 instead of 107 of 119
 * GFLOP/s (one core of an AVX-512 machine).
 */
final class VectorKernel implements Kernel {
    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int WIDTH = 3 * L;

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public double[][] room(int K, int n) {
        return new double[n / WIDTH][K * WIDTH];
    }

    @Override
    public void pack(double[][] packed, double[][] w, int t, int K, int from, int to) {
        for (int j = from; j < to; j += WIDTH) {
            double[] panel = packed[j / WIDTH];
            for (int k = 0; k < K; k++) {
                System.arraycopy(w[t + k], j, panel, k * WIDTH, WIDTH);
            }
        }
    }

    @Override
    public void addProduct(
            double[][] z, int i, double[][] a, int s, int rows, double[][] packed, int K, int from, int to) {
        // The panels' loop is outside: one panel serves all rows from the first-level cache.
        for (int j = from; j < to; j += WIDTH) {
            double[] panel = packed[j / WIDTH];
            int r = 0;
            for (; r + 3 < rows; r += 4) {
                fourRows(z, i + r, a, s + r, panel, K, j);
            }
            for (; r < rows; r++) {
                oneRow(z[i + r], a[s + r], panel, K, j);
            }
        }
    }

    private static DoubleVector load(double[] row, int j) {
        return DoubleVector.fromArray(S, row, j);
    }

    private static void fourRows(double[][] z, int i, double[][] a, int s, double[] panel, int K, int j) {
        double[] z0 = z[i], z1 = z[i + 1], z2 = z[i + 2], z3 = z[i + 3];
        double[] a0 = a[s], a1 = a[s + 1], a2 = a[s + 2], a3 = a[s + 3];
        int j1 = j + L, j2 = j + 2 * L;
        DoubleVector c00 = load(z0, j), c01 = load(z0, j1), c02 = load(z0, j2);
        DoubleVector c10 = load(z1, j), c11 = load(z1, j1), c12 = load(z1, j2);
        DoubleVector c20 = load(z2, j), c21 = load(z2, j1), c22 = load(z2, j2);
        DoubleVector c30 = load(z3, j), c31 = load(z3, j1), c32 = load(z3, j2);
        for (int k = 0; k < K; k++) {
            int at = k * WIDTH;
            DoubleVector w0 = load(panel, at), w1 = load(panel, at + L), w2 = load(panel, at + 2 * L);
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

    private static void oneRow(double[] z, double[] a, double[] panel, int K, int j) {
        int j1 = j + L, j2 = j + 2 * L;
        DoubleVector c0 = load(z, j), c1 = load(z, j1), c2 = load(z, j2);
        for (int k = 0; k < K; k++) {
            int at = k * WIDTH;
            DoubleVector c = DoubleVector.broadcast(S, a[k]);
            c0 = c.fma(load(panel, at), c0);
            c1 = c.fma(load(panel, at + L), c1);
            c2 = c.fma(load(panel, at + 2 * L), c2);
        }
        c0.intoArray(z, j);
        c1.intoArray(z, j1);
        c2.intoArray(z, j2);
    }
}
