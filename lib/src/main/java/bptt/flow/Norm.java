package bptt.flow;

import bptt.cell.Require;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.simple.SimpleMatrix;

/** A norm of Jacobians. NaN and infinity are refused, not skipped. */
@FunctionalInterface
public interface Norm {
    /** The spectral norm ‖A‖₂ = σ₁(A), the largest singular value: the most by which A can stretch a vector. */
    Norm SPECTRAL = new Norm() {
        @Override
        public double of(SimpleMatrix A) {
            Require.finite(A, "matrix");
            // Scaled, because the decomposition squares the entries and those of a vanished Jacobian would underflow.
            double largest = A.elementMaxAbs();
            return largest == 0
                    ? 0
                    : largest * NormOps_DDRM.inducedP2(A.divide(largest).getDDRM());
        }

        @Override
        public Norm ofRun() {
            return new WarmSpectralNorm();
        }
    };

    /** The Frobenius norm ‖A‖_F = (Σ a_ij²)^½; σ₁ ≤ ‖A‖_F ≤ √rank σ₁. */
    Norm FROBENIUS = A -> {
        Require.finite(A, "matrix");
        double norm = Vectors.length(Require.values(A));
        if (norm > 1e-140 && norm < 1e140) {
            return norm;
        }
        double largest = A.elementMaxAbs(); // squares of small entries underflow and those of large ones overflow
        return largest == 0 ? 0 : largest * Vectors.length(Require.values(A.divide(largest)));
    };

    /**
     * The norm.
     *
     * @param A any matrix
     * @return ≥ 0
     */
    double of(SimpleMatrix A);

    /**
     * The same norm for a run of matrices, each near the one before, such as ∂s_T/∂s_k for k = T, T − 1, …: the
     * spectral one by an iteration that goes on from the last matrix's vector, or by the whole decomposition where that
     * converges slowly. The two agree to 1e-10.
     *
     * @return a norm that may have a memory, for one run and one thread
     */
    default Norm ofRun() {
        return this;
    }
}
