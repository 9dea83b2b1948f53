package bptt.cell;

import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import org.ejml.data.Complex_F64;
import org.ejml.simple.SimpleMatrix;
import org.ejml.simple.SimpleOperations.ElementOpComplex;
import org.ejml.simple.SimpleOperations.ElementOpReal;

/**
 * Element-wise functions of real and of complex matrices, so that a formula written once in {@link SimpleMatrix} can be
 * evaluated and differentiated by a complex step. They come from the definitions of the functions over ℂ, and they
 * share no code with {@code bptt.math}.
 */
public final class Elementwise {
    private Elementwise() {}

    /**
     * tanh z = (sinh 2x + i sin 2y)/(cosh 2x + cos 2y) for z = x + iy.
     *
     * @param A real or complex
     * @return the same shape
     */
    public static SimpleMatrix tanh(SimpleMatrix A) {
        return map(A, StrictMath::tanh, z -> {
            double x = 2 * z.real, y = 2 * z.imaginary;
            if (Math.abs(x) > 700) { // cosh overflows; the quotient's limit
                set(z, Math.signum(x), 0);
            } else {
                double d = StrictMath.cosh(x) + StrictMath.cos(y);
                set(z, StrictMath.sinh(x) / d, StrictMath.sin(y) / d);
            }
        });
    }

    /**
     * σ(z) = 1/(1 + e^{−z}).
     *
     * @param A real or complex
     * @return the same shape
     */
    public static SimpleMatrix sigmoid(SimpleMatrix A) {
        return map(A, v -> 1 / (1 + StrictMath.exp(-v)), z -> {
            // e^{−|x|} in both halves of the plane, so that nothing overflows: 1/(1 + e^{−z}) or e^z/(1 + e^z).
            double sign = z.real < 0 ? 1 : -1, e = StrictMath.exp(sign * z.real);
            double c = e * StrictMath.cos(z.imaginary), s = sign * e * StrictMath.sin(z.imaginary);
            double d = (1 + c) * (1 + c) + s * s;
            double re = (1 + c) / d, im = -s / d;
            if (z.real < 0) {
                set(z, c * re - s * im, c * im + s * re);
            } else {
                set(z, re, im);
            }
        });
    }

    /**
     * max(z, 0), by the sign of the real part.
     *
     * @param A real or complex
     * @return the same shape
     */
    public static SimpleMatrix relu(SimpleMatrix A) {
        return map(A, v -> Math.max(v, 0), z -> {
            if (z.real <= 0) {
                set(z, 0, 0);
            }
        });
    }

    /**
     * e^z.
     *
     * @param A real or complex
     * @return the same shape
     */
    public static SimpleMatrix exp(SimpleMatrix A) {
        return map(A, StrictMath::exp, z -> {
            double e = StrictMath.exp(z.real);
            set(z, e * StrictMath.cos(z.imaginary), e * StrictMath.sin(z.imaginary));
        });
    }

    /**
     * ln z, the principal value.
     *
     * @param A real or complex
     * @return the same shape
     */
    public static SimpleMatrix log(SimpleMatrix A) {
        return map(
                A,
                StrictMath::log,
                z -> set(
                        z,
                        StrictMath.log(StrictMath.hypot(z.real, z.imaginary)),
                        StrictMath.atan2(z.imaginary, z.real)));
    }

    /**
     * The derivative of {@link #relu}: 1 where the real part is above 0, otherwise 0.
     *
     * @param A real or complex
     * @return the same shape
     */
    public static SimpleMatrix positive(SimpleMatrix A) {
        return map(A, v -> v > 0 ? 1 : 0, z -> set(z, z.real > 0 ? 1 : 0, 0));
    }

    /**
     * 1 − z.
     *
     * @param A real or complex
     * @return the same shape
     */
    public static SimpleMatrix oneMinus(SimpleMatrix A) {
        return SimpleMatrix.ones(A.getNumRows(), A.getNumCols()).minus(A);
    }

    private static void set(Complex_F64 z, double real, double imaginary) {
        z.real = real;
        z.imaginary = imaginary;
    }

    private static SimpleMatrix map(SimpleMatrix A, DoubleUnaryOperator real, Consumer<Complex_F64> complex) {
        if (A.getType().isReal()) {
            ElementOpReal op = (i, j, v) -> real.applyAsDouble(v);
            return A.elementOp(op);
        }
        ElementOpComplex op = (i, j, z) -> complex.accept(z);
        return A.elementOp(op);
    }
}
