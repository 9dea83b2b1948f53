package bptt.math;

/**
 * A loop that C2 vectorises by itself. It does so for rows in arrays of their own under one shared index j (not for offsets
 * into one flat array), for one destination row and at most about six source rows: with eight, JDK 17 gives up, and two
 * destination rows never vectorise. Four rows of w serve all rows of z while they are in the first-level cache.
 */
final class PlainKernel implements Kernel {
    @Override
    public void addProduct(double[][] z, int i, double[][] a, int s, int rows, double[][] w, int t, int K, int n) {
        int k = 0;
        for (; k + 3 < K; k += 4) {
            double[] w0 = w[t + k], w1 = w[t + k + 1], w2 = w[t + k + 2], w3 = w[t + k + 3];
            for (int r = 0; r < rows; r++) {
                double[] c = a[s + r];
                addRows(z[i + r], c[k], w0, c[k + 1], w1, c[k + 2], w2, c[k + 3], w3, n);
            }
        }
        for (; k < K; k++) {
            for (int r = 0; r < rows; r++) {
                addRow(z[i + r], a[s + r][k], w[t + k], n);
            }
        }
    }

    private static void addRows(
            double[] z,
            double a0,
            double[] w0,
            double a1,
            double[] w1,
            double a2,
            double[] w2,
            double a3,
            double[] w3,
            int n) {
        for (int j = 0; j < n; j++) {
            z[j] = Math.fma(a3, w3[j], Math.fma(a2, w2[j], Math.fma(a1, w1[j], Math.fma(a0, w0[j], z[j]))));
        }
    }

    private static void addRow(double[] z, double a, double[] w, int n) {
        for (int j = 0; j < n; j++) {
            z[j] = Math.fma(a, w[j], z[j]);
        }
    }
}
