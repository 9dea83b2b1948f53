package bptt.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Cases;
import bptt.Trace;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NormTest {
    private final Random random = new Random(1);

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    /** Σ_{k=1..n} k (k + 1) = n (n + 1) (n + 2)/3; four at a time, so that 0 … 3 are left over. */
    @Test
    void innerProductsOfAnyLength() {
        for (int n = 0; n <= 9; n++) {
            double[] a = IntStream.rangeClosed(1, n).asDoubleStream().toArray();
            double[] b = IntStream.rangeClosed(2, n + 1).asDoubleStream().toArray();
            assertEquals(n * (n + 1) * (n + 2) / 3, Vectors.dot(a, b), "n = " + n);
        }
        assertEquals(13, Vectors.length(new double[] {3, 4, 12}));
    }

    @Test
    void whatIsNotFiniteIsRefusedByAll() {
        SimpleMatrix nan = new SimpleMatrix(2, 2).plus(Double.NaN);
        String message = "matrix: expected finite numbers, got NaN in row 0, column 0";
        for (Norm norm : List.of(Norm.SPECTRAL, Norm.FROBENIUS, Norm.SPECTRAL.ofRun(), Norm.FROBENIUS.ofRun())) {
            refused(message, () -> norm.of(nan));
        }
        refused(message, () -> Spectrum.radius(nan));
    }

    /**
     * The iteration finds σ₁ to 1e-10 and not to the bit, so a run whose norms all have the decomposition's bits was
     * not done by the iteration, and took its time.
     */
    @Test
    void aRunIsDoneByTheIteration() {
        Trace trace = Bptt.forward(Init.uniform(Rnn.tanh(2, 20), 0, random), Cases.sequence(60, 2, 1, random));
        Norm warm = Norm.SPECTRAL.ofRun();
        List<SimpleMatrix> chain = Jacobians.toLast(trace, 0);
        long others = IntStream.range(0, 50)
                .filter(k -> warm.of(chain.get(50 - k)) != Norm.SPECTRAL.of(chain.get(50 - k)))
                .count();
        assertTrue(others > 25, others + " of 50");
    }

    @Test
    void sequencesOfAProduct() {
        Trace trace = Bptt.forward(Init.uniform(Rnn.tanh(2, 3), 0, random), Cases.sequence(4, 2, 2, random));
        assertTrue(Jacobians.product(trace, 0, 3, 1)
                .isIdentical(Jacobians.step(trace, 0, 3).mult(Jacobians.step(trace, 0, 2)), 0));
        refused(
                "expected 0 ≤ k ≤ t ≤ 4 and sequence 0 … 1, got k = 1, t = 3, sequence 2",
                () -> Jacobians.product(trace, 2, 3, 1));
        Trace lstm = Bptt.forward(Init.uniform(new Lstm(2, 3), 0, random), Cases.sequence(4, 2, 1, random));
        refused("∂s_t/∂s_k: expected 6×6, got 3×3", () -> Jacobians.cellState(lstm, 0, 1, SimpleMatrix.identity(3)));
    }

    /** W = ½ without a slope: ‖∂s_T/∂s_{T−n}‖ = 2⁻ⁿ. Sixteen are made at once, and 33 are two rounds and one. */
    @Test
    void decayOfOneSeedOverAnyNumberOfDistances() {
        Parameters half =
                Parameters.zeros(new Rnn(1, 1, Rnn.Activation.IDENTITY), 0).with("W_hh", 0.5);
        Trace trace = Bptt.forward(half, Cases.sequence(40, 1, 1, random));
        for (int count : new int[] {1, 16, 33}) {
            int[] distances = IntStream.range(0, count).toArray();
            double[] want =
                    IntStream.range(0, count).mapToDouble(n -> Math.pow(0.5, n)).toArray();
            assertArrayEquals(want, Decay.norms(trace, distances, Norm.FROBENIUS), 0);
            Decay one = Decay.overSeeds(1, want, r -> Decay.norms(trace, distances, Norm.FROBENIUS));
            assertArrayEquals(want, one.median(), 0);
        }
    }
}
