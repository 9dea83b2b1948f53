package bptt.cell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RequireTest {
    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void everyCellChecksItsSizes() {
        String message = "expected at least 1 input and 1 unit, got I = 1, H = 0";
        for (Executable cell : List.<Executable>of(
                () -> new LayerNormRnn(1, 0, Rnn.Activation.TANH),
                () -> new MinGru(1, 0),
                () -> new Gru(1, 0),
                () -> new Lstm(1, 0),
                () -> Rnn.tanh(1, 0))) {
            refused(message, cell);
        }
    }

    @Test
    void whatFits() {
        SimpleMatrix complex = new SimpleMatrix(1, 2), nan = new SimpleMatrix(1, 2, true, Double.NaN, 0.0);
        complex.convertToComplex();
        assertTrue(Require.fits(new SimpleMatrix(1, 2), 1, 2));
        assertFalse(Require.fits(complex, 1, 2) || Require.fits(nan, 1, 2) || Require.fits(null, 1, 2));
        assertFalse(Require.fits(new SimpleMatrix(1, 2), 2, 2) || Require.fits(new SimpleMatrix(1, 2), 1, 1));
    }

    /** What a map returns is looked at as what is set by name. */
    @Test
    void mappedParameters() {
        Parameters p = Parameters.zeros(Rnn.tanh(1, 2), 0);
        refused("W_xh: expected 2×1, got 1×2", () -> p.map((name, a) -> a.transpose()));
        refused(
                "W_xh: expected finite numbers, got NaN in row 0, column 0",
                () -> p.map((name, a) -> a.plus(Double.NaN)));
    }

    /** Four are looked at together: one of each four, and of those that are left over. */
    @Test
    void whatIsNotFiniteIsFoundAtAnyIndex() {
        for (int length = 1; length <= 9; length++) {
            for (int at = 0; at < length; at++) {
                double[] values = new double[length];
                assertEquals(-1, Require.firstNotFinite(values, 0, length));
                values[at] = Double.NEGATIVE_INFINITY;
                assertEquals(at, Require.firstNotFinite(values, 0, length));
                assertEquals(-1, Require.firstNotFinite(values, 0, at));
                assertEquals(-1, Require.firstNotFinite(values, at + 1, length));
            }
        }
    }

    @Test
    void theValuesOfAnyKindOfMatrix() {
        SimpleMatrix dense = new SimpleMatrix(new double[][] {{1, 2}, {3, 4}});
        assertSame(dense.getDDRM().data, Require.values(dense));
        SimpleMatrix floats = new SimpleMatrix(2, 2, true, 1f, 2f, 3f, 4f);
        assertArrayEquals(new double[] {1, 2, 3, 4}, Require.values(floats));
        DMatrixRMaj shrunk = new DMatrixRMaj(new double[][] {{1, 2}, {3, 4}});
        shrunk.reshape(1, 3); // its array has room for four
        assertNotSame(shrunk.data, Require.values(SimpleMatrix.wrap(shrunk)));
        assertArrayEquals(new double[] {1, 2, 3}, Require.values(SimpleMatrix.wrap(shrunk)));
    }

    /** A sequence is what its steps are, drawn one after the other. */
    @Test
    void sequencesAreDrawnStepByStep() {
        Random whole = new Random(1), steps = new Random(1);
        for (SimpleMatrix x_t : Draw.normal(3, 2, 2, 0.5, whole)) {
            assertArrayEquals(Draw.normal(2, 2, 0.5, steps).getDDRM().data, x_t.getDDRM().data);
        }
        assertEquals(3, Draw.normal(3, 2, 2, 0.5, whole).size());
    }
}
