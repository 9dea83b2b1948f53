package bptt.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FormulaTest {
    private static void html(String want, String text) {
        assertEquals(want, Formula.of(text).html());
    }

    @Test
    void indicesAndExponents() {
        html("<i>W</i><sub>hh</sub>", "W_hh");
        html("<i>h</i><sub><i>t</i>−1</sub>", "h_{t−1}");
        html("<i>ρ</i><sup><i>T</i>−<i>k</i></sup>", "ρ^(T−k)");
        html("<i>σ</i>₁<sup><i>n</i></sup>", "σ₁^n");
        html("<i>β</i><sub><i>W</i></sub> <i>β</i><sub><i>φ</i></sub> &lt; 1", "β_W β_φ < 1");
        html("<i>h</i><sub><i>t</i></sub>² + <i>h</i><sub>∞</sub>", "h_t² + h_∞");
        html("<i>x</i><sub>−1</sub> <i>x</i><sub>1</sub>′", "x_−1 x_1′");
        html("<i>W</i><sub>hh</sub><sup>⊤</sup><i>δ</i><sup>⊤</sup>", "W_hhᵀδᵀ");
    }

    /** What stands alone is no index of anything, and brackets that do not close hold none. */
    @Test
    void whatIsNoIndex() {
        html("_hh and ^ 2", "_hh and ^ 2");
        html("<i>x</i>_{<i>t</i>", "x_{t");
        html("", "");
    }

    @Test
    void powersOfTen() {
        html("10<sup>−12</sup>", "1e-12");
        html("3·10<sup>−16</sup>", "3e-16");
        html("2.1·10<sup>−5</sup>, 11·10<sup>5</sup>", "2.1e-5, 11e5");
        html(
                "error 0 ≤ 10<sup>−12</sup>, −1.5 and −10<sup>20</sup> in [−1, 1]",
                "error 0 ≤ 1e-12, -1.5 and -1e20 in [-1, 1]");
        html("−2 (−3) 4-5 well-known", "-2 (-3) 4-5 well-known");
        html("name1 <i>e</i> 1e", "name1 e 1e");
    }

    /** Single letters are symbols; the article, words and what follows an apostrophe are none. */
    @Test
    void italics() {
        html("a line of <i>n</i> steps: <i>f</i>(<i>a</i>)", "a line of n steps: f(a)");
        html("A line, <i>A</i><sub><i>t</i></sub>", "A line, A_t");
        html("the LSTM’s gate, the LSTM's", "the LSTM’s gate, the LSTM's");
        html("∂<i>L</i>/∂<i>h</i><sub>0</sub>", "∂L/∂h_0");
    }

    @Test
    void escapes() {
        html("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;lt;", "<script>alert(\"1\")</script> &lt;");
        html("<i>x</i><sub>&lt;<i>b</i>&gt;</sub> <i>x</i><sup>&quot;&amp;</sup>", "x_{<b>} x^{\"&}");
    }

    /** Small letters are 0.72 of the others, 0.22 of their height below or 0.36 above; each begins where one ends. */
    @Test
    void drawnInItsPlaces() throws IOException {
        Formula formula = Formula.of("W_hhⁿ + x^2");
        String svg = Letters.svg(g -> {
            g.setColor(new Color(1, 2, 3));
            formula.draw(g, Theme.font(20), 100, 50);
        });
        String ink = "1,2,3";
        double w = Letters.width("W", 20), hh = Letters.width("hh", 14.4f), plus = Letters.width("ⁿ + x", 20);
        assertTrue(Letters.at(svg, ink, "W", 20, 100, 50));
        assertTrue(Letters.at(svg, ink, "hh", 14.4f, 100 + w, 54.4));
        assertTrue(Letters.at(svg, ink, "ⁿ + x", 20, 100 + w + hh, 50));
        assertTrue(Letters.at(svg, ink, "2", 14.4f, 100 + w + hh + plus, 42.8));
        double width = w + hh + plus + Letters.width("2", 14.4f);
        assertEquals(width, formula.width(Theme.font(20)), 1e-9);
        String centred = Letters.svg(g -> formula.drawCentred(g, Theme.font(20), 200, 50));
        assertTrue(Letters.at(centred, "0,0,0", "W", 20, 200 - width / 2, 50));
        assertEquals(0, Formula.of("").width(Theme.font(20)));
    }
}
