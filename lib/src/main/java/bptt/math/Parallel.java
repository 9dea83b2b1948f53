package bptt.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Splits a range of independent indices over the threads of the common pool, or of the pool that the caller is in. */
public final class Parallel {
    private static final int MIN_WORK = 1 << 21;

    /** How many values the innermost {@link #each} that this thread is in still waits for. */
    private static final ThreadLocal<AtomicInteger> MISSING = new ThreadLocal<>();

    private Parallel() {}

    /** What to do with one contiguous part of the range. */
    @FunctionalInterface
    public interface Part {
        /**
         * Handles indices {@code from} ≤ index &lt; {@code to}.
         *
         * @param from first index
         * @param to one past the last index
         */
        void run(int from, int to);
    }

    /**
     * Where to cut 0 … n − 1 into one part for each thread. Below two million multiplications there is one part,
     * because handing over costs more than it saves; so there is where {@link #each} keeps all threads busy. If each
     * thread can have four indices or more, parts begin at multiples of four, because that is how many rows the vector
     * kernel takes together. Results must not depend on the cuts.
     *
     * @param n number of indices
     * @param work multiplications in all, to judge whether threads pay
     * @return 0, the first index of each further part, n
     */
    public static int[] cuts(int n, long work) {
        int threads = Runtime.getRuntime().availableProcessors();
        AtomicInteger missing = MISSING.get();
        boolean busy = missing != null && missing.get() >= threads;
        return even(n, work < MIN_WORK || busy ? 1 : Math.min(n, threads));
    }

    static int[] even(int n, int parts) {
        int unit = n < 4 * parts ? 1 : 4;
        return IntStream.rangeClosed(0, parts)
                .map(i -> i == parts ? n : ((int) ((long) n * i / parts) + unit / 2) / unit * unit)
                .toArray();
    }

    /**
     * Runs {@code part} over 0 … n−1, cut as by {@link #cuts}.
     *
     * @param n number of indices
     * @param work multiplications in all, to judge whether threads pay
     * @param part what to do with one part
     */
    public static void over(int n, long work, Part part) {
        int[] cuts = cuts(n, work);
        each(cuts.length - 1, i -> {
            part.run(cuts[i], cuts[i + 1]);
            return null;
        });
    }

    /**
     * Computes a value in this thread alone, because others keep the other cores busy.
     *
     * @param <T> type of the value
     * @param value what to compute
     * @return the value
     */
    public static <T> T alone(Supplier<T> value) {
        AtomicInteger outer = MISSING.get();
        MISSING.set(new AtomicInteger(Integer.MAX_VALUE));
        try {
            return value.get();
        } finally {
            MISSING.set(outer);
        }
    }

    /**
     * Computes a value for each index, in parallel. If some fail, the exception of the lowest index is thrown as it is
     * (a parallel stream alone would wrap it, and lose its message).
     *
     * @param <T> type of the values
     * @param n number of indices
     * @param value of an index 0 … n−1
     * @return values in order
     */
    public static <T> List<T> each(int n, IntFunction<T> value) {
        RuntimeException[] failures = new RuntimeException[n];
        List<T> values = new ArrayList<>(Collections.nCopies(n, null));
        AtomicInteger missing = new AtomicInteger(n);
        IntStream.range(0, n).parallel().forEach(i -> {
            AtomicInteger outer = MISSING.get();
            MISSING.set(missing);
            try {
                values.set(i, value.apply(i));
            } catch (RuntimeException e) {
                failures[i] = e;
            } finally {
                missing.decrementAndGet();
                MISSING.set(outer);
            }
        });
        Arrays.stream(failures).filter(Objects::nonNull).findFirst().ifPresent(e -> {
            throw e;
        });
        return values;
    }
}
