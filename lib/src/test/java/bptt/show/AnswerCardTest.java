package bptt.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bptt.exercise.Feedback;
import bptt.exercise.Feedback.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerCardTest {
    @ParameterizedTest
    @CsvSource({
        "RIGHT, #0072B2, ✓",
        "MISTAKE, #D55E00, ✗",
        "OFF, #D55E00, ✗",
        "UNREADABLE, #D55E00, ?",
        "OPEN, #767676, ○",
        "HINT, #767676, →"
    })
    void isColouredByItsKind(Kind kind, String colour, String mark) {
        AnswerCard card = new AnswerCard(new Feedback("02.3", "∂L/∂h_1", kind, "W_hhᵀ < 1"));
        assertEquals(
                "<div style=\"border-left: 3px solid " + colour
                        + "; padding-left: 0.8em; margin: 0.3em 0; line-height: 1.6\">\n"
                        + "<div><code>02.3</code> ∂<i>L</i>/∂<i>h</i><sub>1</sub></div>\n"
                        + "<div>" + mark + " <i>W</i><sub>hh</sub><sup>⊤</sup> &lt; 1</div>\n</div>",
                card.html());
        assertEquals("exercise 02.3 · ∂L/∂h_1\n  " + mark + " W_hhᵀ < 1", card.toString());
    }
}
