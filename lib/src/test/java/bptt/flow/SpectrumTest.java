package bptt.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Cases;
import bptt.Progress;
import bptt.State;
import bptt.StateGradients;
import bptt.Trace;
import bptt.cell.Draw;
import bptt.cell.Init;
import bptt.cell.LayerNormRnn;
import bptt.cell.MinGru;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ejml.data.Complex_F64;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpectrumTest {
    private final Random random = new Random(1);

    static List<Cases.Kind> kinds() {
        return Cases.kinds();
    }

    private Trace linear(SimpleMatrix W, int T) {
        int H = W.getNumRows();
        Parameters p =
                Parameters.zeros(new Rnn(1, H, Rnn.Activation.IDENTITY), 0).with("W_hh", W);
        return Bptt.forward(p, Cases.sequence(T, 1, 1, random));
    }

    /** Of a constant Jacobian the exponents are the logarithms of its eigenvalues' moduli, whatever its norm. */
    @Test
    void aConstantJacobian() {
        SimpleMatrix W = new SimpleMatrix(3, 3, true, 0.9, 5, -3, 0, -0.5, 2, 0, 0, 0.2);
        double[] got = Spectrum.lyapunov(linear(W, 400), 0, 200, Progress.NONE);
        assertArrayEquals(new double[] {Math.log(0.9), Math.log(0.5), Math.log(0.2)}, got, 1e-12);
        assertEquals(0.9, Spectrum.radius(W), 1e-14);
        double turning =
                Spectrum.lyapunov(linear(new SimpleMatrix(2, 2, true, 0, 2, -0.5, 0), 50), 0, 0, Progress.NONE)[0];
        assertEquals(0, turning, 1e-15); // eigenvalues ±i, although σ₁ = 2
    }

    /** Of rank one or two, where ρ is known: ρ(u vᵀ) = |vᵀu|, and [0 a; b 0] has ±√(ab), beside rows of zeros. */
    @Test
    void theRadiusOfSingularMatrices() {
        for (int n = 2; n < 40; n++) {
            SimpleMatrix u = Draw.normal(n, 1, 1, random), v = Draw.normal(n, 1, 1, random);
            double want = Math.abs(v.dot(u));
            assertEquals(want, Spectrum.radius(u.mult(v.transpose())), 1e-11 * u.normF() * v.normF());
            SimpleMatrix off = new SimpleMatrix(n, n);
            off.set(0, 1, -4);
            off.set(1, 0, 0.25);
            off.set(0, n - 1, n == 2 ? -4 : 7);
            assertEquals(1, Spectrum.radius(off), 1e-14);
        }
        assertEquals(0, Spectrum.radius(new SimpleMatrix(2, 2, true, 0, 5, 0, 0)));
        assertEquals(0, Spectrum.radius(new SimpleMatrix(3, 3)));
    }

    /** Of full rank, against EJML's eigenvalues, tiny and huge entries too. */
    @Test
    void theRadiusByEigenvalues() {
        for (int n = 1; n < 40; n++) {
            for (double size : new double[] {1e-200, 1, 1e200}) {
                SimpleMatrix A = Draw.normal(n, n, 1, random);
                double want = A.eig().getEigenvalues().stream()
                        .mapToDouble(e -> Math.hypot(e.real, e.imaginary))
                        .max()
                        .orElseThrow();
                assertEquals(size * want, Spectrum.radius(A.scale(size)), 1e-11 * size * want);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> Spectrum.radius(new SimpleMatrix(2, 3)));
    }

    /** Where half of the rows are zero, EJML's iteration alone fails for one in twenty. */
    @Test
    void eigenvaluesWithInactiveUnits() {
        for (int i = 0; i < 500; i++) {
            int n = 1 + random.nextInt(30);
            SimpleMatrix A = SimpleMatrix.random_DDRM(n, n, -1, 1, random);
            for (int row = 0; row < n; row++) {
                if (random.nextDouble() < 0.5) {
                    A.setRow(row, new SimpleMatrix(1, n));
                }
            }
            List<Complex_F64> eigenvalues = Spectrum.eigenvalues(A);
            assertEquals(n, eigenvalues.size());
            double squares = A.mult(A).trace(), sum = 0, sumOfSquares = 0;
            for (Complex_F64 z : eigenvalues) {
                sum += z.real;
                sumOfSquares += z.real * z.real - z.imaginary * z.imaginary;
            }
            assertEquals(A.trace(), sum, 1e-12 * n);
            assertEquals(squares, sumOfSquares, 1e-11 * n);
        }
        assertEquals(0, Spectrum.radius(new SimpleMatrix(4, 4)));
    }

    @Test
    void aLostDirectionHasMinusInfinity() {
        SimpleMatrix W = SimpleMatrix.diag(2, 0);
        double[] got = Spectrum.lyapunov(linear(W, 30), 0, 0, Progress.NONE);
        assertArrayEquals(new double[] {Math.log(2), Double.NEGATIVE_INFINITY}, got, 1e-14);
    }

    /** Σ λ_i = mean ln |det J_t|, at any T; and λ_1 is the slope of the chart, here to 2 %. */
    @ParameterizedTest
    @MethodSource("kinds")
    void sumAndSlope(Cases.Kind kind) {
        int T = 300;
        Parameters p = Init.uniform(kind.of().apply(2, 8), 0, random);
        boolean normalised = !p.cell().vectors().isEmpty();
        Trace trace = Bptt.forward(normalised ? p.with("gain", 1) : p, Cases.sequence(T, 2, 3, random));
        double[] exponents = Spectrum.lyapunov(trace, 2, 0, Progress.NONE);
        double logDet = 0;
        for (int t = 1; t <= T; t++) {
            logDet += Math.log(Math.abs(Jacobians.step(trace, 2, t).determinant())) / T;
        }
        double sum = Arrays.stream(exponents).sum();
        if (!normalised && Double.isInfinite(logDet)) { // a unit that is off
            assertEquals(logDet, sum);
            return;
        }
        if (normalised) { // the mean of a does not get through, its size only by the 10⁻⁵ beside the variance
            assertTrue(exponents[7] < -30 && exponents[6] < -8 && exponents[5] > -5, Arrays.toString(exponents));
        } else {
            assertEquals(logDet, sum, 1e-11 * Math.abs(logDet));
        }
        List<SimpleMatrix> far =
                new StateGradients(trace, 2, SimpleMatrix.identity(exponents.length), T).rows(T - 50, T - 250);
        double slope = Math.log(Norm.SPECTRAL.of(far.get(1)) / Norm.SPECTRAL.of(far.get(0))) / 200;
        assertEquals(slope, Spectrum.lyapunov(trace, 2, 50, Progress.NONE)[0], 0.02 * Math.abs(slope));
    }

    /** The paper's J_t = diag(1 − z_t), to the bit. */
    @Test
    void minGru() {
        Trace trace = Bptt.forward(
                Cases.parameters(new MinGru(2, 5), 0, random),
                Cases.sequence(4, 2, 1, random),
                Cases.state(new MinGru(2, 5), 1, random));
        for (int t = 1; t <= 4; t++) {
            SimpleMatrix keep = SimpleMatrix.ones(5, 1).minus(trace.gate("z", t));
            assertTrue(Jacobians.step(trace, 0, t).isIdentical(SimpleMatrix.diag(keep.getDDRM().data), 0));
        }
    }

    /** What layer normalisation is for: the scale of the incoming weights does not matter. */
    @Test
    void layerNormalisationForgetsTheScale() {
        Parameters p = Init.uniform(new LayerNormRnn(2, 6, Rnn.Activation.TANH), 0, random)
                .with("gain", 1);
        Parameters scaled = p.map((name, a) -> name.equals("gain") || name.equals("shift") ? a : a.scale(1000));
        List<SimpleMatrix> x = Cases.sequence(5, 2, 1, random);
        SimpleMatrix h = Bptt.forward(
                        p.map((name, a) -> name.equals("gain") || name.equals("shift") ? a : a.scale(10)), x)
                .h(5);
        assertTrue(h.isIdentical(Bptt.forward(scaled, x).h(5), 1e-5)); // but for the 10⁻⁵ beside the variance
    }

    @Test
    void progressAndBadInput() {
        List<Double> told = new ArrayList<>();
        Trace trace = linear(SimpleMatrix.identity(2).scale(0.5), 5);
        Spectrum.lyapunov(trace, 0, 2, (done, limit, value, last) -> told.add(last ? value : -done));
        assertEquals(List.of(-1.0, -2.0, -3.0, -4.0, Math.log(0.5)), told);
        for (int burnIn : new int[] {-1, 5}) {
            assertEquals(
                    "burn-in: expected 0 … T − 1 = 4, got " + burnIn,
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> Spectrum.lyapunov(trace, 0, burnIn, Progress.NONE))
                            .getMessage());
        }
        State none = State.zero(trace.parameters().cell(), 1);
        assertEquals(2, none.joint().getNumRows());
    }
}
