package bptt.math;

/**
 * Matrix products on matrices stored as one array per row.
 *
 * <p>Rows in arrays of their own, read and written under one shared index j, are the layout that
 * the JIT compiler vectorises; offsets into one flat array are not. Every element is a chain of
 * {@link Math#fma} over k in ascending order, so the result does not depend on how the loop is
 * unrolled, on the machine, or on the number of threads.
 */
public final class Rows {
    private Rows() {}

    /**
     * z ← z + a·W, that is z_j ← z_j + Σ_k a_k w_kj for j &lt; n, k = 0 … a.length−1.
     *
     * @param z row of length ≥ n, modified
     * @param a coefficients, one per row of W
     * @param w W, each row of length ≥ n
     * @param count number of coefficients used
     * @param n number of columns used
     */
    public static void addProduct(double[] z, double[] a, double[][] w, int count, int n) {
        int k = 0;
        // Four source rows per sweep: each z_j is loaded and stored once per four products. With eight, C2 on JDK 17 no
        // longer vectorises the loop.
        for (; k + 3 < count; k += 4) {
            addRows(z, a[k], w[k], a[k + 1], w[k + 1], a[k + 2], w[k + 2], a[k + 3], w[k + 3], n);
        }
        for (; k < count; k++) {
            addRow(z, a[k], w[k], n);
        }
    }

    /**
     * G ← G + AᵀZ for rows {@code from} ≤ k &lt; {@code to} of G: g_kj ← g_kj + Σ_r a_rk z_rj, r
     * ascending.
     *
     * @param g K×n, modified
     * @param a R×K
     * @param z R×n
     * @param count R, the number of rows summed over
     * @param n number of columns
     * @param from first row of G to add to
     * @param to first row of G to leave alone
     */
    public static void addTransposedProduct(
            double[][] g, double[][] a, double[][] z, int count, int n, int from, int to) {
        int r = 0;
        for (; r + 3 < count; r += 4) {
            double[] a0 = a[r], a1 = a[r + 1], a2 = a[r + 2], a3 = a[r + 3];
            double[] z0 = z[r], z1 = z[r + 1], z2 = z[r + 2], z3 = z[r + 3];
            for (int k = from; k < to; k++) {
                addRows(g[k], a0[k], z0, a1[k], z1, a2[k], z2, a3[k], z3, n);
            }
        }
        for (; r < count; r++) {
            for (int k = from; k < to; k++) {
                addRow(g[k], a[r][k], z[r], n);
            }
        }
    }

    /**
     * Transposes a matrix.
     *
     * @param w K×n
     * @param n number of columns
     * @return n×K, new
     */
    public static double[][] transpose(double[][] w, int n) {
        double[][] t = new double[n][w.length];
        for (int k = 0; k < w.length; k++) {
            for (int j = 0; j < n; j++) {
                t[j][k] = w[k][j];
            }
        }
        return t;
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
