package bptt.math;

/**
 * A loop that C2 vectorises by itself. It does so for rows in arrays of their own under one shared index j (not for offsets
 * into one flat array), for one destination row and up to six source rows: with eight, JDK 17 gives up, and two destination
 * rows never vectorise. Six are faster than four, for each element of z is loaded and stored once for all of them: 26 against
 * 23 GFLOP/s in rows of 416. They serve all rows of z while they are in the first-level cache.
 */
final class PlainKernel implements Kernel {
    @Override
    public int width() {
        return 8; // a whole number of vectors on every machine: short rests are left for C2's scalar loop
    }

    @Override
    public double[][] room(int K, int n) {
        return new double[K][];
    }

    @Override
    public void pack(double[][] packed, double[][] w, int t, int K, int from, int to) {
        System.arraycopy(w, t, packed, 0, K);
    }

    @Override
    public void addProduct(double[][] z, int i, double[][] a, int s, int rows, double[][] w, int K, int from, int to) {
        int k = 0;
        for (; k + 5 < K; k += 6) {
            for (int r = 0; r < rows; r++) {
                addSixRows(z[i + r], a[s + r], w, k, from, to);
            }
        }
        for (; k < K; k++) {
            for (int r = 0; r < rows; r++) {
                addRow(z[i + r], a[s + r][k], w[k], from, to);
            }
        }
    }

    private static void addSixRows(double[] z, double[] a, double[][] w, int k, int from, int to) {
        double a0 = a[k], a1 = a[k + 1], a2 = a[k + 2], a3 = a[k + 3], a4 = a[k + 4], a5 = a[k + 5];
        double[] w0 = w[k], w1 = w[k + 1], w2 = w[k + 2], w3 = w[k + 3], w4 = w[k + 4], w5 = w[k + 5];
        for (int j = from; j < to; j++) {
            double sum = Math.fma(a2, w2[j], Math.fma(a1, w1[j], Math.fma(a0, w0[j], z[j])));
            z[j] = Math.fma(a5, w5[j], Math.fma(a4, w4[j], Math.fma(a3, w3[j], sum)));
        }
    }

    private static void addRow(double[] z, double a, double[] w, int from, int to) {
        for (int j = from; j < to; j++) {
            z[j] = Math.fma(a, w[j], z[j]);
        }
    }
}
