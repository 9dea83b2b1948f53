package bptt.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Cases;
import bptt.cell.Elementwise;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CheckTest {
    private final SimpleMatrix a = Cases.matrix(2, 3, new Random(1));

    private static Claim claim() {
        return Claim.claim("flow.jacobian");
    }

    private static void fails(String message, Executable call) {
        assertEquals(message, assertThrows(AssertionError.class, call).getMessage());
    }

    @Test
    void aTrueClaimIsPrintedLineByLine() {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Claim claim = claim().agrees("case", a.copy(), a, 1e-12)
                    .rejects("twice", a.scale(2))
                    .atMost("x", 1, 2);
            claim.rejectsAtMost("y", 2, 1).failsAsPrinted("halved", a.scale(0.5), a.copy(), a, 1e-12);
            assertEquals("flow.jacobian holds (2 comparisons, 3 wrong forms rejected)", claim.toString());
        } finally {
            System.setOut(console);
        }
        assertEquals("""
                flow.jacobian · ∂h_t/∂h_{t−1} = diag(1 − h_t²) W_hh
                  ✓ case: error 0 ≤ 1e-12
                  ✗ twice: error 0.5 > 1e-12, rejected
                  ✓ x: 1 ≤ 2
                  ✗ y: expected ≤ 1, measured 2, rejected
                  ≠ as printed, halved: error 0.5 > 1e-12; 0.5 times as long, at 0°
                """, printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whatMustFailFails() {
        fails("flow.jacobian does not hold: case: error 1e-6 > 1e-12", () -> claim().agrees(
                        "case", a.scale(1 + 1e-6), a, 1e-12));
        fails(
                "flow.jacobian does not reject: a right form: error 0 ≤ 1e-12",
                () -> claim().agrees("case", a.copy(), a, 1e-12).rejects("a right form", a));
        fails("flow.jacobian does not hold: x: 2 is not ≤ 1", () -> claim().atMost("x", 2, 1));
        fails("flow.jacobian does not hold: x: NaN is not ≤ 1", () -> claim().atMost("x", Double.NaN, 1));
    }

    @Test
    void whatProvesNothingFails() {
        SimpleMatrix nan = a.copy();
        nan.set(1, 1, Double.NaN);
        fails("flow.jacobian: the formula's side has NaN at index 4", () -> claim().agrees("case", nan, a, 1e-12));
        fails("flow.jacobian: the independent side has NaN at index 4", () -> claim().agrees("case", a, nan, 1e-12));
        fails("flow.jacobian: the formula's side is all zero", () -> claim().agrees(
                        "case", new SimpleMatrix(2, 2), new SimpleMatrix(2, 2), 1e-12));
        fails("flow.jacobian: the formula's side is empty", () -> claim().agrees(
                        "case", new SimpleMatrix(0, 2), new SimpleMatrix(0, 2), 1e-12));
        fails("cannot compare 2×3 with 3×2", () -> claim().agrees("case", a, a.transpose(), 1e-12));
        fails(
                "flow.jacobian does not reject: NaN is no rejection: error NaN is neither ≤ nor > 1e-12",
                () -> claim().agrees("case", a.copy(), a, 1e-12).rejects("NaN is no rejection", nan));
        assertThrows(IllegalStateException.class, () -> claim().rejects("nothing yet", a));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Claim.claim("flow.jakobian"))
                .getMessage()
                .startsWith("unknown claim “flow.jakobian”: expected one of flow.always, flow.always', "));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Claim.claim(null))
                .getMessage()
                .startsWith("unknown claim “null”: expected one of "));
    }

    /** Each function along the real axis, its derivative by the complex step against its known one. */
    @Test
    void elementwiseFunctionsAndTheirComplexSteps() {
        SimpleMatrix x = new SimpleMatrix(1, 4, true, -1.3, -0.2, 0.4, 2.1);
        check(Elementwise::tanh, x, v -> 1 - Math.pow(Math.tanh(v), 2));
        check(Elementwise::sigmoid, x, v -> Math.exp(-v) / Math.pow(1 + Math.exp(-v), 2));
        check(Elementwise::exp, x, Math::exp);
        check(Elementwise::relu, x, v -> v > 0 ? 1 : 0);
        check(Elementwise::log, x.elementMult(x).plus(1.0), v -> 1 / v);
    }

    private static void check(
            UnaryOperator<SimpleMatrix> f, SimpleMatrix x, java.util.function.DoubleUnaryOperator derivative) {
        SimpleMatrix z = x.copy();
        z.convertToComplex();
        assertTrue(Claim.error(f.apply(x), f.apply(z).real()) <= 1e-15);
        SimpleMatrix J = Derivatives.complexStep(f, x);
        SimpleMatrix D = Derivatives.central(f, x, 6e-6);
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                double want = i == j ? derivative.applyAsDouble(x.get(j)) : 0;
                assertEquals(want, J.get(i, j), 1e-14);
                assertEquals(want, D.get(i, j), 1e-9);
            }
        }
    }

    @Test
    void tanhSaturatesInsteadOfOverflowing() {
        SimpleMatrix z = new SimpleMatrix(1, 2, true, 1000, -1000);
        z.convertToComplex();
        assertEquals(1, Elementwise.tanh(z).getReal(0, 0));
        assertEquals(-1, Elementwise.tanh(z).getReal(0, 1));
    }

    @Test
    void badInput() {
        assertThrows(IllegalArgumentException.class, () -> Derivatives.central(A -> A, a, 0));
        assertThrows(IllegalArgumentException.class, () -> Derivatives.gradient(a, a));
    }

    /** Each comparison exactly at its edge. */
    @Test
    void edges() {
        SimpleMatrix one = new SimpleMatrix(1, 1, true, 1), near = new SimpleMatrix(1, 1, true, 0.9375);
        claim().agrees("at the bound", near, one, 0.0625).atMost("equal", 1, 1);
        fails(
                "flow.jacobian does not reject: at the bound: error 0.0625 ≤ 0.0625",
                () -> claim().agrees("case", one.copy(), one, 0.0625).rejects("at the bound", near));
        fails("flow.jacobian does not reject: x: expected ≤ 1, measured 1", () -> claim().rejectsAtMost("x", 1, 1));
        fails("flow.jacobian does not hold: x: -Infinity is not ≤ 1", () -> claim().atMost(
                        "x", Double.NEGATIVE_INFINITY, 1));
        fails("flow.jacobian does not hold: x: 1 is not ≤ Infinity", () -> claim().atMost(
                        "x", 1, Double.POSITIVE_INFINITY));
        claim().rejectsAtMost("x", 2, 1);
        for (double bound : new double[] {0, -1, 0.1001, 1, Double.POSITIVE_INFINITY, Double.NaN}) {
            assertEquals(
                    "flow.jacobian: expected a relative bound above 0 and at most 0.1, got " + bound,
                    assertThrows(IllegalArgumentException.class, () -> claim().agrees("x", one.copy(), one, bound))
                            .getMessage());
        }
        claim().agrees("the largest bound", one.scale(0.95), one, 0.1);
        fails("flow.jacobian does not reject: x: expected ≤ 1, measured Infinity", () -> claim().rejectsAtMost(
                        "x", Double.POSITIVE_INFINITY, 1));
        fails("flow.jacobian does not reject: x: expected ≤ -Infinity, measured 1", () -> claim().rejectsAtMost(
                        "x", 1, Double.NEGATIVE_INFINITY));
        fails(
                "flow.jacobian does not reject: as printed, x: expected ≤ -Infinity, measured 1",
                () -> claim().failsAsPrintedAtMost("x", 1, Double.NEGATIVE_INFINITY));
        assertEquals(0.75, Claim.error(one, one.scale(4)));
        assertEquals(0.75, Claim.error(one.scale(4), one));
        assertEquals(0, Claim.error(new SimpleMatrix(2, 2), new SimpleMatrix(2, 2)));
    }

    @Test
    void aPrintedFormMustFail() {
        claim().failsAsPrinted("case", a.scale(2), a.copy(), a, 1e-12);
        fails("flow.jacobian does not reject: as printed, case: error 0 ≤ 1e-12", () -> claim().failsAsPrinted(
                        "case", a, a.copy(), a, 1e-12));
        fails("flow.jacobian: the independent side is all zero", () -> claim().failsAsPrinted(
                        "case", a, a.copy(), a.scale(0), 1e-12));
        fails(
                "flow.jacobian: the corrected form of case has the error 2, not at most 1e-12",
                () -> claim().failsAsPrinted("case", a.scale(2), a.copy(), a.negative(), 1e-12));
        claim().failsAsPrintedAtMost("never above", 2, 1);
        fails(
                "flow.jacobian does not reject: as printed, never above: expected ≤ 1, measured 1",
                () -> claim().failsAsPrintedAtMost("never above", 1, 1));
        fails(
                "flow.jacobian does not reject: as printed, never above: expected ≤ 1, measured NaN",
                () -> claim().failsAsPrintedAtMost("never above", Double.NaN, 1));
    }

    /** One matrix is no two values, and entries that the error cannot see are counted. */
    @Test
    void whatAComparisonDoesNotSee() {
        assertEquals(
                "flow.jacobian: expected two values obtained independently, got the same matrix twice",
                assertThrows(IllegalArgumentException.class, () -> claim().agrees("case", a, a, 1e-12))
                        .getMessage());
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            claim().agrees(
                            "a faint entry",
                            new SimpleMatrix(1, 3, true, 1, 1e-13, 0.0),
                            new SimpleMatrix(1, 3, true, 1, 5e-13, 0.0),
                            1e-12);
        } finally {
            System.setOut(console);
        }
        String line = printed.toString(StandardCharsets.UTF_8).lines().toList().get(1);
        assertEquals("  ✓ a faint entry (1 of 3 entries too small to be seen): error 4e-13 ≤ 1e-12", line);
    }

    /** A wrong form is held against the independent side, whatever becomes of that matrix later. */
    @Test
    void rejectionsAreMadeAgainstTheTruth() {
        SimpleMatrix truth = new SimpleMatrix(1, 1, true, 1);
        Claim claim = claim().agrees("loose", new SimpleMatrix(1, 1, true, 1.009), truth, 0.01);
        truth.set(0, 2);
        assertThrows(AssertionError.class, () -> claim.rejects("near the truth", new SimpleMatrix(1, 1, true, 0.9985)));
        SimpleMatrix z = truth.copy();
        z.convertToComplex();
        fails("flow.jacobian: the formula's side is complex", () -> claim().agrees("z", z, truth, 1e-12));
    }

    @Test
    void aFunctionThatDropsTheImaginaryPartIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Derivatives.complexStep(SimpleMatrix::real, a));
        assertThrows(IllegalArgumentException.class, () -> Reference.of(
                        Parameters.zeros(Rnn.tanh(1, 1), 0), List.of(new SimpleMatrix(1, 1)))
                .derivative("W_hq", out -> null));
    }

    /** A 2×3-valued function: rows of the derivative run through its columns. */
    @Test
    void matrixValuedFunctions() {
        SimpleMatrix x = Cases.matrix(3, 1, new Random(2));
        SimpleMatrix J = Derivatives.complexStep(z -> a.mult(z).mult(new SimpleMatrix(1, 2, true, 1, 10)), x);
        assertTrue(J.isIdentical(a.concatRows(a.scale(10)), 1e-14));
    }

    @Test
    void complexSigmoidInBothTails() {
        SimpleMatrix x = new SimpleMatrix(1, 3, true, -1000, -400, 400);
        SimpleMatrix z = x.copy();
        z.convertToComplex();
        assertTrue(Claim.error(
                        Elementwise.sigmoid(z).real().cols(1, 2),
                        Elementwise.sigmoid(x).cols(1, 2))
                <= 1e-14);
        assertEquals(0, Elementwise.sigmoid(z).getReal(0, 0));
        assertEquals(1, Elementwise.sigmoid(z).getReal(0, 2));
    }
}
