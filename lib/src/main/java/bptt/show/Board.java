package bptt.show;

import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * Small matrices as one writes them on a board, each behind its name, side by side as far as the page is wide.
 *
 * @param names one for each matrix, for example {@code J_2}
 * @param matrices real, of any shape
 */
public record Board(List<String> names, List<SimpleMatrix> matrices) {
    /** Columns of a page of text, or of a slide. */
    private static final int WIDTH = 92;

    private static final String STYLE =
            "display: inline-flex; flex-wrap: wrap; align-items: center; margin: 0.2em 1.8em 0.2em 0";

    /** Requires a name for each. */
    public Board {
        if (names.size() != matrices.size()) {
            throw new IllegalArgumentException(Numbers.format(
                    "board: expected a name for each matrix, got %d for %d", names.size(), matrices.size()));
        }
        names = List.copyOf(names);
        matrices = matrices.stream().map(SimpleMatrix::copy).toList();
    }

    /**
     * The matrices, which move below each other where the page is narrow.
     *
     * @return one HTML element
     */
    public String html() {
        return IntStream.range(0, names.size())
                .mapToObj(m -> Numbers.format(
                        "<div style=\"%s\"><span>%s&nbsp;=&nbsp;</span>"
                                + "<pre style=\"margin: 0; white-space: pre\">%s</pre></div>\n",
                        STYLE, Formula.of(names.get(m)).html(), String.join("\n", bracketed(matrices.get(m)))))
                .collect(Collectors.joining("", "<div>\n", "</div>"));
    }

    /** The same as text, as many in a row as fit. */
    @Override
    public String toString() {
        List<List<String>> blocks = IntStream.range(0, names.size())
                .mapToObj(m -> named(names.get(m), bracketed(matrices.get(m))))
                .toList();
        List<String> rows = new ArrayList<>();
        for (int from = 0, to; from < blocks.size(); from = to) {
            int width = 0;
            for (to = from; to < blocks.size(); to++) {
                width += blocks.get(to).get(0).length() + 3;
                if (to > from && width > WIDTH + 3) {
                    break;
                }
            }
            rows.add(beside(blocks.subList(from, to)));
        }
        return String.join("\n", rows);
    }

    private static List<String> bracketed(SimpleMatrix matrix) {
        List<String> rows = Tables.matrix(matrix).lines().toList();
        int last = rows.size() - 1;
        int width = rows.stream().mapToInt(String::length).max().orElse(0);
        int blank = rows.stream().allMatch(row -> row.startsWith(" ")) ? 1 : 0;
        return IntStream.rangeClosed(0, last)
                .mapToObj(i -> {
                    String bracket = last == 0 ? "[]" : i == 0 ? "⎡⎤" : i == last ? "⎣⎦" : "⎢⎥";
                    String numbers = " ".repeat(width - rows.get(i).length()) + rows.get(i);
                    return bracket.charAt(0) + numbers.substring(blank) + " " + bracket.charAt(1);
                })
                .toList();
    }

    private static List<String> named(String name, List<String> rows) {
        int middle = (rows.size() - 1) / 2;
        return IntStream.range(0, rows.size())
                .mapToObj(i -> (i == middle ? name + " = " : " ".repeat(name.length() + 3)) + rows.get(i))
                .toList();
    }

    /** The blocks of lines in one row, their names on one line. */
    private static String beside(List<List<String>> blocks) {
        int height = blocks.stream().mapToInt(List::size).max().orElse(0);
        int above = (height - 1) / 2;
        return IntStream.range(0, height)
                .mapToObj(line -> blocks.stream()
                        .map(block -> {
                            int i = line - above + (block.size() - 1) / 2;
                            boolean within = i >= 0 && i < block.size();
                            return within
                                    ? block.get(i)
                                    : " ".repeat(block.get(0).length());
                        })
                        .collect(Collectors.joining("   "))
                        .stripTrailing())
                .collect(Collectors.joining("\n"));
    }
}
