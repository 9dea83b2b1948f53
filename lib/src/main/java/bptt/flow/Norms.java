package bptt.flow;

import bptt.cell.Checks;
import java.util.function.ToDoubleFunction;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.simple.SimpleMatrix;

/** Norms of Jacobians. NaN and infinity are refused, not skipped. */
public final class Norms {
    private Norms() {}

    /**
     * The spectral norm ‖A‖₂ = σ₁(A), the largest singular value: the most by which A can stretch a
     * vector.
     *
     * @param A any matrix
     * @return σ₁ ≥ 0
     */
    public static double spectral(SimpleMatrix A) {
        Checks.finite(A, "matrix");
        double largest = A.elementMaxAbs();
        // Scaled, because the decomposition squares the entries and those of a vanished Jacobian would
        // underflow.
        return largest == 0
                ? 0
                : largest * NormOps_DDRM.inducedP2(A.divide(largest).getDDRM());
    }

    /**
     * The spectral norm for a run of matrices, each near the one before, such as ∂s_T/∂s_k for k = T, T − 1, …: by an
     * iteration that goes on from the last matrix's vector, or by {@link #spectral(SimpleMatrix)} where that converges
     * slowly. The two agree to 1e-10.
     *
     * @return a function with a memory, for one run and one thread
     */
    public static ToDoubleFunction<SimpleMatrix> spectral() {
        return new WarmSpectralNorm();
    }

    /**
     * The Frobenius norm ‖A‖_F = (Σ a_ij²)^½; σ₁ ≤ ‖A‖_F ≤ √rank σ₁.
     *
     * @param A any matrix
     * @return ≥ 0
     */
    public static double frobenius(SimpleMatrix A) {
        Checks.finite(A, "matrix");
        double norm = length(Checks.values(A));
        if (norm > 1e-140 && norm < 1e140) {
            return norm;
        }
        double largest = A.elementMaxAbs(); // squares of small entries underflow and those of large ones overflow
        return largest == 0 ? 0 : largest * length(Checks.values(A.divide(largest)));
    }

    static double length(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    static double dot(double[] a, double[] b) {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0; // four chains, for one would wait for itself
        int j = 0;
        for (; j + 3 < a.length; j += 4) {
            s0 = Math.fma(a[j], b[j], s0);
            s1 = Math.fma(a[j + 1], b[j + 1], s1);
            s2 = Math.fma(a[j + 2], b[j + 2], s2);
            s3 = Math.fma(a[j + 3], b[j + 3], s3);
        }
        s0 = j < a.length ? Math.fma(a[j], b[j], s0) : s0;
        s1 = j + 1 < a.length ? Math.fma(a[j + 1], b[j + 1], s1) : s1;
        s2 = j + 2 < a.length ? Math.fma(a[j + 2], b[j + 2], s2) : s2;
        return (s0 + s1) + (s2 + s3);
    }

    /**
     * The spectral radius ρ(A), the largest modulus of an eigenvalue. Not a norm: ρ(A) ≤ σ₁(A), and
     * the powers of A may grow for long although ρ &lt; 1.
     *
     * @param A square
     * @return ρ ≥ 0
     */
    public static double spectralRadius(SimpleMatrix A) {
        Checks.finite(A, "matrix");
        return A.eig().getEigenvalues().stream()
                .mapToDouble(e -> StrictMath.hypot(e.real, e.imaginary))
                .max()
                .orElse(0);
    }
}
