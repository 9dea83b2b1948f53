package bptt.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ThemeTest {
    private static final Color DARK = new Color(0x440154), NEXT = new Color(0x414487), MIDDLE = new Color(0x2A788E);
    private static final Color LIGHT = new Color(0x7AD151);

    /** Five colours; nine series take those and what lies halfway between. */
    @Test
    void theRamp() {
        assertEquals(DARK, Theme.ramp(0, 1));
        assertEquals(DARK, Theme.ramp(0, 2));
        assertEquals(LIGHT, Theme.ramp(1, 2));
        assertEquals(MIDDLE, Theme.ramp(1, 3));
        assertEquals(new Color(67, 35, 110), Theme.ramp(1, 9)); // of (68, 1, 84) and (65, 68, 135), rounded up
        assertEquals(NEXT, Theme.ramp(2, 9));
        assertEquals(LIGHT, Theme.ramp(8, 9));
    }

    /** 55 % on the way to black, 45 % to white, and then the colour again. */
    @Test
    void shades() {
        Color colour = new Color(100, 200, 40);
        assertEquals(colour, Theme.shade(colour, 0));
        assertEquals(new Color(45, 90, 18), Theme.shade(colour, 1));
        assertEquals(new Color(170, 225, 137), Theme.shade(colour, 2));
        assertEquals(colour, Theme.shade(colour, 3));
    }

    @Test
    void strokes() {
        assertEquals(5.5f, Theme.stroke("IRNN, c = 1").getLineWidth());
        assertEquals(2.2f, Theme.stroke("LSTM").getLineWidth());
    }

    /** The rate is that of the updates since the first that the bar saw, which need not be the training's first. */
    @Test
    void theBarsRateAndTheTimeLeft() throws InterruptedException {
        for (int[] updates : new int[][] {{1, 1000}, {1000, 1000}, {1, 1}}) { // the last: not "7 per second"
            int first = updates[0], more = updates[1];
            List<String> lines = new ArrayList<>();
            long before = System.nanoTime();
            ProgressBar bar = new ProgressBar("GRU", lines::add);
            long started = System.nanoTime();
            bar.at(first, 4000, 1, false);
            Thread.sleep(300);
            double least = (System.nanoTime() - started) / 1e9;
            bar.at(first + more, 4000, 1, false);
            double most = (System.nanoTime() - before) / 1e9;
            assertEquals(2, lines.size());
            Matcher said = Pattern.compile("GRU \\|(█*) *\\| .*, ([0-9.]+) per second, at most (\\d+) s left")
                    .matcher(lines.get(1));
            assertTrue(said.matches(), lines.get(1));
            assertEquals(24 * (first + more) / 4000, said.group(1).length());
            double rate = Double.parseDouble(said.group(2)), left = Double.parseDouble(said.group(3));
            double rounding = 0.005;
            assertTrue(rate >= (more + 1) / most * (1 - rounding), rate + " per second");
            assertTrue(rate <= (more + 1) / least * (1 + rounding), rate + " per second");
            assertEquals((4000 - more - first) / rate, left, 0.5 + left * rounding);
        }
    }

    @Test
    void theBarOfATerminal() {
        PrintStream usual = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            ProgressBar.terminal("tanh").at(7, 9, 1, true);
        } finally {
            System.setErr(usual);
        }
        assertEquals("\rtanh: 7 updates\u001b[K", out.toString(StandardCharsets.UTF_8));
    }
}
