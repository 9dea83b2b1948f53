package bptt.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Edges of claims and of derivatives that no value of a notebook meets. */
class ClaimTest {
    private static SimpleMatrix row(double... values) {
        return new SimpleMatrix(1, values.length, true, values);
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(Throwable.class, call).getMessage());
    }

    /** Of a largest entry of 128 and a bound of 1/64, 2 is the largest that can be anything; 0 is meant, 2.5 seen. */
    @Test
    void entriesThatAreTooSmallToBeSeen() {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Claim.claim("flow.jacobian").agrees("case", row(128, 2, 0, 2.5, 0), row(128, 1, 0, 2.5, 0), 1 / 64.0);
        } finally {
            System.setOut(console);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("case (1 of 5 entries too small to be seen): error"), text);
    }

    /** Errors that are the bound itself, 1/16: the corrected form may have it, the printed one may not. */
    @Test
    void aPrintedFormAtTheBound() {
        Claim claim = Claim.claim("flow.jacobian");
        SimpleMatrix one = row(1), near = row(0.9375);
        assertSame(claim, claim.failsAsPrinted("case", row(2), near, one, 0.0625));
        refused(
                "flow.jacobian does not reject: as printed, case: error 0.0625 ≤ 0.0625",
                () -> claim.failsAsPrinted("case", near, one.copy(), one, 0.0625));
    }

    /** 1/16 again: a formula may have it, a wrong one that has it is not rejected. */
    @Test
    void aFormulaAtTheBound() {
        Claim claim = Claim.claim("flow.jacobian").agrees("case", row(0.9375), row(1), 0.0625);
        assertEquals("✓ case: error 0.0625 ≤ 0.0625", last(claim));
        refused(
                "flow.jacobian does not reject: wrong: error 0.0625 ≤ 0.0625",
                () -> claim.rejects("wrong", row(0.9375)));
    }

    private static String last(Claim claim) {
        return claim.lines().get(claim.lines().size() - 1).toString();
    }

    /**
     * (3, 4) has the length 5; (6, 8) is twice as long and has its direction, (−4, 3) stands upright on it, (−3, −4) is
     * opposite, and (1, 7), of the length √50 = 7.07, has the cosine (3 + 28) / (5 √50) = 0.877, that of 29°.
     */
    @Test
    void theLengthAndTheAngleOfAPrintedForm() {
        SimpleMatrix truth = row(3, 4);
        Claim claim = Claim.claim("flow.jacobian");
        claim.failsAsPrinted("a", row(6, 8), row(3, 4), truth, 1e-12);
        assertEquals("≠ as printed, a: error 0.5 > 1e-12; 2 times as long, at 0°", last(claim));
        claim.failsAsPrinted("b", row(-4, 3), row(3, 4), truth, 1e-12);
        assertEquals("≠ as printed, b: error 1.75 > 1e-12; 1 times as long, at 90°", last(claim));
        claim.failsAsPrinted("c", row(-3, -4), row(3, 4), truth, 1e-12);
        assertEquals("≠ as printed, c: error 2 > 1e-12; 1 times as long, at 180°", last(claim));
        claim.failsAsPrinted("d", row(1, 7), row(3, 4), truth, 1e-12);
        assertEquals("≠ as printed, d: error 0.429 > 1e-12; 1.41 times as long, at 29°", last(claim));
        claim.failsAsPrinted("e", row(0, 0), row(3, 4), truth, 1e-12);
        assertEquals("≠ as printed, e: error 1 > 1e-12; 0 times as long", last(claim));
    }

    /** Each way at its edge and on both sides of it; what is no number is on neither side. */
    @Test
    void inequalities() {
        Claim claim = Claim.claim("flow.jacobian");
        claim.atMost("x", 1, 2).atMost("x", 2, 2).atLeast("y", 3, 2).atLeast("y", 2, 2);
        claim.rejectsAtMost("u", 3, 2).rejectsAtLeast("v", 1, 2);
        claim.failsAsPrintedAtMost("u", 3, 2).failsAsPrintedAtLeast("v", 1, 2);
        assertEquals(
                List.of(
                        "✓ x: 1 ≤ 2",
                        "✓ x: 2 ≤ 2",
                        "✓ y: 3 ≥ 2",
                        "✓ y: 2 ≥ 2",
                        "✗ u: expected ≤ 2, measured 3, rejected",
                        "✗ v: expected ≥ 2, measured 1, rejected",
                        "≠ as printed, u: expected ≤ 2, measured 3: refuted",
                        "≠ as printed, v: expected ≥ 2, measured 1: refuted"),
                claim.lines().stream().map(Claim.Line::toString).toList());
        assertEquals("flow.jacobian holds (4 comparisons, 4 wrong forms rejected)", claim.toString());
        assertSame(claim, claim.rejectsAtLeast("w", 1, 2));
        assertSame(claim, claim.failsAsPrintedAtLeast("w", 1, 2));
        refused("flow.jacobian does not hold: x: 3 is not ≤ 2", () -> claim.atMost("x", 3, 2));
        refused("flow.jacobian does not hold: y: 1 is not ≥ 2", () -> claim.atLeast("y", 1, 2));
        String no = "flow.jacobian does not reject: ";
        for (double at : new double[] {2, 1}) {
            refused(no + "u: expected ≤ 2, measured " + (int) at, () -> claim.rejectsAtMost("u", at, 2));
            refused(
                    no + "as printed, u: expected ≤ 2, measured " + (int) at,
                    () -> claim.failsAsPrintedAtMost("u", at, 2));
        }
        for (double at : new double[] {2, 3}) {
            refused(no + "v: expected ≥ 2, measured " + (int) at, () -> claim.rejectsAtLeast("v", at, 2));
            refused(
                    no + "as printed, v: expected ≥ 2, measured " + (int) at,
                    () -> claim.failsAsPrintedAtLeast("v", at, 2));
        }
        assertEquals("✘ as printed, v: expected ≥ 2, measured 3", last(claim));
        assertEquals("flow.jacobian does not hold", claim.toString());
    }

    @Test
    void whatIsNoNumberIsOnNeitherSide() {
        Claim claim = Claim.claim("flow.jacobian");
        double[] none = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (double v : none) {
            for (double[] pair : new double[][] {{v, 1}, {1, v}, {v, v}}) {
                double measured = pair[0], bound = pair[1];
                List<Executable> calls = List.of(
                        () -> claim.atMost("x", measured, bound),
                        () -> claim.atLeast("x", measured, bound),
                        () -> claim.rejectsAtMost("x", measured, bound),
                        () -> claim.rejectsAtLeast("x", measured, bound),
                        () -> claim.failsAsPrintedAtMost("x", measured, bound),
                        () -> claim.failsAsPrintedAtLeast("x", measured, bound));
                calls.forEach(call -> assertThrows(AssertionError.class, call, measured + ", " + bound));
            }
        }
        assertEquals(3 * 3 * 6, claim.lines().size());
        assertTrue(claim.lines().stream().allMatch(line -> line.kind() == Claim.Kind.FAILED));
        refused("flow.jacobian does not hold: x: NaN is not ≥ 1", () -> claim.atLeast("x", Double.NaN, 1));
    }

    /** A listener is told after each line, of the claim so far, and of the one that fails before it is thrown. */
    @Test
    void whoeverListensIsToldOfEachLine() {
        List<String> told = new ArrayList<>();
        Claim.tell(claim -> told.add(claim.id() + claim.lines()));
        try {
            Claim claim = Claim.claim("flow.jacobian").atMost("x", 1, 2);
            assertThrows(AssertionError.class, () -> claim.atMost("y", 3, 2));
        } finally {
            Claim.tell(Claim::print);
        }
        assertEquals(List.of("flow.jacobian[✓ x: 1 ≤ 2]", "flow.jacobian[✓ x: 1 ≤ 2, ✘ y: 3 is not ≤ 2]"), told);
    }

    @Test
    void derivativesAtNoNumberAndOfManyNumbers() {
        SimpleMatrix nan = row(Double.NaN);
        String message = "where to differentiate: expected finite numbers, got NaN in row 0, column 0";
        refused(message, () -> Derivatives.complexStep(a -> a, nan));
        refused(message, () -> Derivatives.central(a -> a, nan, 1e-6));
        refused(
                "derivative of a single number: expected 1×2, got 2×2",
                () -> Derivatives.gradient(SimpleMatrix.identity(2), row(1, 2)));
    }
}
