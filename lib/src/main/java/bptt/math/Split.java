package bptt.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Splits a range of independent indices over the threads of the common pool. */
public final class Split {
    private static final int MIN_WORK = 1 << 16;

    private Split() {}

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
     * Runs {@code part} over 0 … n−1. Below 65536 multiplications the calling thread does it alone,
     * because handing over costs more than it saves. Results must not depend on where the range is
     * cut.
     *
     * @param n number of indices
     * @param work multiplications in all, to judge whether threads pay
     * @param part what to do with one part
     */
    public static void over(int n, long work, Part part) {
        int parts = Math.min(n, Runtime.getRuntime().availableProcessors());
        if (parts < 2 || work < MIN_WORK) {
            part.run(0, n);
            return;
        }
        each(parts, i -> {
            part.run((int) ((long) n * i / parts), (int) ((long) n * (i + 1) / parts));
            return null;
        });
    }

    /**
     * Computes a value for each index, in parallel. If some fail, the exception of the lowest index is thrown as it is (a
     * parallel stream alone would wrap it, and lose its message).
     *
     * @param <T> type of the values
     * @param n number of indices
     * @param value of an index 0 … n−1
     * @return values in order
     */
    public static <T> List<T> each(int n, IntFunction<T> value) {
        RuntimeException[] failures = new RuntimeException[n];
        List<T> values = new ArrayList<>(Collections.nCopies(n, null));
        IntStream.range(0, n).parallel().forEach(i -> {
            try {
                values.set(i, value.apply(i));
            } catch (RuntimeException e) {
                failures[i] = e;
            }
        });
        Arrays.stream(failures).filter(Objects::nonNull).findFirst().ifPresent(e -> {
            throw e;
        });
        return values;
    }
}
