package bptt.math;

/**
 * Matrix products on matrices stored as one array per row, each row {@link #padded} with zeros. Every element of a result is
 * a chain of {@link Math#fma} in ascending order of the index summed over: it depends neither on the number of threads nor on
 * the machine, nor on whether the Vector API is there to compute it.
 */
public final class Rows {
    /** Rows of A and Z that stay in the second-level cache while all of G passes over them. */
    private static final int BLOCK = 128;

    /** Rows of G that stay in the first-level cache while those rows pass. */
    private static final int G_BLOCK = 8;

    private static final Kernel KERNEL = kernel(System.getProperty("bptt.kernel", "vector"));

    private Rows() {}

    /**
     * The fastest kernel that this JVM has.
     *
     * @param wanted {@code plain}, or {@code vector} for the Vector API if the module {@code jdk.incubator.vector} is present
     */
    static Kernel kernel(String wanted) {
        if (!wanted.equals("plain") && !wanted.equals("vector")) {
            throw new IllegalArgumentException("bptt.kernel: expected plain or vector, got " + wanted);
        }
        if (wanted.equals("vector")
                && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            try {
                return (Kernel) Class.forName("bptt.math.VectorKernel")
                        .getDeclaredConstructor()
                        .newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the Vector API is present, but its kernel is not in the jar", e);
            }
        }
        return new PlainKernel();
    }

    /**
     * Which kernel is in use.
     *
     * @return {@code plain} or {@code vector}
     */
    public static String kernel() {
        return KERNEL instanceof PlainKernel ? "plain" : "vector";
    }

    /**
     * The length of a row of n columns: the next multiple of 8, which is a whole number of vectors on every machine. The
     * columns beyond n are zero and stay so.
     *
     * @param n number of columns
     * @return ≥ n
     */
    public static int padded(int n) {
        return (n + 7) / 8 * 8;
    }

    /**
     * Z ← Z + A·W for some rows: z_{i+r} ← z_{i+r} + Σ_k a_{s+r, k} w_k for r &lt; rows.
     *
     * @param z rows of padded length, modified
     * @param i first row of z
     * @param a rows of coefficients, K of each are used
     * @param s first row of a
     * @param rows number of rows
     * @param w W: at least K rows of padded length
     * @param K number of coefficients used
     * @param n number of columns used
     */
    public static void addProduct(double[][] z, int i, double[][] a, int s, int rows, double[][] w, int K, int n) {
        KERNEL.addProduct(z, i, a, s, rows, w, 0, K, padded(n));
    }

    /**
     * G ← G + AᵀZ for some rows of G: g_k ← g_k + Σ_r a_rk z_r for k = from … to − 1, r ascending.
     *
     * @param g rows of padded length, modified
     * @param a R×K
     * @param z R rows of padded length
     * @param rows R, the number of rows summed over
     * @param n number of columns
     * @param from first row of G to add to
     * @param to first row of G to leave alone
     */
    public static void addTransposedProduct(
            double[][] g, double[][] a, double[][] z, int rows, int n, int from, int to) {
        double[][] at = new double[G_BLOCK][BLOCK];
        for (int r = 0; r < rows; r += BLOCK) {
            int R = Math.min(BLOCK, rows - r);
            for (int k = from; k < to; k += G_BLOCK) {
                int K = Math.min(G_BLOCK, to - k);
                for (int i = 0; i < R; i++) {
                    for (int j = 0; j < K; j++) {
                        at[j][i] = a[r + i][k + j];
                    }
                }
                KERNEL.addProduct(g, k, at, 0, K, z, r, R, padded(n));
            }
        }
    }

    /**
     * Transposes a matrix.
     *
     * @param w rows of at least n columns
     * @param n number of columns
     * @return n rows of padded length, new
     */
    public static double[][] transpose(double[][] w, int n) {
        double[][] t = new double[n][padded(w.length)];
        for (int k = 0; k < w.length; k++) {
            for (int j = 0; j < n; j++) {
                t[j][k] = w[k][j];
            }
        }
        return t;
    }
}
