package bptt.check;

import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.function.UnaryOperator;
import org.ejml.simple.SimpleMatrix;

/**
 * Derivatives that know nothing of the chain rule: they evaluate a function and nothing else.
 *
 * <p>The derivative of an m×n-valued function with respect to a p×q matrix is returned as the mn×pq matrix of partial
 * derivatives, both sides read column by column; for a function with a single value {@link #gradient} gives it the
 * shape of the argument.
 */
public final class Derivatives {
    /** The step of {@link #complexStep}: so small that its square vanishes beside 1. */
    public static final double COMPLEX_STEP = 1e-20;

    private Derivatives() {}

    /**
     * The complex step: ∂f/∂a_j = Im f(a + iε e_j)/ε + O(ε²). No difference is formed, so no digits cancel and ε can be
     * tiny (Squire and Trapp 1998). Needs a function that is analytic where it is evaluated, written with operations
     * that accept complex matrices: EJML's and those of {@link bptt.cell.Elementwise}.
     *
     * @param f the function; gets a complex matrix of a's shape
     * @param a where to differentiate
     * @return mn×pq
     * @throws IllegalArgumentException if f returns real values for every direction, which would be a derivative of
     *     zero
     */
    public static SimpleMatrix complexStep(UnaryOperator<SimpleMatrix> f, SimpleMatrix a) {
        Require.finite(a, "where to differentiate");
        SimpleMatrix derivative = null;
        boolean real = true;
        for (int j = 0; j < a.getNumElements(); j++) {
            SimpleMatrix z = a.copy();
            z.convertToComplex();
            int row = j % a.getNumRows(), col = j / a.getNumRows();
            z.set(row, col, a.get(row, col), COMPLEX_STEP);
            SimpleMatrix value = f.apply(z);
            boolean isReal = value.getType().isReal();
            real &= isReal;
            derivative = insert(derivative, j, a, isReal ? value.scale(0) : value.imaginary());
        }
        if (real) {
            throw new IllegalArgumentException("the function returned real values only: it drops the imaginary part");
        }
        return derivative.divide(COMPLEX_STEP);
    }

    /**
     * Central differences: ∂f/∂a_j = (f(a + h e_j) − f(a − h e_j))/2h, with a truncation error of order h² and a
     * rounding error of order ε/h; their sum is least near h = ε^⅓ ≈ 6e−6.
     *
     * @param f the function
     * @param a where to differentiate
     * @param h step
     * @return mn×pq
     * @throws IllegalArgumentException if h is not positive, or too small for a + h to be another number than a − h
     */
    public static SimpleMatrix central(UnaryOperator<SimpleMatrix> f, SimpleMatrix a, double h) {
        Require.finite(a, "where to differentiate");
        if (!(h > 0 && h < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("step h: expected a positive number, got " + h);
        }
        SimpleMatrix derivative = null;
        for (int j = 0; j < a.getNumElements(); j++) {
            int row = j % a.getNumRows(), col = j / a.getNumRows();
            SimpleMatrix up = a.copy(), down = a.copy();
            up.set(row, col, a.get(row, col) + h);
            down.set(row, col, a.get(row, col) - h);
            double width = up.get(row, col) - down.get(row, col);
            if (!(width > 0 && width < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(Numbers.format(
                        "step h: expected one that makes a difference to %s, got %s", a.get(row, col), h));
            }
            derivative =
                    insert(derivative, j, a, f.apply(up).minus(f.apply(down)).divide(width));
        }
        return derivative;
    }

    /**
     * Reshapes the derivative of a single number.
     *
     * @param derivative 1×pq
     * @param like the p×q matrix that the derivative is with respect to
     * @return p×q
     */
    public static SimpleMatrix gradient(SimpleMatrix derivative, SimpleMatrix like) {
        Require.shape(derivative, 1, like.getNumElements(), "derivative of a single number");
        SimpleMatrix gradient = new SimpleMatrix(like.getNumRows(), like.getNumCols());
        for (int j = 0; j < like.getNumElements(); j++) {
            gradient.set(j % like.getNumRows(), j / like.getNumRows(), derivative.get(0, j));
        }
        return gradient;
    }

    private static SimpleMatrix insert(SimpleMatrix derivative, int j, SimpleMatrix a, SimpleMatrix value) {
        SimpleMatrix all =
                derivative != null ? derivative : new SimpleMatrix(value.getNumElements(), a.getNumElements());
        for (int i = 0; i < value.getNumElements(); i++) {
            all.set(i, j, value.get(i % value.getNumRows(), i / value.getNumRows()));
        }
        return all;
    }
}
