package bptt.cell;

import org.ejml.simple.SimpleMatrix;

/** Refuses bad matrices where they enter, naming what was expected and what came. */
public final class Checks {
    private Checks() {}

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
            throw new IllegalArgumentException("%s: expected %d×%d, got null".formatted(what, rows, cols));
        }
        if (a.getNumRows() != rows || a.getNumCols() != cols) {
            throw new IllegalArgumentException(
                    "%s: expected %d×%d, got %d×%d".formatted(what, rows, cols, a.getNumRows(), a.getNumCols()));
        }
    }

    /**
     * Requires finite real entries.
     *
     * @param a matrix
     * @param what names the matrix in the message
     * @throws IllegalArgumentException if a is complex or an entry is NaN or infinite; the message gives the first
     *     one's place
     */
    public static void finite(SimpleMatrix a, String what) {
        if (!a.getType().isReal()) {
            throw new IllegalArgumentException(what + ": expected real numbers, got a complex matrix");
        }
        for (int i = 0; i < a.getNumRows(); i++) {
            for (int j = 0; j < a.getNumCols(); j++) {
                if (!Double.isFinite(a.get(i, j))) {
                    throw new IllegalArgumentException("%s: expected finite numbers, got %s in row %d, column %d"
                            .formatted(what, a.get(i, j), i, j));
                }
            }
        }
    }
}
