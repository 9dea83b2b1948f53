package bptt.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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

    /** Of a largest entry of 128 and a bound of 1/64, 2 is the largest that can be anything; 0 is meant, and 2.5 is seen. */
    @Test
    void entriesThatAreTooSmallToBeSeen() {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Claim.claim("flow.jacobian").agrees("case", row(128, 2, 0, 2.5, 100), row(128, 1, 0, 2.5, 100), 1 / 64.0);
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
        assertSame(claim, claim.failsAsPrinted("x", 2, 1));
        refused(
                "flow.jacobian does not hold: as printed, case: error 0.0625 is not > 0.0625",
                () -> claim.failsAsPrinted("case", near, one.copy(), one, 0.0625));
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
