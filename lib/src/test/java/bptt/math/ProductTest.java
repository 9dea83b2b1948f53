package bptt.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ProductTest {
    @Test
    void theKernelAskedForIsTheKernelMade() {
        assertInstanceOf(PlainKernel.class, Product.kernel("plain"));
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            assertNotEquals(PlainKernel.class, Product.kernel("vector").getClass());
        }
    }

    /** Rows of six numbers fill their 64 bytes with the array's header: there is no room beyond them. */
    @Test
    void rowsWithoutRoomBeyondTheirEnd() {
        for (int K : new int[] {1, 6, 7}) { // one row at a time, six, both
            double[][] w = new double[K][6], a = new double[1][K];
            for (int k = 0; k < K; k++) {
                Arrays.fill(w[k], k + 1);
                a[0][k] = 1;
            }
            Kernel kernel = Product.kernel("plain");
            Kernel.Room room = kernel.room(1, K, 6);
            kernel.pack(room, w, 0, K, 0);
            kernel.add(room, a, 0, K);
            double sum = K * (K + 1) / 2.0; // Σ k
            assertArrayEquals(new double[] {sum, sum, sum, sum, sum, sum}, room.z()[0]);
        }
    }

    /** So much work that threads share it, by columns of G and by rows; in two calls, as the blocks of a long pass. */
    @Test
    void theThreadsShareG() {
        Random random = new Random(1);
        for (int[] size : new int[][] {{61, 103}, {103, 61}, {81, 81}}) {
            int K = size[0], n = size[1], rows = 400;
            Set<Integer> parts = ConcurrentHashMap.newKeySet();
            double[][] a = MathTest.random(rows, K, random), z = MathTest.random(rows, n, random);
            MathTest.assertSumOfTwoCalls(a, z, 395, parts::add);
            int threads = Runtime.getRuntime().availableProcessors();
            assertEquals(n > K ? 1 : Math.min(threads, K), parts.size(), "parts that begin at different rows of G");
        }
    }

    /** Below two million multiplications there is one part, and from there on one for each thread. */
    @Test
    void cutsByTheWork() {
        int threads = Runtime.getRuntime().availableProcessors(), n = 8 * threads;
        assertArrayEquals(new int[] {0, n}, Parallel.cuts(n, (1 << 21) - 1));
        assertEquals(threads + 1, Parallel.cuts(n, 1 << 21).length);
        List<Integer> inner = Parallel.each(8 * threads, i -> Parallel.cuts(n, 1 << 21).length);
        assertTrue(inner.contains(2), "one part while all threads have something to do: " + inner);
        assertEquals(
                threads + 1,
                Parallel.each(1, i -> Parallel.cuts(n, 1 << 21).length).get(0));
        assertEquals(threads + 1, Parallel.cuts(n, 1 << 21).length);
        assertArrayEquals(new int[] {0, 4, 12, 15}, Parallel.even(15, 3)); // 5 and 10, at multiples of four
        assertArrayEquals(new int[] {0, 1, 3, 5}, Parallel.even(5, 3)); // too few for that
    }
}
