package bptt.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.ejml.data.Complex_F64;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;

/** Far from the real axis, where a complex step never goes, and where a formula changes its branch. */
class ElementwiseTest {
    private static Complex_F64 of(UnaryOperator<SimpleMatrix> f, double real, double imaginary) {
        SimpleMatrix z = new SimpleMatrix(1, 1);
        z.convertToComplex();
        z.set(0, 0, real, imaginary);
        SimpleMatrix result = f.apply(z);
        return new Complex_F64(result.getReal(0, 0), result.getImag(0, 0));
    }

    private static void same(double real, double imaginary, Complex_F64 got) {
        assertEquals(real, got.real, 1e-15);
        assertEquals(imaginary, got.imaginary, 1e-15);
    }

    @Test
    void expOnTheUnitCircle() {
        same(0.5, Math.sqrt(3) / 2, of(Elementwise::exp, 0, Math.PI / 3));
    }

    /** σ(z) = ½ (1 + tanh ½z), and tanh ½z = (sinh x + i sin y)/(cosh x + cos y). */
    @Test
    void sigmoidInBothHalvesOfThePlane() {
        for (double x : new double[] {-1, 1}) {
            double y = 2, d = Math.cosh(x) + Math.cos(y);
            same(0.5 + 0.5 * Math.sinh(x) / d, 0.5 * Math.sin(y) / d, of(Elementwise::sigmoid, x, y));
        }
        same(0.5, 0.5 * Math.tan(1), of(Elementwise::sigmoid, 0, 2)); // on the line between them
    }

    /** cosh 700 is a double still, and so is the slope: tanh′(350) = 1/cosh² 350 = 4 e^{−700}. */
    @Test
    void tanhHasASlopeAsLongAsItsCoshIsADouble() {
        double slope = of(Elementwise::tanh, 350, 1e-3).imaginary / 1e-3;
        assertEquals(4 * Math.exp(-700), slope, 1e-6 * slope);
        same(1, 0, of(Elementwise::tanh, 351, 1e-3));
        same(-1, 0, of(Elementwise::tanh, -351, 1e-3));
    }

    /** The slope at 0 is 0, as in the library's loops. */
    @Test
    void reluAtZero() {
        same(0, 0, of(Elementwise::relu, 0, 1));
        same(2, 1, of(Elementwise::relu, 2, 1));
        assertTrue(of(Elementwise::positive, 0, 1).real == 0);
    }
}
