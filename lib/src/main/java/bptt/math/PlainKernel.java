package bptt.math;

import java.util.Arrays;

/**
 * A loop that C2 vectorises by itself. It does so for rows in arrays of their own under one shared index j (not for
 * offsets into one flat array), for one destination row and up to six source rows: with eight, JDK 17 gives up, and two
 * destination rows never vectorise. Six are faster than four, for each element of z is loaded and stored once for all
 * of them: 42 against 37 GFLOP/s in rows of 400 (one core of an AVX-512 machine). They serve all rows of z while they
 * are in the first-level cache.
 *
 * <p>C2 begins a loop so that its stores to z are aligned. If the loads from w are not, each of them touches two cache
 * lines and the loop waits for them: 42 GFLOP/s instead of 60. So all rows of a room are allocated one after the other,
 * and their size with the 16 bytes of the header is a whole number of cache lines.
 */
final class PlainKernel implements Kernel {
    @Override
    public String toString() {
        return "plain";
    }

    @Override
    public Room room(int rows, int K, int n) {
        double[][] all = new double[rows + K][(n + 9) / 8 * 8 - 2];
        return new Room(Arrays.copyOf(all, rows), Arrays.copyOfRange(all, rows, rows + K), n);
    }

    @Override
    public void pack(Room room, double[][] w, int t, int K, int from) {
        for (int k = 0; k < K; k++) {
            System.arraycopy(w[t + k], from, room.packed()[k], 0, room.n());
        }
    }

    @Override
    public void add(Room room, double[][] a, int s, int K) {
        double[][] z = room.z(), w = room.packed();
        int k = 0;
        for (; k + 5 < K; k += 6) {
            for (int r = 0; r < z.length; r++) {
                addSixRows(z[r], a[s + r], w, k, room.n());
            }
        }
        for (; k < K; k++) {
            for (int r = 0; r < z.length; r++) {
                addRow(z[r], a[s + r][k], w[k], room.n());
            }
        }
    }

    private static void addSixRows(double[] z, double[] a, double[][] w, int k, int n) {
        double a0 = a[k], a1 = a[k + 1], a2 = a[k + 2], a3 = a[k + 3], a4 = a[k + 4], a5 = a[k + 5];
        double[] w0 = w[k], w1 = w[k + 1], w2 = w[k + 2], w3 = w[k + 3], w4 = w[k + 4], w5 = w[k + 5];
        for (int j = 0; j < n; j++) {
            double sum = Math.fma(a2, w2[j], Math.fma(a1, w1[j], Math.fma(a0, w0[j], z[j])));
            z[j] = Math.fma(a5, w5[j], Math.fma(a4, w4[j], Math.fma(a3, w3[j], sum)));
        }
    }

    private static void addRow(double[] z, double a, double[] w, int n) {
        for (int j = 0; j < n; j++) {
            z[j] = Math.fma(a, w[j], z[j]);
        }
    }
}
