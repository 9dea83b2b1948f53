package bptt.math;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loop of {@link VectorKernel}: a tile of z, some rows and some vectors, stays in registers while k runs. It
 * is written once, for the largest tile. {@link #of} defines this class anew for each size asked for, as a hidden class
 * whose constants are the size, and C2 compiles nothing but what belongs to it.
 *
 * <p>How fast a size is depends on what C2 makes of it. It loads all coefficients and vectors of a step before the last
 * products, so that they need registers beside the sums. With the 16 of AVX2, by its machine code (one core of 42
 * GFLOP/s, JDK 17 and 25):
 *
 * <ul>
 *   <li>4 × 2 has 8 sums, 2 vectors and 4 coefficients, and takes 19 instructions for 8 products: 35 to 39 GFLOP/s.
 *   <li>2 × 5, 3 × 3 and 4 × 3 need more, and 4 to 8 operands of a step are in memory: 21 to 27.
 *   <li>2 × 4 takes 19 instructions too, but reads four vectors of W for 8 products, each across two cache lines as
 *       often as not: 26 to 30. A tile of many rows waits less for W than one of many vectors.
 * </ul>
 *
 * <p>With the 32 registers of AVX-512 4 × 3 takes 24 instructions for 12 products, and nothing is moved: 61 to 71 of 84
 * GFLOP/s.
 */
final class VectorTile implements VectorKernel.Tile {
    static final int MAX_ROWS = 4, MAX_VECTORS = 5;

    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final int L = S.length(), ROWS, VECTORS;

    static {
        int[] size;
        try {
            size = MethodHandles.classData(MethodHandles.lookup(), "_", int[].class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        ROWS = size == null ? MAX_ROWS : size[0]; // null: this class itself
        VECTORS = size == null ? MAX_VECTORS : size[1];
    }

    private static final boolean R1 = ROWS > 1, R2 = ROWS > 2, R3 = ROWS > 3;
    private static final boolean V1 = VECTORS > 1, V2 = VECTORS > 2, V3 = VECTORS > 3, V4 = VECTORS > 4;

    /** Of 1 … {@link #MAX_ROWS} rows and 1 … {@link #MAX_VECTORS} vectors: {@link #add} of a class of its own. */
    static VectorKernel.Tile of(int rows, int vectors) {
        try (InputStream code = VectorTile.class.getResourceAsStream("VectorTile.class")) {
            return (VectorKernel.Tile) MethodHandles.lookup()
                    .defineHiddenClassWithClassData(code.readAllBytes(), new int[] {rows, vectors}, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("the kernel of the Vector API cannot be made", e);
        }
    }

    @Override
    public void add(double[][] z, int i, double[][] a, int s, double[][] w, int v, int k, int K) {
        int j = v * L;
        double[] z0 = z[i], z1 = R1 ? z[i + 1] : z0, z2 = R2 ? z[i + 2] : z0, z3 = R3 ? z[i + 3] : z0;
        double[] a0 = a[s], a1 = R1 ? a[s + 1] : a0, a2 = R2 ? a[s + 2] : a0, a3 = R3 ? a[s + 3] : a0;
        double[] w0 = w[v],
                w1 = V1 ? w[v + 1] : w0,
                w2 = V2 ? w[v + 2] : w0,
                w3 = V3 ? w[v + 3] : w0,
                w4 = V4 ? w[v + 4] : w0;
        DoubleVector c00 = load(true, z0, j),
                c01 = load(V1, z0, j + 1 * L),
                c02 = load(V2, z0, j + 2 * L),
                c03 = load(V3, z0, j + 3 * L),
                c04 = load(V4, z0, j + 4 * L);
        DoubleVector c10 = load(R1, z1, j),
                c11 = load(R1 && V1, z1, j + 1 * L),
                c12 = load(R1 && V2, z1, j + 2 * L),
                c13 = load(R1 && V3, z1, j + 3 * L),
                c14 = load(R1 && V4, z1, j + 4 * L);
        DoubleVector c20 = load(R2, z2, j),
                c21 = load(R2 && V1, z2, j + 1 * L),
                c22 = load(R2 && V2, z2, j + 2 * L),
                c23 = load(R2 && V3, z2, j + 3 * L),
                c24 = load(R2 && V4, z2, j + 4 * L);
        DoubleVector c30 = load(R3, z3, j),
                c31 = load(R3 && V1, z3, j + 1 * L),
                c32 = load(R3 && V2, z3, j + 2 * L),
                c33 = load(R3 && V3, z3, j + 3 * L),
                c34 = load(R3 && V4, z3, j + 4 * L);
        for (; k < K; k++) {
            int at = k * L;
            DoubleVector b0 = load(true, w0, at),
                    b1 = load(V1, w1, at),
                    b2 = load(V2, w2, at),
                    b3 = load(V3, w3, at),
                    b4 = load(V4, w4, at);
            DoubleVector c = DoubleVector.broadcast(S, a0[k]);
            c00 = fma(true, c, b0, c00);
            c01 = fma(V1, c, b1, c01);
            c02 = fma(V2, c, b2, c02);
            c03 = fma(V3, c, b3, c03);
            c04 = fma(V4, c, b4, c04);
            c = DoubleVector.broadcast(S, a1[k]);
            c10 = fma(R1, c, b0, c10);
            c11 = fma(R1 && V1, c, b1, c11);
            c12 = fma(R1 && V2, c, b2, c12);
            c13 = fma(R1 && V3, c, b3, c13);
            c14 = fma(R1 && V4, c, b4, c14);
            c = DoubleVector.broadcast(S, a2[k]);
            c20 = fma(R2, c, b0, c20);
            c21 = fma(R2 && V1, c, b1, c21);
            c22 = fma(R2 && V2, c, b2, c22);
            c23 = fma(R2 && V3, c, b3, c23);
            c24 = fma(R2 && V4, c, b4, c24);
            c = DoubleVector.broadcast(S, a3[k]);
            c30 = fma(R3, c, b0, c30);
            c31 = fma(R3 && V1, c, b1, c31);
            c32 = fma(R3 && V2, c, b2, c32);
            c33 = fma(R3 && V3, c, b3, c33);
            c34 = fma(R3 && V4, c, b4, c34);
        }
        store(true, c00, z0, j);
        store(V1, c01, z0, j + 1 * L);
        store(V2, c02, z0, j + 2 * L);
        store(V3, c03, z0, j + 3 * L);
        store(V4, c04, z0, j + 4 * L);
        store(R1, c10, z1, j);
        store(R1 && V1, c11, z1, j + 1 * L);
        store(R1 && V2, c12, z1, j + 2 * L);
        store(R1 && V3, c13, z1, j + 3 * L);
        store(R1 && V4, c14, z1, j + 4 * L);
        store(R2, c20, z2, j);
        store(R2 && V1, c21, z2, j + 1 * L);
        store(R2 && V2, c22, z2, j + 2 * L);
        store(R2 && V3, c23, z2, j + 3 * L);
        store(R2 && V4, c24, z2, j + 4 * L);
        store(R3, c30, z3, j);
        store(R3 && V1, c31, z3, j + 1 * L);
        store(R3 && V2, c32, z3, j + 2 * L);
        store(R3 && V3, c33, z3, j + 3 * L);
        store(R3 && V4, c34, z3, j + 4 * L);
    }

    private static DoubleVector load(boolean wanted, double[] row, int j) {
        return wanted ? DoubleVector.fromArray(S, row, j) : null;
    }

    private static DoubleVector fma(boolean wanted, DoubleVector c, DoubleVector w, DoubleVector sum) {
        return wanted ? c.fma(w, sum) : sum;
    }

    private static void store(boolean wanted, DoubleVector sum, double[] row, int j) {
        if (wanted) {
            sum.intoArray(row, j);
        }
    }
}
