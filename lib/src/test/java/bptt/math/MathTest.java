package bptt.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MathTest {
    static double[][] random(int rows, int cols, Random random) {
        return random.doubles((long) rows * cols, -1, 1)
                .boxed()
                .collect(
                        () -> new double[rows][cols],
                        new java.util.function.BiConsumer<double[][], Double>() {
                            private int i;

                            @Override
                            public void accept(double[][] a, Double v) {
                                a[i / cols][i++ % cols] = v;
                            }
                        },
                        (a, b) -> {});
    }

    /** The same bits as one fma after the other, for sizes that are and are not multiples of the unrolling. */
    @ParameterizedTest
    @CsvSource({"1,1", "3,5", "6,8", "7,3", "13,16", "5,24", "8,32", "9,40", "4,57", "102,133"})
    void productsHaveTheBitsOfTheNaiveLoop(int K, int n) {
        Random random = new Random(K);
        int rows = 135; // more than a block, and not a multiple of four or six
        double[][] a = random(rows, K, random), w = random(K, n, random), z = random(rows, n, random);
        for (String name : Product.kernels()) {
            Kernel kernel = Product.kernel(name);
            double[][] got = new double[rows - 2][n];
            for (int[] part : new int[][] {{0, n / 2}, {n / 2, n}}) { // as two threads would
                int from = part[0], columns = part[1] - from;
                Kernel.Room room = kernel.room(rows - 2, K, columns);
                kernel.pack(room, w, 0, K, from);
                for (int r = 0; r < rows - 2; r++) {
                    System.arraycopy(z[r], from, room.z()[r], 0, columns);
                }
                kernel.add(room, a, 2, K);
                for (int r = 0; r < rows - 2; r++) {
                    System.arraycopy(room.z()[r], 0, got[r], from, columns);
                }
            }
            for (int r = 0; r < rows - 2; r++) {
                double[] want = z[r].clone();
                for (int j = 0; j < n; j++) {
                    for (int k = 0; k < K; k++) {
                        want[j] = Math.fma(a[r + 2][k], w[k][j], want[j]);
                    }
                }
                assertArrayEquals(want, got[r], 0, name + ", row " + r);
            }
        }

        assertSumOfTwoCalls(a, z, 1, from -> {});

        Product product = new Product(w, n, 3);
        for (int s : new int[] {7, 2}) { // the second time nothing is left of the first
            double[][] got = product.of(a, s);
            for (int r = 0; r < 3; r++) {
                double[] want = new double[n];
                for (int j = 0; j < n; j++) {
                    for (int k = 0; k < K; k++) {
                        want[j] = Math.fma(a[s + r][k], w[k][j], want[j]);
                    }
                }
                assertArrayEquals(want, Arrays.copyOf(got[r], n), 0);
            }
        }
    }

    /** AᵀZ bit by bit as one fma after the other, in one call up to a row and another from there. */
    static void assertSumOfTwoCalls(double[][] a, double[][] z, int cut, IntConsumer part) {
        int rows = a.length, K = a[0].length, n = z[0].length;
        double[][] want = new double[K][n], got = new double[K][n];
        for (int k = 0; k < K; k++) {
            for (int r = 0; r < rows; r++) {
                for (int j = 0; j < n; j++) {
                    want[k][j] = Math.fma(a[r][k], z[r][j], want[k][j]);
                }
            }
        }
        Product.Transposed transposed = (at, from, to, r, count) -> {
            part.accept(from);
            for (int k = from; k < to; k++) {
                for (int i = 0; i < count; i++) {
                    at[k - from][i] = a[r + i][k];
                }
            }
        };
        Product.addTransposed(got, transposed, z, 0, cut);
        Product.addTransposed(got, transposed, z, cut, rows);
        assertArrayEquals(want, got);
    }

    @Test
    void partsCoverTheRangeAndAreAlmostEqual() {
        for (int parts = 1; parts <= 16; parts++) {
            for (int n = parts; n <= 150; n++) {
                int[] cuts = Parallel.even(n, parts);
                assertEquals(0, cuts[0]);
                assertEquals(n, cuts[parts]);
                for (int i = 0; i < parts; i++) {
                    int size = cuts[i + 1] - cuts[i], rounded = n < 4 * parts ? 0 : 3;
                    assertTrue(
                            size >= Math.max(1, n / parts - rounded) && size <= n / parts + 1 + rounded,
                            n + ": " + Arrays.toString(cuts));
                }
            }
        }
        assertEquals(2, Parallel.cuts(1000, 0).length);
    }

    @Test
    void anUnknownKernelIsRefused() {
        boolean tiles = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        String possible = tiles
                ? "plain, vector or a tile of rows x vectors, vector-1x1 to vector-4x5"
                : "plain or vector (no tile without --add-modules jdk.incubator.vector)";
        for (String name : List.of("fast", "vector-5x1", "vector-1x6", "vector-")) {
            assertEquals(
                    "bptt.kernel: expected " + possible + ", got " + name,
                    assertThrows(IllegalArgumentException.class, () -> Product.kernel(name))
                            .getMessage());
        }
        String chosen = System.getProperty("bptt.kernel", tiles ? "vector" : "plain");
        assertTrue(Product.kernel().startsWith(chosen), Product.kernel());
        assertEquals(tiles ? 21 : 1, Product.kernels().size()); // with the module all of them are compared
        Product.kernels()
                .forEach(name -> assertEquals(name, Product.kernel(name).toString()));
    }

    @Test
    void tanhAndSigmoidAreAccurate() {
        Random random = new Random(1);
        double[] x = random.doubles(100_000, -25, 25).toArray();
        for (int i = 0; i < 1000; i++) {
            x[i] = x[i] * Math.pow(10, -random.nextInt(300)); // tiny arguments too
        }
        double[] tanh = x.clone(), sigmoid = x.clone();
        Functions.tanh(tanh, x.length);
        Functions.sigmoid(sigmoid, x.length);
        double worstTanh = 0, worstSigmoid = 0;
        for (int i = 0; i < x.length; i++) {
            double t = StrictMath.tanh(x[i]), s = 1 / (1 + StrictMath.exp(-x[i]));
            worstTanh = Math.max(worstTanh, Math.abs(tanh[i] - t) / Math.ulp(t));
            worstSigmoid = Math.max(worstSigmoid, Math.abs(sigmoid[i] - s) / Math.ulp(s) / (8 + 2 * Math.abs(x[i])));
        }
        assertTrue(worstTanh <= 8, "tanh: " + worstTanh + " ulp");
        // e^|x| comes from doublings, each of which doubles the relative error: it grows like |x|.
        assertTrue(worstSigmoid <= 1, "σ: " + worstSigmoid + " times 8 + 2|x| ulp");
    }

    @Test
    void limitsAndNaN() {
        double[] x = {1e300, -1e300, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, Double.NaN};
        double[] tanh = x.clone(), sigmoid = x.clone();
        Functions.tanh(tanh, 6);
        Functions.sigmoid(sigmoid, 6);
        assertArrayEquals(new double[] {1, -1, 1, -1, 0, Double.NaN}, tanh, 0);
        assertArrayEquals(new double[] {1, 0, 1, 0, 0.5, Double.NaN}, sigmoid, 5e-18);
    }

    /** The same bits everywhere: what this machine computes is what the first one did. */
    @Test
    void bitsArePinned() {
        double[] x = IntStream.rangeClosed(-760, 760).mapToDouble(i -> i / 19.0).toArray();
        double[] tiny = IntStream.rangeClosed(-300, -10)
                .mapToDouble(i -> StrictMath.pow(10, i))
                .toArray();
        double[] all =
                DoubleStream.concat(DoubleStream.of(x), DoubleStream.of(tiny)).toArray();
        double[] tanh = all.clone(), sigmoid = all.clone();
        Functions.tanh(tanh, all.length);
        Functions.sigmoid(sigmoid, all.length);
        assertEquals(List.of(1024235208, -1421608913), List.of(Arrays.hashCode(tanh), Arrays.hashCode(sigmoid)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17})
    void splitVisitsEachIndexOnce(int n) {
        for (long work : new long[] {0, Long.MAX_VALUE}) {
            AtomicIntegerArray visits = new AtomicIntegerArray(n);
            Parallel.over(n, work, (from, to) -> {
                for (int i = from; i < to; i++) {
                    visits.incrementAndGet(i);
                }
            });
            for (int i = 0; i < n; i++) {
                assertEquals(1, visits.get(i));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3.14159e-65,3.1e-65",
        "0.125,0.13",
        "0.00123,0.0012",
        "999999,1e6",
        "0,0",
        "-2.5,-2.5",
        "NaN,NaN",
        "1,1"
    })
    void numbersAreReadable(double v, String text) {
        assertEquals(text, Numbers.text(v, 2));
    }
}
