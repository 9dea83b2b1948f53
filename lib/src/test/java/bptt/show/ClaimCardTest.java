package bptt.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bptt.check.Claim;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;

class ClaimCardTest {
    private static final String LEFT = "padding-left: 0.8em; margin: 0.3em 0; line-height: 1.6\">\n";
    private static final String BLUE = "<div style=\"border-left: 3px solid #0072B2; " + LEFT;
    private static final String RED = "<div style=\"border-left: 3px solid #D55E00; " + LEFT;
    private static final String TITLE = "<div><code>flow.jacobian</code> ∂<i>h</i><sub><i>t</i></sub>/∂<i>h</i>"
            + "<sub><i>t</i>−1</sub> = diag(1 − <i>h</i><sub><i>t</i></sub>²) <i>W</i><sub>hh</sub></div>\n";

    private static SimpleMatrix row(double... values) {
        return new SimpleMatrix(1, values.length, true, values);
    }

    /** The wrong forms stand last, folded, wherever among the lines they were rejected. */
    @Test
    void rejectionsAreFolded() {
        Claim claim = Claim.claim("flow.jacobian")
                .agrees("T = 6", row(1), row(1), 1e-12)
                .rejects("W_hhᵀ", row(2));
        String held = BLUE + TITLE + "<div>✓ <i>T</i> = 6: error 0 ≤ 10<sup>−12</sup></div>\n";
        assertEquals(
                held + "<details>\n<summary>✗ 1 wrong form rejected</summary>\n"
                        + "<div>✗ <i>W</i><sub>hh</sub><sup>⊤</sup>: error 0.5 &gt; 10<sup>−12</sup>, rejected</div>\n"
                        + "</details>\n</div>",
                new ClaimCard(claim).html());
        claim.rejects("none", row(0)).atMost("norm", -1.5, 2).failsAsPrinted("a form", row(0.5), row(1), row(1), 1e-12);
        assertEquals(
                held + "<div>✓ norm: −1.5 ≤ 2</div>\n"
                        + "<div>≠ as printed, a form: error 0.5 &gt; 10<sup>−12</sup>; 0.5 times as long, at 0°</div>\n"
                        + "<details>\n<summary>✗ 2 wrong forms rejected</summary>\n"
                        + "<div>✗ <i>W</i><sub>hh</sub><sup>⊤</sup>: error 0.5 &gt; 10<sup>−12</sup>, rejected</div>\n"
                        + "<div>✗ none: error 1 &gt; 10<sup>−12</sup>, rejected</div>\n"
                        + "</details>\n</div>",
                new ClaimCard(claim).html());
        String text = new ClaimCard(claim).toString();
        assertEquals("""
                flow.jacobian · ∂h_t/∂h_{t−1} = diag(1 − h_t²) W_hh
                  ✓ T = 6: error 0 ≤ 1e-12
                  ✗ W_hhᵀ: error 0.5 > 1e-12, rejected
                  ✗ none: error 1 > 1e-12, rejected
                  ✓ norm: -1.5 ≤ 2
                  ≠ as printed, a form: error 0.5 > 1e-12; 0.5 times as long, at 0°""", text);
    }

    /** It is in another colour, and what failed is not folded away. */
    @Test
    void aFailedClaim() {
        Claim claim = Claim.claim("flow.jacobian").rejectsAtMost("below 1", 2, 1);
        assertThrows(AssertionError.class, () -> claim.atLeast("<em>\"x\" & y</em>", 1, 2));
        assertEquals(
                RED + TITLE + "<details>\n<summary>✗ 1 wrong form rejected</summary>\n"
                        + "<div>✗ below 1: expected ≤ 1, measured 2, rejected</div>\n</details>\n"
                        + "<div>✘ &lt;em&gt;&quot;<i>x</i>&quot; &amp; <i>y</i>&lt;/em&gt;: 1 is not ≥ 2</div>\n"
                        + "</div>",
                new ClaimCard(claim).html());
    }
}
