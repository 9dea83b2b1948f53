package bptt.math;

/**
 * Matrix products on matrices stored as one array per row, each row {@link #padded} with zeros. Every element of a result is
 * a chain of {@link Math#fma} in ascending order of the index summed over: it depends neither on the number of threads nor on
 * the machine, nor on whether the Vector API is there to compute it.
 */
public final class Rows {
    /** Rows of Z that are packed at a time, so that one panel and its coefficients stay in the first-level cache. */
    private static final int BLOCK = 120;

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
     * The length of a row of n columns: the next multiple of what the kernel computes at once. The columns beyond n are zero.
     *
     * @param n number of columns
     * @return ≥ n
     */
    public static int padded(int n) {
        int width = KERNEL.width();
        return (n + width - 1) / width * width;
    }

    /**
     * A matrix made ready for {@link #addProduct}: in the order in which the kernel reads it.
     *
     * @param w rows of padded length, not to be modified afterwards
     * @param n number of columns
     * @return the packed matrix, for this JVM's kernel alone
     */
    public static double[][] pack(double[][] w, int n) {
        double[][] packed = KERNEL.room(w.length, padded(n));
        KERNEL.pack(packed, w, 0, w.length, 0, padded(n));
        return packed;
    }

    /**
     * Z ← Z + A·W: z_{i+r} ← z_{i+r} + Σ_k a_{s+r, k} w_k for r &lt; rows.
     *
     * @param z rows of padded length, modified
     * @param i first row of z
     * @param a rows of coefficients, K of each are used
     * @param s first row of a
     * @param rows number of rows
     * @param packed W: K rows of n columns, by {@link #pack}
     * @param K number of coefficients used
     * @param n number of columns
     */
    public static void addProduct(double[][] z, int i, double[][] a, int s, int rows, double[][] packed, int K, int n) {
        KERNEL.addProduct(z, i, a, s, rows, packed, K, 0, padded(n));
    }

    /** A tall matrix A that is asked for in blocks of rows, transposed. */
    @FunctionalInterface
    public interface Transposed {
        /**
         * Sets at_ki ← a_{r+i, k} for i &lt; count and all columns k.
         *
         * @param at one row for each column of A
         * @param r first row of A
         * @param count number of rows
         */
        void read(double[][] at, int r, int count);
    }

    /**
     * G ← G + AᵀZ: g_k ← g_k + Σ_r a_rk z_r, r ascending. The threads share the columns.
     *
     * @param g rows of padded length, as many as A has columns, modified
     * @param a A, R rows
     * @param z Z, rows of padded length
     * @param R number of rows summed over
     * @param n number of columns of Z
     */
    public static void addTransposedProduct(double[][] g, Transposed a, double[][] z, int R, int n) {
        int width = KERNEL.width();
        Split.over(padded(n) / width, (long) R * n * g.length, (first, last) -> {
            int from = first * width, to = last * width;
            double[][] at = new double[g.length][BLOCK], packed = KERNEL.room(BLOCK, padded(n));
            for (int r = 0; r < R; r += BLOCK) {
                int count = Math.min(BLOCK, R - r);
                a.read(at, r, count);
                KERNEL.pack(packed, z, r, count, from, to);
                KERNEL.addProduct(g, 0, at, 0, g.length, packed, count, from, to);
            }
        });
    }
}
