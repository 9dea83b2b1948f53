package bptt.cell;

import bptt.math.Numbers;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.simple.SimpleMatrix;

/** Refuses bad sizes and matrices where they enter, naming what was expected and what came. */
public final class Require {
    private Require() {}

    /**
     * Requires a cell's sizes.
     *
     * @param inputs I
     * @param hidden H
     * @throws IllegalArgumentException if one is below 1
     */
    public static void sizes(int inputs, int hidden) {
        if (inputs < 1 || hidden < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 input and 1 unit, got I = " + inputs + ", H = " + hidden);
        }
    }

    /**
     * Requires something.
     *
     * @param a anything
     * @param what names it in the message
     * @param expected what it should be
     * @throws IllegalArgumentException if it is null
     */
    public static void given(Object a, String what, String expected) {
        if (a == null) {
            throw new IllegalArgumentException(Numbers.format("%s: expected %s, got null", what, expected));
        }
    }

    /**
     * Requires a shape.
     *
     * @param a matrix
     * @param rows expected
     * @param cols expected
     * @param what names the matrix in the message
     * @throws IllegalArgumentException if a is null or of another shape
     */
    public static void shape(SimpleMatrix a, int rows, int cols, String what) {
        if (a == null) {
            throw new IllegalArgumentException(Numbers.format("%s: expected %d×%d, got null", what, rows, cols));
        }
        if (a.getNumRows() != rows || a.getNumCols() != cols) {
            throw new IllegalArgumentException(
                    Numbers.format("%s: expected %d×%d, got %d×%d", what, rows, cols, a.getNumRows(), a.getNumCols()));
        }
    }

    /**
     * Whether {@link #shape} and {@link #finite} have nothing to say.
     *
     * @param a matrix
     * @param rows expected
     * @param cols expected
     * @return whether it has this shape and finite real entries
     */
    public static boolean fits(SimpleMatrix a, int rows, int cols) {
        if (a == null
                || a.getNumRows() != rows
                || a.getNumCols() != cols
                || !a.getType().isReal()) {
            return false;
        }
        double[] values = values(a);
        return firstNotFinite(values, 0, values.length) < 0;
    }

    /**
     * Requires finite real entries.
     *
     * @param a matrix
     * @param what names the matrix in the message
     * @throws IllegalArgumentException if a is null or complex, or an entry is NaN or infinite; the message gives the
     *     first one's place
     */
    public static void finite(SimpleMatrix a, String what) {
        given(a, what, "a matrix");
        if (!a.getType().isReal()) {
            throw new IllegalArgumentException(what + ": expected real numbers, got a complex matrix");
        }
        double[] values = values(a);
        int k = firstNotFinite(values, 0, values.length);
        if (k >= 0) {
            throw new IllegalArgumentException(Numbers.format(
                    "%s: expected finite numbers, got %s in row %d, column %d",
                    what, values[k], k / a.getNumCols(), k % a.getNumCols()));
        }
    }

    /**
     * Looks for NaN and ±∞.
     *
     * @param values numbers
     * @param from first index
     * @param to one past the last index
     * @return the first index of one, or −1
     */
    public static int firstNotFinite(double[] values, int from, int to) {
        // 0 · v is NaN for NaN and ±∞, and 0 for all others. Four sums, for one would wait for itself.
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int k = from;
        for (; k + 3 < to; k += 4) {
            s0 += 0 * values[k];
            s1 += 0 * values[k + 1];
            s2 += 0 * values[k + 2];
            s3 += 0 * values[k + 3];
        }
        for (; k < to; k++) {
            s0 += 0 * values[k];
        }
        return s0 + s1 + s2 + s3 == 0
                ? -1
                : IntStream.range(from, to)
                        .filter(i -> !Double.isFinite(values[i]))
                        .findFirst()
                        .orElseThrow();
    }

    /**
     * The entries row by row. {@code new SimpleMatrix(1, 2, true, 3, 4)} is a matrix of floats, so these are converted.
     *
     * @param a real matrix of any kind
     * @return its own array if that is dense, of doubles and no longer than the matrix: not to be modified
     */
    public static double[] values(SimpleMatrix a) {
        if (a.getMatrix() instanceof DMatrixRMaj dense && dense.data.length == a.getNumElements()) {
            return dense.data;
        }
        double[] values = new double[a.getNumElements()];
        for (int k = 0; k < values.length; k++) {
            values[k] = a.get(k / a.getNumCols(), k % a.getNumCols());
        }
        return values;
    }
}
