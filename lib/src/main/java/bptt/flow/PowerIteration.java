package bptt.flow;

import bptt.cell.Checks;
import bptt.math.Rows;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.ejml.simple.SimpleMatrix;

/**
 * The spectral norm of one matrix after the other, each near the one before: power iteration v ← AᵀAv/‖AᵀAv‖ that starts
 * from the last matrix's v. Where it does not converge quickly, because σ₁ ≈ σ₂, the singular values are computed instead.
 *
 * <p>It has converged when the residual ‖AᵀAv − s²v‖ with s = ‖Av‖ is small beside s²: then s² is within it of an eigenvalue
 * of AᵀA (Parlett 1998, theorem 4.5.1). That this is the largest one is seen to by a share of a fixed random direction mixed
 * into each start: a singular value that overtakes the first from one matrix to the next keeps the residual up unless the two
 * are equal to the tolerance.
 */
final class PowerIteration implements ToDoubleFunction<SimpleMatrix> {
    private static final double TOLERANCE = 1e-11;
    private static final int LIMIT = 60;
    private static final double MIXED_IN = 0.1;

    private double[][] v = {};
    private double[] direction = {};

    @Override
    public double applyAsDouble(SimpleMatrix A) {
        Checks.finite(A, "matrix");
        int m = A.getNumRows(), n = A.getNumCols();
        double largest = A.elementMaxAbs();
        if (largest == 0) {
            return 0;
        }
        double[][] columns = Rows.transpose(A.divide(largest).toArray2(), n), rows = Rows.transpose(columns, m);
        if (direction.length != n) {
            direction = new Random(1).doubles(n, -1, 1).toArray();
            v = new double[1][Rows.padded(n)];
        }
        for (int j = 0; j < n; j++) {
            v[0][j] += MIXED_IN * direction[j];
        }
        normalise(v[0]);

        for (int i = 0; i < LIMIT; i++) {
            double[][] u = new double[1][Rows.padded(m)], w = new double[1][Rows.padded(n)];
            Rows.addProduct(u, 0, v, 0, 1, columns, n, m);
            double s = normalise(u[0]);
            Rows.addProduct(w, 0, u, 0, 1, rows, m, n);
            double residual = 0; // of AᵀAv = s w, beside s²
            for (int j = 0; j < n; j++) {
                double d = w[0][j] / s - v[0][j];
                residual = Math.fma(d, d, residual);
            }
            v = w;
            double estimate = normalise(v[0]); // s ≤ ‖Aᵀu‖ ≤ σ₁ for u = Av/s
            if (Math.sqrt(residual) <= TOLERANCE) {
                return largest * estimate;
            }
        }
        return Norms.spectral(A);
    }

    /** Divides a vector by its length, and returns it. */
    private static double normalise(double[] x) {
        double sum = 0;
        for (double c : x) {
            sum = Math.fma(c, c, sum);
        }
        double length = Math.sqrt(sum);
        for (int j = 0; j < x.length; j++) {
            x[j] = length == 0 ? 0 : x[j] / length;
        }
        return length;
    }
}
