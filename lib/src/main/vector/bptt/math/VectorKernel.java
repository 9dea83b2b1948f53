package bptt.math;

import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;

/**
 * The same product by the Vector API, in tiles of some rows and some vectors of z ({@link VectorTile}).
 *
 * <p>W is packed into panels as wide as a tile, each one array in the order in which it is read: with a row of W per
 * array the addresses and bounds of three loads are computed anew for each k, and a tile of 4 × 3 reaches 70 instead of
 * 107 of 119 GFLOP/s (one core of an AVX-512 machine). The columns are shared out evenly over the panels: 13 vectors in
 * panels of up to three, which is H = 100 with eight lanes, are 2 + 3 + 2 + 3 + 3, and not 15.
 */
final class VectorKernel implements Kernel {
    /** z_{i+r} ← z_{i+r} + Σ_l a_{s+r,l} w_l for the rows and vectors of a tile, from column j on, k ≤ l &lt; K. */
    interface Tile {
        void add(double[][] z, int i, double[][] a, int s, double[] panel, int k, int K, int j);
    }

    private static final int L = DoubleVector.SPECIES_PREFERRED.length();

    /** Numbers of a panel that serve all rows from the first-level cache: two thirds of 32 KB. */
    private static final int CACHED = 2700;

    /** By rows and vectors, made when they are first needed. */
    private static final Tile[][] TILES = new Tile[VectorTile.MAX_ROWS + 1][VectorTile.MAX_VECTORS + 1];

    private final int rows;
    private final int vectors;

    /** In tiles of {@code rows} × {@code vectors}, and smaller ones at the edges. */
    private VectorKernel(int rows, int vectors) {
        this.rows = rows;
        this.vectors = vectors;
    }

    /** All sizes of tiles by name. */
    static List<String> names() {
        return IntStream.rangeClosed(1, VectorTile.MAX_ROWS)
                .boxed()
                .flatMap(r -> IntStream.rangeClosed(1, VectorTile.MAX_VECTORS).mapToObj(v -> r + "x" + v))
                .toList();
    }

    /** The size for this machine: 16 registers (AVX2, of 4 lanes) or 32 (AVX-512 of 8, NEON of 2). */
    static String name() {
        return L == 4 ? "2x5" : "4x3";
    }

    /** In tiles of one of the {@link #names}. */
    static VectorKernel of(String name) {
        return new VectorKernel(name.charAt(0) - '0', name.charAt(2) - '0');
    }

    @Override
    public String toString() {
        return "vector-" + rows + "x" + vectors;
    }

    private static synchronized Tile tile(int rows, int vectors) {
        if (TILES[rows][vectors] == null) {
            TILES[rows][vectors] = VectorTile.of(rows, vectors);
        }
        return TILES[rows][vectors];
    }

    /** If there are fewer rows than those of a tile, its panels are wider, for as many sums at a time. */
    @Override
    public Room room(int rows, int K, int n) {
        int all = Math.max(1, (n + L - 1) / L);
        int most = Math.max(vectors, Math.min(VectorTile.MAX_VECTORS, this.rows * vectors / rows));
        Room room = new Room(new double[rows][all * L], new double[(all + most - 1) / most][], n);
        for (int p = 0; p < room.packed().length; p++) {
            room.packed()[p] = new double[K * (begin(room, p + 1) - begin(room, p))];
        }
        return room;
    }

    /** The first column of panel p. */
    private static int begin(Room room, int p) {
        return room.z()[0].length / L * p / room.packed().length * L;
    }

    @Override
    public void pack(Room room, double[][] w, int t, int K, int from) {
        for (int p = 0; p < room.packed().length; p++) {
            int j = begin(room, p), width = begin(room, p + 1) - j, some = Math.min(width, room.n() - j);
            double[] panel = room.packed()[p];
            for (int k = 0; k < K; k++) {
                System.arraycopy(w[t + k], from + j, panel, k * width, some);
            }
        }
    }

    @Override
    public void add(Room room, double[][] a, int s, int K) {
        double[][] z = room.z();
        for (int p = 0; p < room.packed().length; p++) {
            int j = begin(room, p), width = begin(room, p + 1) - j, step = CACHED / width;
            Tile whole = tile(rows, width / L), edge = z.length % rows == 0 ? null : tile(z.length % rows, width / L);
            for (int k = 0; k < K; k += step) {
                int end = Math.min(K, k + step), r = 0;
                for (; r + rows <= z.length; r += rows) {
                    whole.add(z, r, a, s + r, room.packed()[p], k, end, j);
                }
                if (edge != null) {
                    edge.add(z, r, a, s + r, room.packed()[p], k, end, j);
                }
            }
        }
    }
}
