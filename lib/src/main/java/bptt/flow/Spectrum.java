package bptt.flow;

import bptt.Progress;
import bptt.Trace;
import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.Complex_F64;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.simple.SimpleMatrix;

/** Rates: eigenvalues of one matrix, Lyapunov exponents of a product of many. */
public final class Spectrum {
    private static final int SQUARINGS = 52;

    private Spectrum() {}

    /**
     * The spectral radius ρ(A), the largest modulus of an eigenvalue. Not a norm: ρ(A) ≤ σ₁(A), and the powers of A may
     * grow for long although ρ &lt; 1.
     *
     * <p>By Gelfand's formula ρ = lim ‖Aⁿ‖^(1/n), n = 1, 2, 4, … 2⁵² by squaring, each power divided by its largest
     * entry; whatever norm is taken, its n-th root is 1 to the last digit. EJML's eigenvalues are not used: of two
     * thousand singular matrices, such as the Jacobian of a network some units of which are off, its iteration gave up
     * on one in twenty and was wrong in the first digit for three.
     *
     * @param A square
     * @return ρ ≥ 0
     */
    public static double radius(SimpleMatrix A) {
        Require.finite(A, "matrix");
        Require.shape(A, A.getNumRows(), A.getNumRows(), "matrix");
        SimpleMatrix power = A;
        double log = 0, n = 1;
        for (int k = 0; k <= SQUARINGS; k++) {
            double largest = power.elementMaxAbs();
            if (largest == 0) {
                return 0;
            }
            log += StrictMath.log(largest) / n;
            power = power.divide(largest);
            power = power.mult(power);
            n *= 2;
        }
        return StrictMath.exp(log);
    }

    /**
     * The eigenvalues of A. A row of zeros, such as an inactive ReLU unit has in a Jacobian, means an eigenvalue 0. It
     * is taken out first, with its column, because with several of them EJML's iteration may not converge. For ρ alone
     * {@link #radius} is the safer way.
     *
     * @param A square
     * @return as many as A has rows, in no order
     */
    public static List<Complex_F64> eigenvalues(SimpleMatrix A) {
        Require.finite(A, "matrix");
        int n = A.getNumRows();
        Require.shape(A, n, n, "matrix");
        int[] kept = IntStream.range(0, n)
                .filter(i -> A.getRow(i).elementMaxAbs() > 0)
                .toArray();
        if (kept.length == n) {
            return A.eig().getEigenvalues();
        }
        List<Complex_F64> eigenvalues = new ArrayList<>();
        if (kept.length > 0) {
            SimpleMatrix rest = new SimpleMatrix(kept.length, kept.length);
            for (int i = 0; i < kept.length; i++) {
                for (int j = 0; j < kept.length; j++) {
                    rest.set(i, j, A.get(kept[i], kept[j]));
                }
            }
            eigenvalues.addAll(eigenvalues(rest));
        }
        eigenvalues.addAll(Collections.nCopies(n - kept.length, new Complex_F64()));
        return eigenvalues;
    }

    /**
     * The Lyapunov exponents λ_1 ≥ … ≥ λ_N of a trajectory: the rates, in natural logarithms per step, at which J_T …
     * J_1 stretches. By a QR sweep (Benettin et al. 1980; Engelken, Wolf and Abbott 2023): Q_t R_t = J_t Q_{t−1} from
     * Q_0 = 1, and λ_i is the mean of ln |(R_t)_ii|. Their sum is the mean of ln |det J_t|, at any T; for T → ∞ the
     * slope of ln ‖∂s_T/∂s_{T−n}‖ against n is λ_1 (Oseledets).
     *
     * @param trace a forward pass
     * @param sequence which of its B sequences
     * @param burnIn steps at the beginning that turn Q but are not counted, 0 … T − 1
     * @param progress is told λ_1 so far after each step
     * @return N exponents, descending; −∞ for a direction that is lost altogether
     */
    public static double[] lyapunov(Trace trace, int sequence, int burnIn, Progress progress) {
        Require.given(trace, "trace", "that of a forward pass");
        Require.given(progress, "progress", "one, Progress.NONE for none");
        int T = trace.steps(), N = trace.state(0).joint().getNumRows();
        if (burnIn < 0 || burnIn >= T) {
            throw new IllegalArgumentException(
                    Numbers.format("burn-in: expected 0 … T − 1 = %d, got %d", T - 1, burnIn));
        }
        SimpleMatrix Q = SimpleMatrix.identity(N);
        double[] sums = new double[N];
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(N, N);
        for (int t = 1; t <= T; t++) {
            qr.decompose(Jacobians.step(trace, sequence, t).mult(Q).getDDRM());
            Q = SimpleMatrix.wrap(qr.getQ(null, false));
            DMatrixRMaj R = qr.getR(null, false);
            for (int i = 0; i < N && t > burnIn; i++) {
                sums[i] += StrictMath.log(Math.abs(R.get(i, i)));
            }
            progress.at(t, T, sums[0] / Math.max(1, t - burnIn), t == T);
        }
        return Arrays.stream(sums)
                .map(sum -> -sum / (T - burnIn))
                .sorted()
                .map(rate -> -rate)
                .toArray();
    }
}
