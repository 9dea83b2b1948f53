package bptt.show;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where lines run, read from the SVG: XChart draws each piece of a line by itself, in the series' colour. */
class ChartTest {
    private static final Color OTHER = new Color(0xE69F00);
    private static final double[] X = {1, 10, 1000};

    @BeforeEach
    void nothingIsLeft() throws IOException {
        for (String kind : List.of("csv", "svg", "png")) {
            Files.deleteIfExists(Path.of("results/place." + kind));
        }
    }

    private static Chart chart() {
        return Chart.of("title", "x", "y");
    }

    private static String svg(Chart chart) throws IOException {
        chart.figure("place", "Text.");
        assertTrue(Files.exists(Path.of("results/place.csv")) && Files.exists(Path.of("results/place.png")));
        return Files.readString(Path.of("results/place.svg"));
    }

    private static double[][] pieces(String svg, Color c) {
        String colour = "stroke:rgb(%d,%d,%d);".formatted(c.getRed(), c.getGreen(), c.getBlue());
        return Pattern.compile("<line [^>]*>")
                .matcher(svg)
                .results()
                .map(e -> e.group())
                .filter(e -> e.contains(colour))
                .map(e -> new double[] {value(e, "x1"), value(e, "y1"), value(e, "x2"), value(e, "y2")})
                .toArray(double[][]::new);
    }

    private static double value(String element, String name) {
        Matcher m = Pattern.compile(" " + name + "=\"([^\"]*)\"").matcher(element);
        assertTrue(m.find(), element);
        return Double.parseDouble(m.group(1));
    }

    /** x, y, width and height of the plot, to which XChart clips. */
    private static double[] plot(String svg) {
        Matcher m = Pattern.compile("<clipPath[^>]*>\\s*(<rect[^>]*>)").matcher(svg);
        assertTrue(m.find());
        return List.of("x", "y", "width", "height").stream()
                .mapToDouble(n -> value(m.group(1), n))
                .toArray();
    }

    /** Places in the plot, as shares of it from its lower left corner. */
    private static double[] shares(String svg, double[] piece) {
        double[] p = plot(svg);
        double[] shares = new double[4];
        for (int i = 0; i < 4; i++) {
            shares[i] = i % 2 == 0 ? (piece[i] - p[0]) / p[2] : 1 - (piece[i] - p[1]) / p[3];
        }
        return shares;
    }

    private static void same(double[] want, double[] got) {
        assertArrayEquals(want, got, 2e-3, Arrays.toString(got));
    }

    @Test
    void straightAxesRunFromTheLeastToTheGreatestValue() throws IOException {
        String svg = svg(chart().line("a", new double[] {2, 3, 6}, new double[] {10, 30, 20}));
        double[][] a = pieces(svg, OTHER);
        same(new double[] {0, 0, 0.25, 1}, shares(svg, a[0]));
        same(new double[] {0.25, 1, 1, 0.5}, shares(svg, a[1]));
        assertEquals(2, a.length); // and no legend for one line
    }

    /** From 1 to 1000, a third of the way for each power of ten; y in whole decades, here from 0.1 to 100. */
    @Test
    void logarithmicAxesAreDecades() throws IOException {
        String svg = svg(chart().logX().logY().line("a", X, new double[] {0.2, 2, 20}));
        double[][] a = pieces(svg, OTHER);
        double low = Math.log10(2) / 3;
        same(new double[] {0, low, 1 / 3.0, low + 1 / 3.0}, shares(svg, a[0]));
        same(new double[] {1 / 3.0, low + 1 / 3.0, 1, low + 2 / 3.0}, shares(svg, a[1]));
    }

