package bptt.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Cases;
import bptt.State;
import bptt.StateGradients;
import bptt.Trace;
import bptt.cell.Cell;
import bptt.cell.Draw;
import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.check.Claim;
import bptt.check.Derivatives;
import bptt.check.Reference;
import java.util.List;
import java.util.Random;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlowTest {
    private final Random random = new Random(1);

    static List<Cell> cells() {
        return Cases.cells();
    }

    private Trace trace(Cell cell, int sequences) {
        return Bptt.forward(
                Cases.parameters(cell, 0, random),
                Cases.sequence(Cases.T, Cases.I, sequences, random),
                Cases.state(cell, sequences, random));
    }

    private static void agree(SimpleMatrix got, SimpleMatrix want) {
        assertTrue(want.elementMaxAbs() > 0);
        double error = Claim.error(got, want);
        assertTrue(error <= 1e-12, "error " + error);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void onePassOfUnitVectorsIsTheProductOfSteps(Cell cell) {
        Trace trace = trace(cell, 3);
        List<SimpleMatrix> toLast = Jacobians.toLast(trace, 2);
        assertEquals(Cases.T + 1, toLast.size());
        for (int k = 0; k <= Cases.T; k++) {
            agree(toLast.get(k), Jacobians.product(trace, 2, Cases.T, k));
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void jacobiansAgreeWithTheComplexStep(Cell cell) {
        Parameters p = Cases.parameters(cell, 0, random);
        List<SimpleMatrix> x = Cases.sequence(Cases.T, Cases.I, 1, random);
        State start = Cases.state(cell, 1, random);
        Trace trace = Bptt.forward(p, x, start);
        agree(Jacobians.toLast(trace, 0).get(0), Reference.of(p, x, start).stateJacobian());
        agree(
                Jacobians.step(trace, 0, 3),
                Reference.of(p, x.subList(2, 3), trace.state(2)).stateJacobian());
    }

    /** dC_t/dC_k with h_k = o_k ∘ tanh C_k moved along, differentiated as a function of C_k. */
    @Test
    void totalDerivativeOfTheCellState() {
        Lstm cell = new Lstm(Cases.I, Cases.H);
        Parameters p = Cases.parameters(cell, 0, random);
        List<SimpleMatrix> batch = Cases.sequence(5, Cases.I, 3, random);
        Trace trace = Bptt.forward(p, batch, Cases.state(cell, 3, random));
        int k = 2, b = 2;
        List<SimpleMatrix> x = batch.stream().map(x_t -> x_t.getColumn(b)).toList();
        State s_k = State.of(trace.h(k).getColumn(b), trace.C(k).getColumn(b));
        SimpleMatrix want = Derivatives.complexStep(
                C -> Reference.of(p, x.subList(k, 5), s_k)
                        .with("C_0", C)
                        .with("h_0", trace.gate("o", k).getColumn(b).elementMult(bptt.cell.Elementwise.tanh(C)))
                        .run()
                        .get("C_3"),
                s_k.C());
        agree(Jacobians.cellState(trace, b, k, Jacobians.toLast(trace, b).get(k)), want);
        SimpleMatrix J_0 = Jacobians.toLast(trace, b).get(0);
        agree(Jacobians.cellState(trace, b, 0, J_0), J_0.extractMatrix(Cases.H, 2 * Cases.H, Cases.H, 2 * Cases.H));
    }

    @Test
    void norms() {
        SimpleMatrix A = new SimpleMatrix(2, 2, true, 1.2, 1.3, -1.3, -1.2);
        assertEquals(2.5, Norm.SPECTRAL.of(A), 1e-12);
        assertEquals(Math.sqrt(6.26), Norm.FROBENIUS.of(A), 1e-12);
        assertEquals(0.5, Spectrum.radius(A), 1e-12);
        assertEquals(0, Norm.SPECTRAL.of(new SimpleMatrix(3, 3)));
        assertEquals(2.5e-200, Norm.SPECTRAL.of(A.scale(1e-200)), 1e-211);
        A.set(0, 0, Double.NaN);
        assertThrows(IllegalArgumentException.class, () -> Norm.SPECTRAL.of(A));
        assertThrows(IllegalArgumentException.class, () -> Norm.FROBENIUS.of(A));
    }

    /**
     * Chains of Jacobians, where each is near the one before; σ₁ ≈ σ₂; and a second singular value that becomes the
     * first.
     */
    @Test
    void theWarmSpectralNormIsTheSingularValue() {
        int H = 20;
        for (Parameters p : List.of(
                Init.uniform(Rnn.tanh(2, H), 0, random),
                Init.uniform(Rnn.tanh(2, H), 0, random).with("W_hh", Draw.orthogonal(H, 1, random)),
                Init.irnn(2, H, 0, random),
                Init.uniform(new Lstm(2, H), 0, random),
                Init.uniform(new Gru(2, H), 0, random))) {
            Norm warm = Norm.SPECTRAL.ofRun();
            Trace trace = Bptt.forward(p, Cases.sequence(60, 2, 1, random));
            List<SimpleMatrix> chain = Jacobians.toLast(trace, 0);
            for (int k = 60; k >= 0; k--) {
                double exact = Norm.SPECTRAL.of(chain.get(k));
                assertEquals(exact, warm.of(chain.get(k)), 1e-10 * exact, p.cell() + ", k = " + k);
            }
        }
        SimpleMatrix Q = Draw.orthogonal(H, 1, random), R = Draw.orthogonal(H, 1, random);
        Norm warm = Norm.SPECTRAL.ofRun();
        for (double second : new double[] {0.5, 0.9, 0.99, 0.999999, 1 - 1e-9, 1, 1 + 1e-9, 1.0001, 1.1, 2, 1, 0}) {
            SimpleMatrix S = SimpleMatrix.identity(H).scale(0.3);
            S.set(0, 0, 1);
            S.set(1, 1, second);
            double exact = Math.max(1, second);
            assertEquals(exact, warm.of(Q.mult(S).mult(R)), 1e-10 * exact, "σ₂ = " + second);
            assertEquals(exact * 1e-300, warm.of(S.scale(1e-300)), 1e-310, "diagonal, σ₂ = " + second);
        }
        assertEquals(0, warm.of(new SimpleMatrix(H, H)));
        assertEquals(3, warm.of(new SimpleMatrix(1, 1, true, -3)));
        assertEquals(5, warm.of(new SimpleMatrix(1, 2, true, 3, 4)), 1e-14);
    }

    @Test
    void decayOfAKnownNetwork() {
        Parameters half = Parameters.zeros(new Rnn(1, 2, Rnn.Activation.IDENTITY), 0)
                .with("W_hh", SimpleMatrix.identity(2).scale(0.5));
        List<SimpleMatrix> x = Cases.sequence(10, 1, 1, random);
        Decay decay = Decay.ofState(3, new int[] {0, 1, 4, 10}, Norm.SPECTRAL, r -> Bptt.forward(half, x));
        assertArrayEquals(new double[] {1, 0.5, 0.0625, Math.pow(0.5, 10)}, decay.median(), 1e-15);
        assertArrayEquals(new double[] {0, 1, 4, 10}, decay.x());
    }

    @Test
    void quantilesAreOrderStatistics() {
        Decay decay = new Decay(new double[] {1}, new double[][] {{5}, {0}, {Double.POSITIVE_INFINITY}, {2}, {1}});
        assertEquals(2, decay.median()[0]);
        assertEquals(0, decay.quantile(0)[0]);
        assertEquals(Double.POSITIVE_INFINITY, decay.quantile(1)[0]);
        assertEquals(1, decay.quantile(0.4)[0]);
        assertEquals(0, decay.quantile(0.15)[0]);
        assertThrows(IllegalArgumentException.class, () -> decay.quantile(-0.1));
        assertThrows(IllegalArgumentException.class, () -> decay.quantile(1.1));
    }

    @Test
    void seedsAreReproducible() {
        Decay a = Decay.overSeeds(5, new double[] {0}, r -> new double[] {r.nextDouble()});
        assertEquals(new Random(3).nextDouble(), a.bySeed()[2][0]);
    }

    @Test
    void badInput() {
        Trace trace = Bptt.forward(Init.uniform(Rnn.tanh(1, 2), 0, random), Cases.sequence(4, 1, 1, random));
        refused(
                "distances: expected ascending within 0 … T = 4, got [0, 9]",
                () -> Decay.norms(trace, new int[] {0, 9}, Norm.SPECTRAL));
        refused(
                "distances: expected ascending within 0 … T = 4, got [2, 2]",
                () -> Decay.norms(trace, new int[] {2, 2}, Norm.SPECTRAL));
        refused(
                "distances: expected ascending within 0 … T = 4, got []",
                () -> Decay.norms(trace, new int[0], Norm.SPECTRAL));
        refused(
                "expected 1 values that are numbers from each seed, got [NaN]",
                () -> Decay.overSeeds(2, new double[1], r -> new double[] {Double.NaN}));
        refused(
                "expected 1 values that are numbers from each seed, got [0.0, 0.0]",
                () -> Decay.overSeeds(2, new double[1], r -> new double[2]));
        refused(
                "expected 0 ≤ k ≤ t ≤ 4 and sequence 0 … 0, got k = 3, t = 2, sequence 0",
                () -> Jacobians.product(trace, 0, 2, 3));
        refused("sequence: expected 0 … 0, got -1", () -> Jacobians.toLast(trace, -1));
        refused("seeds: expected at least 1, got 0", () -> Decay.overSeeds(0, new double[1], r -> new double[1]));
        refused("sequence: expected 0 … 0, got 1", () -> Jacobians.toLast(trace, 1));
        refused("seeds: expected 1×2, got 1×3", () -> new StateGradients(trace, 0, new SimpleMatrix(1, 3), 4));
        refused(
                "seeds: expected at least one row, got none",
                () -> new StateGradients(trace, 0, new SimpleMatrix(0, 2), 4));
        refused("seeds: expected at least one row, got null", () -> new StateGradients(trace, 0, null, 4));
        refused("t: expected 0 … 4, got 5", () -> new StateGradients(trace, 0, SimpleMatrix.identity(2), 5));
        refused("t: expected 1 … 4, got 0", () -> Jacobians.step(trace, 0, 0));
        StateGradients pass = new StateGradients(trace, 0, SimpleMatrix.identity(2), 3);
        refused("k: expected descending within 3 … 0, got [2, -1]", () -> pass.rows(2, -1));
        refused("k: expected descending within 3 … 0, got [1, 2]", () -> pass.rows(1, 2));
        pass.rows(2);
        refused("k: expected descending within 2 … 0, got [3]", () -> pass.rows(3));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
    }

    /**
     * The number of threads that share the seeds changes no bit: all seeds are enough work for two, half of them are
     * not.
     */
    @Test
    void halfOfTheSeedsGiveHalfOfTheJacobian() {
        int H = 130;
        Parameters p = Init.uniform(Rnn.tanh(2, H), 0, random);
        Trace trace = Bptt.forward(p, Cases.sequence(3, 2, 1, random));
        SimpleMatrix whole = Jacobians.toLast(trace, 0).get(0), I = SimpleMatrix.identity(H);
        for (int from : new int[] {0, H / 2}) {
            StateGradients pass = new StateGradients(trace, 0, I.rows(from, from + H / 2), 3);
            assertTrue(
                    whole.rows(from, from + H / 2).isIdentical(pass.rows(2, 0).get(1), 0));
        }
    }
}
