package bench;

import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's limit: fused multiply-adds on registers alone, on every core. Eleven chains hide their latency; a
 * twelfth does not fit into the 16 registers of AVX2, and half of the limit would come out (JDK 17).
 */
final class Peak {
    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final int STEPS = 20_000_000;

    private Peak() {}

    /** GFLOP/s of all cores together, the best of five tries. */
    static double gigaflops() {
        int cores = Runtime.getRuntime().availableProcessors();
        double best = 0;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            double sum = IntStream.range(0, cores).parallel().mapToDouble(c -> chains(c)).sum();
            double seconds = (System.nanoTime() - start) / 1e9;
            best = Math.max(best, 2.0 * 11 * S.length() * STEPS * cores / seconds / 1e9 + 0 * sum);
        }
        return best;
    }

    /** GB/s that all cores together read from arrays larger than the caches, the best of five tries. */
    static double bandwidth() {
        int cores = Runtime.getRuntime().availableProcessors(), n = 1 << 24;
        double[][] arrays = new double[cores][n];
        double best = 0;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            double sum = IntStream.range(0, cores)
                    .parallel()
                    .mapToDouble(c -> sum(arrays[c]))
                    .sum();
            best = Math.max(best, 8.0 * n * cores / (System.nanoTime() - start) + 0 * sum);
        }
        return best;
    }

    private static double sum(double[] a) {
        DoubleVector s0 = DoubleVector.zero(S), s1 = s0, s2 = s0, s3 = s0;
        int L = S.length();
        for (int i = 0; i < a.length; i += 4 * L) {
            s0 = s0.add(DoubleVector.fromArray(S, a, i));
            s1 = s1.add(DoubleVector.fromArray(S, a, i + L));
            s2 = s2.add(DoubleVector.fromArray(S, a, i + 2 * L));
            s3 = s3.add(DoubleVector.fromArray(S, a, i + 3 * L));
        }
        return s0.add(s1).add(s2).add(s3).lane(0);
    }

    private static double chains(double start) {
        DoubleVector m = DoubleVector.broadcast(S, 0.999999), c = DoubleVector.broadcast(S, start);
        DoubleVector c0 = c, c1 = c, c2 = c, c3 = c, c4 = c, c5 = c, c6 = c, c7 = c, c8 = c, c9 = c, c10 = c;
        for (int i = 0; i < STEPS; i++) {
            c0 = c0.fma(m, c);
            c1 = c1.fma(m, c);
            c2 = c2.fma(m, c);
            c3 = c3.fma(m, c);
            c4 = c4.fma(m, c);
            c5 = c5.fma(m, c);
            c6 = c6.fma(m, c);
            c7 = c7.fma(m, c);
            c8 = c8.fma(m, c);
            c9 = c9.fma(m, c);
            c10 = c10.fma(m, c);
        }
        return c0.add(c1).add(c2).add(c3).add(c4).add(c5).add(c6).add(c7).add(c8).add(c9).add(c10).lane(0);
    }
}
