package bptt.flow;

import bptt.cell.Require;
import bptt.math.Product;
import java.util.Arrays;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.ejml.simple.SimpleMatrix;

/**
 * The spectral norm of one matrix after the other, each near the one before. Power iteration v ← AᵀAv would do, started
 * from the last matrix's v, but is slow where σ₁ ≈ σ₂, as for most Jacobians of tanh networks; so all of its vectors
 * are kept: Golub–Kahan bidiagonalisation, Aᵀ V = U B and A U = V Bᵀ + β v eᵀ with U, V orthonormal and B bidiagonal
 * (Golub and Van Loan 2013, section 10.4, with Aᵀ for A, because it is the left vectors that hardly change from one
 * Jacobian to the next). For the singular triple (σ, x, y) of B, V y and U x are those of A up to the residual β |x_k|,
 * so σ is within it of a singular value of A. If that does not become small, the full decomposition decides.
 */
final class WarmSpectralNorm implements Norm {
    private static final double TOLERANCE = 1e-11;
    private static final int CHECK_EVERY = 4;
    private static final int LIMIT = 40;

    /**
     * The share of a fixed random direction in each start, so that a singular value that overtakes the first is found.
     */
    private static final double MIXED_IN = 0.1;

    private double[] start = {};
    private double[] direction = {};

    @Override
    public double of(SimpleMatrix A) {
        Require.finite(A, "matrix");
        int m = A.getNumCols(), n = A.getNumRows(), limit = Math.min(LIMIT, Math.min(m, n) - 1);
        double largest = A.elementMaxAbs();
        if (largest == 0) {
            return 0;
        }
        if (direction.length != n) {
            direction = new Random(1).doubles(n, -1, 1).toArray();
            start = new double[n];
        }
        double[] a = Require.values(A);
        double[][] rows = new double[m][n], columns = new double[n][m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                rows[i][j] = columns[j][i] = a[j * m + i] / largest;
            }
        }
        Product A_ = new Product(rows, n, 1), At = new Product(columns, m, 1);
        double[][] V = new double[limit + 1][], U = new double[limit][];
        double[] alpha = new double[limit], beta = new double[limit];
        V[0] = new double[n];
        for (int j = 0; j < n; j++) {
            V[0][j] = start[j] + MIXED_IN * direction[j];
        }
        divide(V[0], Vectors.length(V[0]));
        for (int k = 0; k < limit; k++) {
            U[k] = Arrays.copyOf(At.of(V, k)[0], m);
            alpha[k] = orthogonalise(U, k);
            V[k + 1] = Arrays.copyOf(A_.of(U, k)[0], n);
            beta[k] = orthogonalise(V, k + 1);
            if ((k + 1) % CHECK_EVERY == 0 || k + 1 == limit || alpha[k] == 0 || beta[k] == 0) {
                double sigma = largestOf(alpha, beta, k + 1, V);
                if (!Double.isNaN(sigma)) {
                    return largest * sigma;
                }
            }
        }
        return Norm.SPECTRAL.of(A);
    }

    /** σ₁ of the bidiagonal matrix, or NaN if its residual is too large. Keeps V y for the next start. */
    private double largestOf(double[] alpha, double[] beta, int k, double[][] V) {
        DMatrixRMaj B = new DMatrixRMaj(k, k);
        for (int i = 0; i < k; i++) {
            B.set(i, i, alpha[i]);
            if (i + 1 < k) {
                B.set(i, i + 1, beta[i]);
            }
        }
        SingularValueDecomposition_F64<DMatrixRMaj> svd = DecompositionFactory_DDRM.svd(k, k, true, true, false);
        if (!svd.decompose(B)) {
            return Double.NaN;
        }
        DMatrixRMaj X = svd.getU(null, false), Y = svd.getV(null, false);
        SingularOps_DDRM.descendingOrder(X, false, svd.getSingularValues(), k, Y, false);
        double sigma = svd.getSingularValues()[0];
        if (!(beta[k - 1] * Math.abs(X.get(k - 1, 0)) <= TOLERANCE * sigma)) {
            return Double.NaN;
        }
        Arrays.fill(start, 0);
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < start.length; j++) {
                start[j] = Math.fma(Y.get(i, 0), V[i][j], start[j]);
            }
        }
        return sigma;
    }

    /**
     * Makes row k orthogonal to those before, twice for the sake of rounding, and of length 1. Returns its length
     * before.
     */
    private static double orthogonalise(double[][] Q, int k) {
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < k; i++) {
                double c = Vectors.dot(Q[i], Q[k]);
                for (int j = 0; j < Q[k].length; j++) {
                    Q[k][j] = Math.fma(-c, Q[i][j], Q[k][j]);
                }
            }
        }
        double length = Vectors.length(Q[k]);
        divide(Q[k], length);
        return length;
    }

    private static void divide(double[] a, double length) {
        for (int j = 0; j < a.length; j++) {
            a[j] = length == 0 ? 0 : a[j] / length;
        }
    }
}
