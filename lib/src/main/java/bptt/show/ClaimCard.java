package bptt.show;

import bptt.check.Claim;
import bptt.check.Claim.Kind;
import bptt.math.Numbers;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A claim as a notebook shows it: the formula, a line a comparison, and the wrong forms folded under their number.
 *
 * @param claim with at least one line
 */
public record ClaimCard(Claim claim) {
    private static final String FRAME =
            "<div style=\"border-left: 3px solid %s; padding-left: 0.8em; margin: 0.3em 0; line-height: 1.6\">\n"
                    + "%s</div>";
    static final String BLUE = "#0072B2", ORANGE = "#D55E00", GREY = "#767676";

    /**
     * The card.
     *
     * @return one HTML element
     */
    public String html() {
        List<Claim.Line> wrong = lines(Kind.REJECTED);
        String folded = wrong.isEmpty()
                ? ""
                : Numbers.format(
                        "<details>\n<summary>✗ %d wrong form%s rejected</summary>\n%s</details>\n",
                        wrong.size(), wrong.size() == 1 ? "" : "s", html(wrong));
        boolean failed = !lines(Kind.FAILED).isEmpty();
        return framed(
                failed ? ORANGE : BLUE,
                title(claim.id(), claim.statement())
                        + html(lines(Kind.HOLDS))
                        + html(lines(Kind.PRINTED))
                        + folded
                        + html(lines(Kind.FAILED)));
    }

    /** Lines behind a bar of that colour. */
    static String framed(String colour, String lines) {
        return Numbers.format(FRAME, colour, lines);
    }

    /** The first line: an id, and what it is about. */
    static String title(String id, String statement) {
        return Numbers.format(
                "<div><code>%s</code> %s</div>\n",
                Tables.escape(id), Formula.of(statement).html());
    }

    static String line(String text) {
        return "<div>" + Formula.of(text).html() + "</div>\n";
    }

    private List<Claim.Line> lines(Kind kind) {
        return claim.lines().stream().filter(line -> line.kind() == kind).toList();
    }

    private static String html(List<Claim.Line> lines) {
        return lines.stream().map(line -> line(line.toString())).collect(Collectors.joining());
    }

    /** The same, line by line in their order. */
    @Override
    public String toString() {
        return claim.lines().stream().map(line -> "\n  " + line).collect(Collectors.joining("", claim.title(), ""));
    }
}
