package bptt;

import bptt.cell.Cell;
import java.util.Arrays;
import java.util.List;
import org.ejml.simple.SimpleMatrix;

/**
 * The edge between the engine's rows (one per sequence) and public matrices (one column per
 * sequence).
 */
final class Blocks {
    private Blocks() {}

    /** Columns {@code from} … of the given rows, transposed: n×count. */
    static SimpleMatrix matrix(double[][] rows, int first, int count, int from, int n) {
        SimpleMatrix m = new SimpleMatrix(n, count);
        for (int b = 0; b < count; b++) {
            for (int j = 0; j < n; j++) {
                m.set(j, b, rows[first + b][from + j]);
            }
        }
        return m;
    }

    /** The inverse: writes matrix columns into rows. */
    static void put(SimpleMatrix m, double[][] rows, int first, int from) {
        for (int b = 0; b < m.getNumCols(); b++) {
            for (int j = 0; j < m.getNumRows(); j++) {
                rows[first + b][from + j] = m.get(j, b);
            }
        }
    }

    /** Adds matrix columns to rows. */
    static void add(SimpleMatrix m, double[][] rows, int first) {
        for (int b = 0; b < m.getNumCols(); b++) {
            for (int j = 0; j < m.getNumRows(); j++) {
                rows[first + b][j] += m.get(j, b);
            }
        }
    }

    static State state(double[][][] parts, int t, int B, int H) {
        return new State(
                Arrays.stream(parts).map(part -> matrix(part, t * B, B, 0, H)).toList());
    }

    static int gate(Cell cell, String name) {
        List<String> gates = cell.gates();
        int q = gates.indexOf(name);
        if (q < 0) {
            throw new IllegalArgumentException(
                    "unknown gate “%s”: expected one of %s".formatted(name, String.join(", ", gates)));
        }
        return q;
    }

    /**
     * The first value that is NaN or infinite among the first n of some rows, or 0 if all are finite.
     */
    static double firstNotFinite(double[][] rows, int first, int count, int n) {
        for (int r = first; r < first + count; r++) {
            for (int j = 0; j < n; j++) {
                if (!Double.isFinite(rows[r][j])) {
                    return rows[r][j];
                }
            }
        }
        return 0;
    }

    static void requireStep(int t, int first, int last) {
        if (t < first || t > last) {
            throw new IllegalArgumentException("t: expected %d … %d, got %d".formatted(first, last, t));
        }
    }

    static void requireNoOverflow(SimpleMatrix m, String what) {
        requireNoOverflow(m.toArray2(), 0, m.getNumRows(), m.getNumCols(), what);
    }

    static void requireNoOverflow(double[][] rows, int first, int count, int n, String what) {
        double bad = firstNotFinite(rows, first, count, n);
        if (bad != 0) {
            throw new ArithmeticException("%s is %s: the pass overflowed there".formatted(what, bad));
        }
    }
}
