package bptt.math;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The same product by the Vector API. A tile of 4 rows × 3 vectors of z stays in registers while k runs: 12 accumulators, 3
 * vectors of w and one coefficient are the 16 registers of AVX2, and for 12 fused multiply-adds only 3 vectors and 4 numbers
 * are loaded. Rows have a multiple of 8 columns ({@link Rows#padded}), which every lane count up to AVX-512's divides.
 */
final class VectorKernel implements Kernel {
    private static final VectorSpecies<Double> S =
            DoubleVector.SPECIES_PREFERRED.length() <= 8 ? DoubleVector.SPECIES_PREFERRED : DoubleVector.SPECIES_512;
    private static final int L = S.length();

    @Override
    public void addProduct(double[][] z, int i, double[][] a, int s, int rows, double[][] w, int t, int K, int n) {
        int j = 0;
        // The columns' loop is outside, so that the K×3 vectors of w serve all rows from the first-level cache.
        for (; j + 3 * L <= n; j += 3 * L) {
            int r = 0;
            for (; r + 3 < rows; r += 4) {
                tile4x3(z, i + r, a, s + r, w, t, K, j);
            }
            for (; r < rows; r++) {
                tile1x3(z[i + r], a[s + r], w, t, K, j);
            }
        }
        for (; j < n; j += L) {
            int r = 0;
            for (; r + 3 < rows; r += 4) {
                tile4x1(z, i + r, a, s + r, w, t, K, j);
            }
            for (; r < rows; r++) {
                tile1x1(z[i + r], a[s + r], w, t, K, j);
            }
        }
    }

    private static DoubleVector load(double[] row, int j) {
        return DoubleVector.fromArray(S, row, j);
    }

    private static void tile4x3(double[][] z, int i, double[][] a, int s, double[][] w, int t, int K, int j) {
        double[] z0 = z[i], z1 = z[i + 1], z2 = z[i + 2], z3 = z[i + 3];
        double[] a0 = a[s], a1 = a[s + 1], a2 = a[s + 2], a3 = a[s + 3];
        int j1 = j + L, j2 = j + 2 * L;
        DoubleVector c00 = load(z0, j), c01 = load(z0, j1), c02 = load(z0, j2);
        DoubleVector c10 = load(z1, j), c11 = load(z1, j1), c12 = load(z1, j2);
        DoubleVector c20 = load(z2, j), c21 = load(z2, j1), c22 = load(z2, j2);
        DoubleVector c30 = load(z3, j), c31 = load(z3, j1), c32 = load(z3, j2);
        for (int k = 0; k < K; k++) {
            double[] row = w[t + k];
            DoubleVector w0 = load(row, j), w1 = load(row, j1), w2 = load(row, j2);
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

    private static void tile4x1(double[][] z, int i, double[][] a, int s, double[][] w, int t, int K, int j) {
        double[] a0 = a[s], a1 = a[s + 1], a2 = a[s + 2], a3 = a[s + 3];
        DoubleVector c0 = load(z[i], j), c1 = load(z[i + 1], j), c2 = load(z[i + 2], j), c3 = load(z[i + 3], j);
        for (int k = 0; k < K; k++) {
            DoubleVector row = load(w[t + k], j);
            c0 = DoubleVector.broadcast(S, a0[k]).fma(row, c0);
            c1 = DoubleVector.broadcast(S, a1[k]).fma(row, c1);
            c2 = DoubleVector.broadcast(S, a2[k]).fma(row, c2);
            c3 = DoubleVector.broadcast(S, a3[k]).fma(row, c3);
        }
        c0.intoArray(z[i], j);
        c1.intoArray(z[i + 1], j);
        c2.intoArray(z[i + 2], j);
        c3.intoArray(z[i + 3], j);
    }

    private static void tile1x3(double[] z, double[] a, double[][] w, int t, int K, int j) {
        int j1 = j + L, j2 = j + 2 * L;
        DoubleVector c0 = load(z, j), c1 = load(z, j1), c2 = load(z, j2);
        for (int k = 0; k < K; k++) {
            double[] row = w[t + k];
            DoubleVector c = DoubleVector.broadcast(S, a[k]);
            c0 = c.fma(load(row, j), c0);
            c1 = c.fma(load(row, j1), c1);
            c2 = c.fma(load(row, j2), c2);
        }
        c0.intoArray(z, j);
        c1.intoArray(z, j1);
        c2.intoArray(z, j2);
    }

    private static void tile1x1(double[] z, double[] a, double[][] w, int t, int K, int j) {
        DoubleVector c = load(z, j);
        for (int k = 0; k < K; k++) {
            c = DoubleVector.broadcast(S, a[k]).fma(load(w[t + k], j), c);
        }
        c.intoArray(z, j);
    }
}