    /** The axis is long enough for the band's edges, which are not the line's. */
    @Test
    void aBandCountsForTheRange() throws IOException {
        double[] low = {0.01, 0.01, 0.01}, mid = {1, 1, 1}, high = {100, 100, 100};
        String svg = svg(chart().logX().logY().band("a", X, low, mid, high));
        same(new double[] {0, 0.5, 1 / 3.0, 0.5}, shares(svg, pieces(svg, OTHER)[0]));
        double[] p = plot(svg);
        Matcher polygon = Pattern.compile("<path d=\"M([^\"]*)\"[^>]*fill:rgb\\(230,159,0\\)")
                .matcher(svg);
        assertTrue(polygon.find());
        double[] corners = Pattern.compile("-?[\\d.]+")
                .matcher(polygon.group(1))
                .results()
                .mapToDouble(n -> Double.parseDouble(n.group()))
                .toArray();
        double left = p[0], right = p[0] + p[2], top = p[1], bottom = p[1] + p[3];
        double third = left + p[2] / 3;
        double[] want = {left, bottom, third, bottom, right, bottom, right, top, third, top, left, top
        }; // round the band
        assertArrayEquals(want, Arrays.copyOf(corners, 12), 1);
    }

    /** What leaves a fixed range is drawn one height of the plot outside it, where nobody sees it. */
    @Test
    void linesAreCutWhereTheyLeaveTheRange() throws IOException {
        String svg = svg(chart().yRange(10, 20).line("a", X, new double[] {15, 1e9, -1e9}));
        double[][] a = pieces(svg, OTHER);
        assertEquals(0.5, shares(svg, a[0])[1], 2e-3);
        assertEquals(2, shares(svg, a[0])[3], 1e-2);
        assertEquals(-1, shares(svg, a[1])[3], 1e-2);
        String log = svg(chart().logY().yRange(1, 100).line("a", X, new double[] {10, 1e9, 1e-9}));
        assertEquals(0.5, shares(log, pieces(log, OTHER)[0])[1], 2e-3);
        assertEquals(2, shares(log, pieces(log, OTHER)[0])[3], 1e-2);
    }

    /** The same colour again in another shade, and a legend, which is one more piece of each line. */
    @Test
    void severalLines() throws IOException {
        double[] y = {1, 2, 3};
        String svg = svg(chart().line("LSTM", X, y).line("LSTM, b_f = 2", X, y).line("IRNN", X, y));
        Color base = Theme.colour("LSTM", 0);
        assertEquals(3, pieces(svg, base).length);
        assertEquals(3, pieces(svg, Theme.shade(base, 1)).length);
        assertEquals(3, svg.split("stroke-width:5.5").length - 1);
        assertEquals(
                List.of("series,x,y", "LSTM,1,1"),
                Files.readAllLines(Path.of("results/place.csv")).subList(0, 2));
    }

    @Test
    void constantAndEmptyLines() throws IOException {
        String flat = svg(chart().line("a", X, new double[] {5, 5, 5}));
        assertEquals(2, pieces(flat, OTHER).length);
        String point = svg(chart().logX().logY().line("a", new double[] {10, 10}, new double[] {10, 10}));
        same(new double[] {0, 0, 0, 0}, shares(point, pieces(point, OTHER)[0])); // from 10 to 100
    }

    /** What stands along an axis; XChart draws letters as outlines, so they are compared with those of the text. */
    private static boolean says(String svg, String text) throws IOException {
        return svg.contains(outline(text));
    }

    private static String outline(String text) throws IOException {
        VectorGraphics2D g = new VectorGraphics2D();
        g.fill(new TextLayout(text, Theme.font(12), new FontRenderContext(null, true, true)).getOutline(null));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Processors.get("svg")
                .getDocument(g.getCommands(), new PageSize(0, 0, 1, 1))
                .writeTo(out);
        Matcher d = Pattern.compile(" d=\"[^\"]*\"").matcher(out.toString(StandardCharsets.UTF_8));
        assertTrue(d.find());
        return d.group();
    }

    /** 1, 10, 100 and 1000 as they are, other powers of ten as powers, and nothing between. */
    @Test
    void decadesAreLabelled() throws IOException {
        double[] low = {1e-2, 1e2}, high = {1e2, 1e5}, one = {7, 8};
        for (String svg : List.of(
                svg(chart().logX().line("a", low, one)), svg(chart().logY().line("a", one, low)))) {
            assertTrue(says(svg, "10⁻¹") && says(svg, "1") && says(svg, "10"));
        }
        for (String svg : List.of(
                svg(chart().logX().line("a", high, one)), svg(chart().logY().line("a", one, high)))) {
            assertTrue(says(svg, "1000") && says(svg, "10⁴"));
        }
        String decade = svg(chart().logY().line("a", new double[] {7, 8}, new double[] {1, 10}));
        assertEquals(2, decade.split(Pattern.quote(outline("1"))).length); // once, and not for what is between
        String straight = svg(chart().line("a", new double[] {0, 4}, new double[] {0, 3}));
        assertTrue(says(straight, "3") && says(straight, "4") && !says(straight, "1000")); // no powers of ten
    }

