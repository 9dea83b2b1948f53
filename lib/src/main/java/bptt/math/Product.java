package bptt.math;

import java.util.Arrays;

/**
 * Z = A·W with the same W, packed once, again and again; matrices are stored as one array per row, and an instance is
 * for one thread. Every element of a result is a chain of {@link Math#fma} in ascending order of the index summed over:
 * it depends neither on the number of threads nor on the machine, nor on whether the Vector API is there to compute it.
 */
public final class Product {
    /**
     * Rows of Z that {@link #addTransposed} packs at a time: a panel and its coefficients stay in the first-level
     * cache.
     */
    private static final int BLOCK = 120;

    private static final Kernel KERNEL = kernel(System.getProperty("bptt.kernel", "vector"));

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
        room = KERNEL.room(rows, K, n);
        KERNEL.pack(room, w, 0, K, 0);
    }

    /**
     * Computes z_r = Σ_k a_{s+r, k} w_k, k ascending.
     *
     * @param a rows of K coefficients or more
     * @param s first of them
     * @return Z until the next call; what lies beyond column n has no meaning
     */
    public double[][] of(double[][] a, int s) {
        for (double[] row : room.z()) {
            Arrays.fill(row, 0);
        }
        KERNEL.add(room, a, s, K);
        return room.z();
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
     * @param g one row for each column of A, as long as those of Z
     * @param a A
     * @param z rows of Z
     * @param first row of both that is summed over
     * @param end one past the last
     */
    public static void addTransposed(double[][] g, Transposed a, double[][] z, int first, int end) {
        int columns = g.length, n = g[0].length;
        int rows = (columns + 3) / 4 * 4; // the vector kernel computes four at a time
        Parallel.over(n, (long) (end - first) * n * columns, (from, to) -> {
            Kernel.Room room = KERNEL.room(rows, BLOCK, to - from);
            for (int k = 0; k < columns; k++) {
                System.arraycopy(g[k], from, room.z()[k], 0, to - from);
            }
            double[][] at = new double[rows][BLOCK];
            for (int r = first; r < end; r += BLOCK) {
                int count = Math.min(BLOCK, end - r);
                a.read(at, r, count);
                KERNEL.pack(room, z, r, count, from);
                KERNEL.add(room, at, 0, count);
            }
            for (int k = 0; k < columns; k++) {
                System.arraycopy(room.z()[k], 0, g[k], from, to - from);
            }
        });
    }

    /**
     * The fastest kernel that this JVM has.
     *
     * @param wanted {@code plain}, or {@code vector} for the Vector API if the module {@code jdk.incubator.vector} is
     *     present
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
}
