package bptt.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

    /** A tall matrix A that is asked for in blocks, transposed. */
    @FunctionalInterface
    public interface Transposed {
        /**
         * Sets at_{k − from, i} ← a_{r+i, k} for from ≤ k &lt; to and i &lt; count.
         *
         * @param at one row for each of these columns of A
         * @param from first column of A
         * @param to one past the last
         * @param r first row of A
         * @param count number of rows
         */
        void read(double[][] at, int from, int to, int r, int count);
    }

    /**
     * G ← G + AᵀZ: g_k ← g_k + Σ_r a_rk z_r, r ascending. The threads share the rows of G, or its columns if there are
     * more of these: each then turns a part of A, or all of it, but has less of Z to pack.
     *
     * @param g one row for each column of A, as long as those of Z
     * @param a A
     * @param z rows of Z
     * @param first row of both that is summed over
     * @param end one past the last
     */
    public static void addTransposed(double[][] g, Transposed a, double[][] z, int first, int end) {
        int K = g.length, n = g[0].length;
        long work = (long) (end - first) * n * K;
        if (n > K) {
            Parallel.over(n, work, (from, to) -> addTransposed(g, 0, K, from, to, a, z, first, end));
        } else {
            Parallel.over(K, work, (from, to) -> addTransposed(g, from, to, 0, n, a, z, first, end));
        }
    }

    /** The rows k … K − 1 of G, and of these the columns j … n − 1. */
    private static void addTransposed(
            double[][] g, int k, int K, int j, int n, Transposed a, double[][] z, int first, int end) {
        int rows = (K - k + 3) / 4 * 4; // the vector kernel computes four at a time
        Kernel.Room room = KERNEL.room(rows, BLOCK, n - j);
        for (int i = k; i < K; i++) {
            System.arraycopy(g[i], j, room.z()[i - k], 0, n - j);
        }
        double[][] at = new double[rows][BLOCK];
        for (int r = first; r < end; r += BLOCK) {
            int count = Math.min(BLOCK, end - r);
            a.read(at, k, K, r, count);
            KERNEL.pack(room, z, r, count, j);
            KERNEL.add(room, at, 0, count);
        }
        for (int i = k; i < K; i++) {
            System.arraycopy(room.z()[i - k], 0, g[i], j, n - j);
        }
    }

    /**
     * A kernel by its name.
     *
     * @param wanted {@code plain}; or, for the Vector API if the module {@code jdk.incubator.vector} is present, {@code
     *     vector} for the tile that suits this machine, or one of {@code vector-1x1} …: rows × vectors of a tile
     */
    static Kernel kernel(String wanted) {
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        if (wanted.equals("plain") || wanted.equals("vector") && !present) {
            return new PlainKernel();
        }
        if (!kernels().contains(wanted) && !wanted.equals("vector")) {
            List<String> all = kernels();
            String last = all.get(all.size() - 1),
                    possible =
                            present
                                    ? Numbers.format(
                                            "plain, vector or a tile of rows x vectors, %s to %s", all.get(1), last)
                                    : "plain or vector (no tile without --add-modules jdk.incubator.vector)";
            throw new IllegalArgumentException(Numbers.format("bptt.kernel: expected %s, got %s", possible, wanted));
        }
        return (Kernel) vector("of", wanted.equals("vector") ? vector("name") : wanted.substring("vector-".length()));
    }

    /**
     * All kernels that this JVM has. They return the same bits.
     *
     * @return their names
     */
    static List<String> kernels() {
        List<String> names = new ArrayList<>(List.of("plain"));
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            ((List<?>) vector("names")).forEach(tile -> names.add("vector-" + tile));
        }
        return names;
    }

    /** Calls a method of the class that needs the Vector API. */
    private static Object vector(String method, Object... arguments) {
        try {
            Class<?>[] types = Arrays.stream(arguments).map(Object::getClass).toArray(Class<?>[]::new);
            return Class.forName("bptt.math.VectorKernel")
                    .getDeclaredMethod(method, types)
                    .invoke(null, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the Vector API is present, but its kernel is not in the jar", e);
        }
    }

    /**
     * Which kernel is in use.
     *
     * @return its name: {@code plain}, or {@code vector-4x3} for the Vector API in tiles of 4 rows and 3 vectors
     */
    public static String kernel() {
        return KERNEL.toString();
    }
}
