package bptt.math;

import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The same product by the Vector API, in tiles of some rows and some vectors of z ({@link VectorTile}).
 *
 * <p>W is packed into one array for each vector of columns, row after row, so that a tile's loads have an index that is
 * the loop's own, times L. Only of such does C2 look at the bounds before the loop: with the columns of a tile side by
 * side in one array (an index of k·3·L) it looks at each load, and a tile of 4 × 3 reaches 54 instead of 62 of 84
 * GFLOP/s (one core of an AVX-512 machine). The columns are shared out evenly over panels as wide as a tile: 13
 * vectors in panels of up to three, which is H = 100 with eight lanes, are 2 + 3 + 2 + 3 + 3, and not 15.
 */
final class VectorKernel implements Kernel {
    /** z_{i+r} ← z_{i+r} + Σ_l a_{s+r,l} w_l for the rows and vectors of a tile, from vector v on, k ≤ l &lt; K. */
    interface Tile {
        void add(double[][] z, int i, double[][] a, int s, double[][] w, int v, int k, int K);
    }

    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final int L = S.length();

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
        return L == 4 ? "4x2" : "4x3";
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

    @Override
    public Room room(int rows, int K, int n) {
        int columns = Math.max(1, (n + L - 1) / L);
        return new Room(new double[rows][columns * L], new double[columns][K * L], n);
    }

    @Override
    public void pack(Room room, double[][] w, int t, int K, int from) {
        double[][] packed = room.packed();
        int whole = room.n() / L, rest = room.n() % L;
        for (int k = 0; k < K; k++) {
            double[] row = w[t + k];
            for (int v = 0; v < whole; v++) {
                DoubleVector.fromArray(S, row, from + v * L).intoArray(packed[v], k * L);
            }
            if (rest > 0) {
                System.arraycopy(row, from + whole * L, packed[whole], k * L, rest);
            }
        }
    }

    /** If there are fewer rows than those of a tile, its panels are wider, for as many sums at a time. */
    @Override
    public void add(Room room, double[][] a, int s, int K) {
        double[][] z = room.z();
        int columns = room.packed().length;
        int most = Math.max(vectors, Math.min(VectorTile.MAX_VECTORS, rows * vectors / z.length));
        int panels = (columns + most - 1) / most;
        for (int p = 0; p < panels; p++) {
            int v = columns * p / panels, width = columns * (p + 1) / panels - v, step = CACHED / (width * L);
            Tile whole = tile(rows, width), edge = z.length % rows == 0 ? null : tile(z.length % rows, width);
            for (int k = 0; k < K; k += step) {
                int end = Math.min(K, k + step), r = 0;
                for (; r + rows <= z.length; r += rows) {
                    whole.add(z, r, a, s + r, room.packed(), v, k, end);
                }
                if (edge != null) {
                    edge.add(z, r, a, s + r, room.packed(), v, k, end);
                }
            }
        }
    }
}