    /**
     * Places are the labels. Beside the squares is the ramp, lightest above, from a quarter of the height to three; each
     * of its 128 shades lies over the next one by a pixel, and the ends are written 8 above and 18 below.
     */
    @Test
    void aHeatMapAndItsLegend() throws IOException {
        double[][] values = {{-2, 0}, {1, 3}};
        HeatMap.of("title", "x", "y")
                .values(new double[] {5, 6}, new double[] {7, 8}, values)
                .figure("place", "Text.");
        String svg = Files.readString(Path.of("results/place.svg"));
        for (String label : List.of("5", "6", "7", "8")) {
            assertTrue(says(svg, label), label);
        }
        List<String> rects = Pattern.compile("<rect [^>]*style[^>]*>")
                .matcher(svg)
                .results()
                .map(e -> e.group())
                .toList();
        assertEquals(new Rect(0, 0, 620, 520, Color.WHITE), Rect.of(rects.get(0)));
        assertEquals(new Rect(0, 0, 550, 520, Color.WHITE), Rect.of(rects.get(1))); // XChart's
        List<Rect> squares = rects.subList(3, 7).stream().map(Rect::of).toList();
        assertEquals(List.of(Theme.ramp(0, 2), Theme.ramp(1, 2)), List.of(squares.get(0).fill, squares.get(3).fill));
        List<Rect> shades =
                rects.subList(7, rects.size()).stream().map(Rect::of).toList();
        assertEquals(128, shades.size());
        double each = 260 / 128.0;
        for (int i = 0; i < 128; i++) {
            double height = i == 127 ? each : each + 1;
            assertEquals(new Rect(550, 130 + i * each, 18, height, Theme.ramp(127 - i, 128)), shades.get(i));
        }
        String ink = "<text style=\"fill:rgb(34,34,34);stroke:none;font-family:&quot;DejaVu Sans&quot;;\" ";
        assertTrue(svg.contains(ink + "x=\"550\" y=\"122\">3<") && svg.contains(ink + "x=\"550\" y=\"408\">−2<"));
    }

    private record Rect(double x, double y, double width, double height, Color fill) {
        static Rect of(String e) {
            Matcher c = Pattern.compile("fill:rgb\\((\\d+),(\\d+),(\\d+)\\)").matcher(e);
            assertTrue(c.find(), e);
            Color fill =
                    new Color(Integer.parseInt(c.group(1)), Integer.parseInt(c.group(2)), Integer.parseInt(c.group(3)));
            return new Rect(value(e, "x"), value(e, "y"), value(e, "width"), value(e, "height"), fill);
        }
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
    }

    @Test
    void badInput() {
        refused(
                "series “ ”: expected as many values as positions, and at least one, got 3 positions, 0 values",
                () -> chart().line(" ", X, X));
        refused(
                "series “a”: expected as many values as positions, and at least one, got 0 positions, 0 values",
                () -> chart().line("a", new double[0], new double[0]));
        String range = "y range: expected 0 < min on a logarithmic axis, got -1.0";
        refused(range, () -> chart().logY().yRange(-1, 1).line("a", X, X).figure("place", "Text."));
        String words = "heat map: expected a title and two axis labels, got an empty one";
        refused(words, () -> HeatMap.of("t", "", "y"));
        refused("heat map: expected values, got none", () -> HeatMap.of("t", "x", "y")
                .figure("place", "Text."));
        refused("heat map: expected 2 rows of 2 values, got [2, 1]", () -> HeatMap.of("t", "x", "y")
                .values(new double[][] {{1, 2}, {3}}));
        refused(
                "text alternative: expected a sentence that says what the chart shows, got none",
                () -> new Figure(new byte[0], 1, 1, ""));
        assertFalse(Files.exists(Path.of("results/place.csv")));
    }
}
