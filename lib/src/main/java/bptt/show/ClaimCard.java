package bptt.show;

import bptt.check.Claim;
import bptt.check.Claim.Kind;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A claim as a notebook shows it: the formula, a line a comparison, and the wrong forms folded under their number.
 *
 * @param claim with at least one line
 */
public record ClaimCard(Claim claim) {
    private static final String STYLE =
            "border-left: 3px solid %s; padding-left: 0.8em; margin: 0.3em 0; line-height: 1.6";

    /**
     * The card.
     *
     * @return one HTML element
     */
    public String html() {
        List<Claim.Line> wrong = lines(Kind.REJECTED);
        String folded = wrong.isEmpty()
                ? ""
                : "<details>\n<summary>✗ %d wrong form%s rejected</summary>\n%s</details>\n"
                        .formatted(wrong.size(), wrong.size() == 1 ? "" : "s", html(wrong));
        boolean failed = !lines(Kind.FAILED).isEmpty();
        return "<div style=\"%s\">\n<div><code>%s</code> %s</div>\n%s%s%s%s</div>"
                .formatted(
                        STYLE.formatted(failed ? "#D55E00" : "#0072B2"),
                        Tables.escape(claim.id()),
                        Formula.of(claim.statement()).html(),
                        html(lines(Kind.HOLDS)),
                        html(lines(Kind.PRINTED)),
                        folded,
                        html(lines(Kind.FAILED)));
    }

    private List<Claim.Line> lines(Kind kind) {
        return claim.lines().stream().filter(line -> line.kind() == kind).toList();
    }

    private static String html(List<Claim.Line> lines) {
        return lines.stream()
                .map(line -> "<div>" + Formula.of(line.toString()).html() + "</div>\n")
                .collect(Collectors.joining());
    }

    /** The same, line by line in their order. */
    @Override
    public String toString() {
        return claim.lines().stream().map(line -> "\n  " + line).collect(Collectors.joining("", claim.title(), ""));
    }
}
