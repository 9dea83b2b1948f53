package bptt.show;

import bptt.math.Numbers;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/** Tablesaw tables as HTML, text and CSV, with numbers that can be read: 0.125, 3.1e-65, NaN. */
public final class Tables {
    private Tables() {}

    /**
     * The table as HTML: its name as caption, a header cell per column; numbers to the right, texts to the left.
     *
     * @param table any table
     * @return one HTML element
     */
    public static String html(Table table) {
        Table t = formatted(table, 4, "NaN");
        String head = t.columns().stream()
                .map(c -> "<th scope=\"col\"" + align(c) + ">" + escape(c.name()) + "</th>")
                .collect(Collectors.joining());
        String rows = IntStream.range(0, t.rowCount())
                .mapToObj(r -> t.columns().stream()
                        .map(c -> "<td" + align(c) + ">" + escape(c.getString(r)) + "</td>")
                        .collect(Collectors.joining("", "<tr>", "</tr>\n")))
                .collect(Collectors.joining());
        return Numbers.format(
                "<table>\n<caption>%s</caption>\n<thead><tr>%s</tr></thead>\n<tbody>\n%s</tbody>\n</table>",
                escape(table.name()), head, rows);
    }

    /**
     * The table as text, all rows.
     *
     * @param table any table
     * @return lines
     */
    public static String text(Table table) {
        return formatted(table, 4, "NaN")
                .printAll()
                .lines()
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n"));
    }

    /**
     * A small matrix as one writes it on a board: a line for each row, four decimals.
     *
     * @param a any real matrix
     * @return lines, each with its end
     */
    public static String matrix(SimpleMatrix a) {
        return IntStream.range(0, a.getNumRows())
                .mapToObj(i -> IntStream.range(0, a.getNumCols())
                        .mapToObj(j -> entry(a.get(i, j)))
                        .collect(Collectors.joining("", "", "\n")))
                .collect(Collectors.joining());
    }

    private static String entry(double v) {
        String digits = Numbers.format("%.4f", v);
        return Numbers.format("%9s", digits.equals("-0.0000") ? "0.0000" : digits.replace('-', '−'));
    }

    /** A copy whose doubles print with so many significant digits, and whole numbers with all, in every locale. */
    static Table formatted(Table table, int digits, String missing) {
        Table copy = table.copy();
        for (Column<?> column : copy.columns()) {
            if (column.type().equals(ColumnType.DOUBLE)) {
                ((DoubleColumn) column).setPrintFormatter(new NumberColumnFormatter() {
                    @Override
                    public String format(double v) {
                        return Double.isNaN(v) ? missing : Numbers.text(v, digits);
                    }
                });
            } else if (column instanceof NumericColumn<?> whole) {
                whole.setPrintFormatter(new NumberColumnFormatter()); // its own has the digits of the locale
            }
        }
        return copy;
    }

    /** Said of every cell: left alone, JupyterLab puts texts to the right, and other pages heads into the middle. */
    private static String align(Column<?> column) {
        return Numbers.format(" style=\"text-align: %s\"", column instanceof NumericColumn ? "right" : "left");
    }

    /** For HTML's texts and its attributes. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
