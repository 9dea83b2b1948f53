package bptt.show;

import bptt.math.Numbers;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of text whose indices and exponents stand where formulas have them: {@code W_hh}, {@code h_{t−1}},
 * {@code σ₁^n}, {@code ρ^(T−k)}, {@code δᵀ}, 3e-16. What follows _ or ^ is braces, parentheses or letters and digits.
 */
final class Formula {
    private static final double SMALLER = 0.72, LOWER = 0.22, HIGHER = 0.36; // of the height of the line's letters
    private static final FontRenderContext SHARP = new FontRenderContext(null, true, true);
    private static final Pattern RAISED =
            Pattern.compile("([_^])(?:\\{([^}]*)\\}|\\(([^)]*)\\)|([−-]?[A-Za-z0-9α-ωΑ-Ω∞]+))|(ᵀ)");
    private static final Pattern TEN = Pattern.compile("(?<![\\d.])1e(-?\\d+)\\b");
    private static final Pattern EXPONENT = Pattern.compile("(?<=\\d)e(-?\\d+)\\b");
    private static final Pattern LETTER = Pattern.compile("(?<![\\p{L}\\p{N}&’'])(\\p{L})(?![\\p{L}0-9’'])");

    private record Run(String text, char level) {} // ' ' on the line, '_' below, '^' above

    private final List<Run> runs = new ArrayList<>();

    private Formula(String plain) {
        String text = TEN.matcher(plain).replaceAll("10^{$1}");
        text = EXPONENT.matcher(text).replaceAll("·10^{$1}").replaceAll("(?<=^|[{ (\\[])-(?=\\d)", "−");
        Matcher m = RAISED.matcher(text);
        int from = 0;
        while (m.find()) {
            boolean index = m.start() > 0 && !Character.isWhitespace(text.charAt(m.start() - 1));
            if (!index) {
                continue;
            }
            add(text.substring(from, m.start()), ' ');
            if (m.group(5) != null) {
                add("⊤", '^');
            } else {
                String braces = m.group(2), parentheses = m.group(3);
                add(
                        braces != null ? braces : parentheses != null ? parentheses : m.group(4),
                        m.group(1).charAt(0));
            }
            from = m.end();
        }
        add(text.substring(from), ' ');
    }

    static Formula of(String text) {
        return new Formula(text);
    }

    private void add(String text, char level) {
        if (!text.isEmpty()) {
            runs.add(new Run(text, level));
        }
    }

    /** As HTML, with single letters in italics. */
    String html() {
        StringBuilder html = new StringBuilder();
        for (Run run : runs) {
            String tag = run.level == '_' ? "sub" : "sup", text = italic(Tables.escape(run.text));
            html.append(run.level == ' ' ? text : Numbers.format("<%s>%s</%s>", tag, text, tag));
        }
        return html.toString();
    }

    /** Single letters are symbols, but for the article; the letter of an entity such as &lt; is not alone. */
    private static String italic(String text) {
        return LETTER.matcher(text)
                .replaceAll(m -> "aA".contains(m.group()) && m.end() < text.length() && text.charAt(m.end()) == ' '
                        ? m.group()
                        : "<i>" + m.group() + "</i>");
    }

    double width(Font font) {
        return runs.stream().mapToDouble(run -> layout(run, font).getAdvance()).sum();
    }

    /** Draws it from x on, its line at base, as outlines, so that no viewer needs the font. */
    void draw(Graphics2D g, Font font, double x, double base) {
        for (Run run : runs) {
            double down = run.level == '_' ? LOWER : run.level == '^' ? -HIGHER : 0;
            TextLayout layout = layout(run, font);
            g.fill(layout.getOutline(AffineTransform.getTranslateInstance(x, base + down * font.getSize2D())));
            x += layout.getAdvance();
        }
    }

    void drawCentred(Graphics2D g, Font font, double x, double base) {
        draw(g, font, x - width(font) / 2, base);
    }

    private static TextLayout layout(Run run, Font font) {
        Font size = run.level == ' ' ? font : font.deriveFont((float) (SMALLER * font.getSize2D()));
        return new TextLayout(run.text, size, SHARP);
    }
}
