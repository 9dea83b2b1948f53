package bptt.show;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.math.Numbers;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where lines run, read from the SVG: each is one stroke in the series' colour. */
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

    /** Where each stroke of that colour and width runs, from corner to corner. */
    private static List<double[]> strokes(String svg, Color c, double width) {
        return Pattern.compile("<path d=\"([^\"]*)\" style=\"([^\"]*)\"")
                .matcher(svg)
                .results()
                .filter(e -> e.group(2)
                        .startsWith(Numbers.format(
                                "fill:none;stroke:rgb(%d,%d,%d);stroke-width:%s;",
                                c.getRed(), c.getGreen(), c.getBlue(), width)))
                .map(e -> Letters.numbers(e.group(1)))
                .toList();
    }

    private static double[] stroke(String svg) {
        List<double[]> strokes = strokes(svg, OTHER, 2.2);
        assertEquals(1, strokes.size());
        return strokes.get(0);
    }

    /** Straight pieces of that colour, thick or thin: the samples before the names, and what leads to them. */
    private static List<double[]> pieces(String svg, Color c, double width) {
        String style =
                Numbers.format("stroke:rgb(%d,%d,%d);stroke-width:%s;", c.getRed(), c.getGreen(), c.getBlue(), width);
        return Pattern.compile("<line [^>]*>")
                .matcher(svg)
                .results()
                .map(e -> e.group())
                .filter(e -> e.contains(style))
                .map(e -> new double[] {value(e, "x1"), value(e, "y1"), value(e, "x2"), value(e, "y2")})
                .toList();
    }

    private static double value(String element, String name) {
        Matcher m = Pattern.compile(" " + name + "=\"([^\"]*)\"").matcher(element);
        assertTrue(m.find(), element);
        return Double.parseDouble(m.group(1));
    }

    /** Along the edges of a band. */
    private static double[] polygon(String svg) {
        Matcher polygon = Pattern.compile("<path d=\"(M[^\"]*)\"[^>]*fill:rgb\\(230,159,0\\)")
                .matcher(svg);
        assertTrue(polygon.find());
        return Letters.numbers(polygon.group(1));
    }

    private static List<Rect> rects(String svg) {
        return Pattern.compile("<rect [^>]*style[^>]*>")
                .matcher(svg)
                .results()
                .map(e -> Rect.of(e.group()))
                .toList();
    }

    /** x, y, width and height of the plot; the clip leaves a pixel more above and below. */
    private static double[] plot(String svg) {
        Matcher m = Pattern.compile("<clipPath[^>]*>\\s*(<rect[^>]*>)").matcher(svg);
        assertTrue(m.find());
        String clip = m.group(1);
        return new double[] {value(clip, "x"), value(clip, "y") + 1, value(clip, "width"), value(clip, "height") - 2};
    }

    /** Places in the plot, as shares of it from its lower left corner. */
    private static double[] shares(String svg, double[] places) {
        double[] p = plot(svg);
        double[] shares = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            shares[i] = i % 2 == 0 ? (places[i] - p[0]) / p[2] : 1 - (places[i] - p[1]) / p[3];
        }
        return shares;
    }

    private static void same(double[] want, double[] got) {
        assertArrayEquals(want, got, 2e-3, Arrays.toString(got));
    }

    @Test
    void straightAxesRunFromTheLeastToTheGreatestValue() throws IOException {
        String svg = svg(chart().line("a", new double[] {2, 3, 6}, new double[] {10, 30, 20}));
        same(new double[] {0, 0, 0.25, 1, 1, 0.5}, shares(svg, stroke(svg)));
        assertEquals(List.of(), pieces(svg, OTHER, 2.2)); // one line needs no name
    }

    /** x and y of the middle, width and height of what a path takes. */
    private static double[] box(double[] path) {
        double[] least = {1e9, 1e9}, most = {-1e9, -1e9};
        for (int i = 0; i < path.length; i++) {
            least[i % 2] = Math.min(least[i % 2], path[i]);
            most[i % 2] = Math.max(most[i % 2], path[i]);
        }
        return new double[] {(least[0] + most[0]) / 2, (least[1] + most[1]) / 2, most[0] - least[0], most[1] - least[1]
        };
    }

    private static long filled(String svg, Color c) {
        String style = Numbers.format("style=\"fill:rgb(%d,%d,%d)", c.getRed(), c.getGreen(), c.getBlue());
        return Pattern.compile("<path d=\"[^\"]*\" " + Pattern.quote(style))
                .matcher(svg)
                .results()
                .count();
    }

    /** A circle, square, diamond and triangle, then a hollow circle: at each point, and once beside the name. */
    @Test
    void marks() throws IOException {
        Color[] colours = {OTHER, new Color(0x56B4E9), Color.BLACK, new Color(0x8C6D31), new Color(0x999999)};
        int[] corners = {0, 4, 4, 3, 0};
        double[][] sizes = {{9.6, 9.6}, {8.485, 8.485}, {12, 12}, {10.392, 9}, {9.6, 9.6}};
        Chart chart = chart();
        for (int i = 0; i < 5; i++) {
            chart.points("s" + i, new double[] {0, 1, 4}, new double[] {1, Double.NaN, 2});
        }
        String svg = svg(chart.points("between", new double[] {2}, new double[] {1.5}));
        double[] plot = plot(svg);
        for (int i = 0; i < 5; i++) {
            if (i % 4 > 0) {
                assertEquals(corners[i], strokes(svg, colours[i], 1.8).get(0).length / 2);
            }
            List<double[]> marks = strokes(svg, colours[i], 1.8).stream()
                    .map(ChartTest::box)
                    .sorted(Comparator.comparingDouble(box -> box[0]))
                    .toList();
            assertEquals(3, marks.size());
            for (double[] box : marks) {
                assertArrayEquals(sizes[i], new double[] {box[2], box[3]}, 0.02, i + ": " + Arrays.toString(box));
            }
            double[] first = marks.get(0), last = marks.get(1), named = marks.get(2);
            double down = i == 3 ? -1.5 : 0; // the middle of a triangle's box is not its own
            same(new double[] {0, 0, 1, 1}, shares(svg, new double[] {first[0], first[1] - down, last[0], last[1] - down
            }));
            assertEquals(plot[0] + plot[2] + 27, named[0], 0.1);
            assertEquals(0, pieces(svg, colours[i], 0.8).size()); // nothing leads from a point to its name
            assertEquals(i < 4 ? 3 : 0, filled(svg, colours[i]));
        }
        assertEquals(3 + 2, filled(svg, Color.WHITE));
        assertEquals(6 * 2 + 3 + 2, svg.split(" Z\" style=\"fill:none;").length - 1); // outlines that are closed
    }

    /** The name of the first series is moved down by a line's that ends just above it. */
    @Test
    void nothingLeadsFromAPointToItsName() throws IOException {
        double[] x = {0, 1};
        String svg = svg(chart().points("a", x, new double[] {0, 0.99}).line("GRU", x, x));
        assertEquals(List.of(), pieces(svg, OTHER, 0.8));
        assertEquals(1, pieces(svg, Theme.colour("GRU", 0), 2.2).size());
    }

    /** From 1 to 1000, a third of the way for each power of ten; y in whole decades, here from 0.1 to 100. */
    @Test
    void logarithmicAxesAreDecades() throws IOException {
        String svg = svg(chart().logX().logY().line("a", X, new double[] {0.2, 2, 20}));
        double low = Math.log10(2) / 3;
        same(
                new double[] {0, low, 1 / 3.0, low + 1 / 3.0, 1, low + 2 / 3.0}, //
                shares(svg, stroke(svg)));
    }

    /** The axis is long enough for the band's edges, which are not the line's. */
    @Test
    void aBandCountsForTheRange() throws IOException {
        double[] low = {0.01, 0.01, 0.01}, mid = {1, 1, 1}, high = {100, 100, 100};
        String svg = svg(chart().logX().logY().band("a", X, low, mid, high));
        same(new double[] {0, 0.5, 1 / 3.0, 0.5, 1, 0.5}, shares(svg, stroke(svg)));
        double third = 1 / 3.0; // along the lower edge and back along the upper one
        same(new double[] {0, 0, third, 0, 1, 0, 1, 1, third, 1, 0, 1}, shares(svg, polygon(svg)));
    }

    /** What leaves a fixed range is drawn one height of the plot outside it, where nobody sees it. */
    @Test
    void linesAreCutWhereTheyLeaveTheRange() throws IOException {
        String svg = svg(chart().yRange(10, 20).line("a", X, new double[] {15, 1e9, -1e9}));
        double[] a = shares(svg, stroke(svg));
        assertEquals(0.5, a[1], 2e-3);
        assertEquals(2, a[3], 1e-2);
        assertEquals(-1, a[5], 1e-2);
        assertTrue(svg.matches("(?s).*<g clip-path=[^>]*>\\s*<path [^>]*fill:none;stroke:rgb\\(230,159,0\\).*"));
        String log = svg(chart().logY().yRange(1, 100).line("a", X, new double[] {10, 1e9, 1e-9}));
        assertEquals(0.5, shares(log, stroke(log))[1], 2e-3);
        assertEquals(2, shares(log, stroke(log))[3], 1e-2);
    }

    /** Neither is drawn at the edge of a fixed range. */
    @Test
    void zerosAndInfinitiesLeaveGaps() throws IOException {
        Chart chart = chart().logY().yRange(1, 100);
        double[] y = {10, 0, 10, 10, Double.POSITIVE_INFINITY, 10};
        String svg = svg(chart.line("a", new double[] {0, 1, 2, 3, 4, 5}, y));
        assertEquals(6 * 2, stroke(svg).length); // of three pieces, of which two are a point
        for (int i = 1; i < 12; i += 2) {
            assertEquals(0.5, shares(svg, stroke(svg))[i], 2e-3);
        }
    }

    /** Where an edge of a band is missing, it goes on at the next place that has both. */
    @Test
    void bandsWithGaps() throws IOException {
        double[] low = {1, 1, Double.NaN, 1}, high = {3, Double.NaN, 3, 3};
        String svg = svg(chart().band("a", new double[] {0, 1, 2, 3}, low, new double[] {2, 2, 2, 2}, high));
        same(new double[] {0, 0, 1, 0, 1, 1, 0, 1}, shares(svg, polygon(svg)));
    }

    /** What a theory says: dashed, in the line's colour, without a name, and a row of the data like any other. */
    @Test
    void predictions() throws IOException {
        double[] y = {1, 2, 3};
        Chart chart = chart().line("LSTM", X, y).line("GRU", X, y).predicted("LSTM", X, new double[] {1, 2, 1});
        String svg = svg(chart);
        Color lstm = Theme.colour("LSTM", 0);
        double[] dashed = strokes(svg, lstm, 1.4).get(0);
        same(new double[] {0, 0, 9 / 999.0, 0.5, 1, 0}, shares(svg, dashed));
        assertEquals(2, svg.split("stroke-dasharray:6,4").length); // once
        assertEquals(1, pieces(svg, lstm, 2.2).size()); // the sample before the line's name, and none beside
        assertEquals(
                "Line chart: title. Across: x; up: y; lines: LSTM; GRU",
                chart.figure("place", "Text.").alt());
        List<String> data = Files.readAllLines(Path.of("results/place.csv"));
        assertEquals(List.of("\"LSTM, predicted\",1,1", "\"LSTM, predicted\",10,2"), data.subList(7, 9));
        refused(
                "prediction: expected one of the lines [LSTM, GRU], got “tanh”",
                () -> chart.predicted("tanh", X, new double[3]));
        String ramp = svg(chart().ramp().line("a", X, y).line("b", X, y).predicted("a", X, y));
        assertEquals(1, strokes(ramp, Theme.ramp(1, 2), 2.2).size()); // the second of two colours, not of three
    }

    /** What is in the groups that have these attributes, a regular expression. */
    private static String group(String svg, String attributes) {
        return Pattern.compile("<g" + attributes + ">(.*?)</g>", Pattern.DOTALL)
                .matcher(svg)
                .results()
                .map(g -> g.group(1))
                .reduce("", String::concat);
    }

    /** Each on its white sheet of 860 by 460, the second below the first, titles and all. */
    @Test
    void chartsBelowEachOther() throws IOException {
        double[] x = {0, 1};
        Chart.stacked(
                "place",
                "Text.",
                Chart.of("above", "x", "y").line("a", x, x),
                Chart.of("below", "x", "y").line("b", x, x));
        String svg = Files.readString(Path.of("results/place.svg"));
        assertTrue(svg.contains("viewBox=\"0 0 860 920\""));
        double centre = 14 + plot(svg)[0] + plot(svg)[2] / 2;
        String first = group(svg, ""), second = group(svg, " transform=\"translate\\(0 460\\)\"");
        assertTrue(Letters.centredAt(first, "above", 15, centre, 23));
        assertTrue(Letters.centredAt(second, "below", 15, centre, 23));
        Matcher sheets = Pattern.compile("<rect [^>]*height=\"460\"[^>]*>").matcher(svg);
        for (int i = 0; i < 2; i++) {
            assertTrue(sheets.find());
            assertEquals(new Rect(0, 0, 860, 460, Color.WHITE), Rect.of(sheets.group()));
        }
        assertTrue(second.contains("<rect height=\"460\""));
        assertEquals(
                List.of("panel,series,x,y", "above,a,0,0", "above,a,1,1", "below,b,0,0", "below,b,1,1"),
                Files.readAllLines(Path.of("results/place.csv")));
    }

    /** The numbers of a logarithmic axis stand at its decades, so it begins and ends with one. */
    @Test
    void aLogarithmicRangeHasWholeDecades() throws IOException {
        double[] y = {0.006, 0.1, 1.2};
        String whole = svg(chart().logY().yRange(0.001, 10).line("a", X, y));
        assertEquals(whole, svg(chart().logY().yRange(0.005, 1.5).line("a", X, y)));
        assertFalse(whole.equals(svg(chart().logY().yRange(0.01, 10).line("a", X, y))));
    }

    /** A gap parts the stroke; of a point between two gaps there is a square as wide as the line. */
    @Test
    void gaps() throws IOException {
        double none = Double.NaN;
        String svg = svg(chart().line("a", new double[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, new double[] {
            0, 8, none, 4, none, none, 2, 6, none
        }));
        assertEquals(
                3,
                Pattern.compile("d=\"([^\"]*)\" style=\"fill:none;stroke:rgb\\(230,159,0\\)")
                        .matcher(svg)
                        .results()
                        .mapToLong(e -> e.group(1).chars().filter(c -> c == 'M').count())
                        .sum());
        double half = 1.1 / plot(svg)[2];
        same(
                new double[] {0, 0, 1 / 8.0, 1, 3 / 8.0 - half, 0.5, 3 / 8.0 + half, 0.5, 6 / 8.0, 0.25, 7 / 8.0, 0.75},
                shares(svg, stroke(svg)));
    }

    /** The same colour again in another shade; each name has a sample of its line. */
    @Test
    void severalLines() throws IOException {
        double[] y = {1, 2, 3};
        String svg = svg(chart().line("LSTM", X, y).line("LSTM, b_f = 2", X, y).line("IRNN", X, y));
        Color base = Theme.colour("LSTM", 0), irnn = Theme.colour("IRNN", 0);
        for (Color c : List.of(base, Theme.shade(base, 1))) {
            assertEquals(1, strokes(svg, c, 2.2).size());
            assertEquals(1, pieces(svg, c, 2.2).size());
        }
        assertEquals(1, strokes(svg, irnn, 5.5).size());
        assertEquals(1, pieces(svg, irnn, 5.5).size());
        assertEquals(
                List.of("series,x,y", "LSTM,1,1"),
                Files.readAllLines(Path.of("results/place.csv")).subList(0, 2));
    }

    /**
     * Names stand in the order of the lines' ends: 16 to 38 pixels beside the plot a sample, and from 46 on the name,
     * its letters 0.35 of their height below.
     */
    @Test
    void namesStandAtTheEndsOfTheirLines() throws IOException {
        double[] x = {0, 1};
        String svg = svg(chart().line("IRNN", x, new double[] {1, 0})
                .line("LSTM, b_f = 1", x, new double[] {0, 1})
                .line("GRU", x, new double[] {1, 0.5}));
        double[] p = plot(svg);
        double right = p[0] + p[2];
        String[] names = {"IRNN", "LSTM, b_f = 1", "GRU"};
        double[] ends = {p[1] + p[3], p[1], p[1] + p[3] / 2};
        for (int i = 0; i < 3; i++) {
            List<double[]> samples = pieces(svg, Theme.colour(names[i], 0), i == 0 ? 5.5 : 2.2);
            assertEquals(1, samples.size());
            double y = samples.get(0)[1];
            assertArrayEquals(new double[] {right + 16, y, right + 38, y}, samples.get(0), 0.1);
            assertEquals(ends[i], y, 0.5);
            String text = i == 0 ? "IRNN" : i == 1 ? "LSTM, b" : "GRU";
            assertTrue(Letters.at(svg, text, 12, samples.get(0)[2] + 8, y + 4.2), text);
        }
        double y = pieces(svg, Theme.colour(names[1], 0), 2.2).get(0)[1];
        double index = right + 46 + Letters.width("LSTM, b", 12);
        assertTrue(Letters.at(svg, "f", 8.64f, index, y + 4.2 + 2.64));
        assertEquals(0, pieces(svg, Theme.colour("GRU", 0), 0.8).size()); // nothing leads where nothing was moved
        // The longest name ends 18 pixels before the picture does: XChart's room beside its plot.
        double longest = Letters.width("LSTM, b", 12) + Letters.width("f", 8.64f) + Letters.width(" = 1", 12);
        assertEquals(860 - 18, 14 + right + 46 + longest, 1.5);
    }

    /** Two names have room as well: the longer one ends 18 pixels before the picture does. */
    @Test
    void twoNames() throws IOException {
        double[] p = plot(svg(chart().line("IRNN", X, X).line("GRU", X, X)));
        assertEquals(860 - 18, 14 + p[0] + p[2] + 46 + Letters.width("IRNN", 12), 1.5);
    }

    /** A line's end is the last of its points that are furthest right, wherever in the list that is. */
    @Test
    void linesThatDoNotRunToTheRight() throws IOException {
        String svg = svg(chart().line("IRNN", new double[] {4, 0}, new double[] {0.5, 1})
                .line("LSTM", new double[] {0, 4, 4}, new double[] {0, 0, 1})
                .line("GRU", new double[] {2}, new double[] {0.25}));
        double[] p = plot(svg);
        String[] names = {"IRNN", "LSTM", "GRU"};
        double[] heights = {0.5, 1, 0.25};
        for (int i = 0; i < 3; i++) {
            double[] sample =
                    pieces(svg, Theme.colour(names[i], 0), i == 0 ? 5.5 : 2.2).get(0);
            assertEquals(p[1] + (1 - heights[i]) * p[3], sample[1], 0.5, names[i]);
        }
    }

    /** Three ends at the bottom: 17 pixels from name to name, the last one at the bottom, thin lines to the others. */
    @Test
    void namesThatWouldLieOnOneAnother() throws IOException {
        double[] x = {0, 1}, down = {1, 0};
        String svg = svg(chart().line("IRNN", x, down).line("LSTM", x, down).line("GRU", x, down));
        double[] p = plot(svg);
        double right = p[0] + p[2], bottom = p[1] + p[3];
        String[] names = {"IRNN", "LSTM", "GRU"};
        for (int i = 0; i < 3; i++) {
            Color colour = Theme.colour(names[i], 0);
            double y = bottom - 17 * (2 - i);
            double[] sample = pieces(svg, colour, i == 0 ? 5.5 : 2.2).get(0);
            assertArrayEquals(new double[] {y, y}, new double[] {sample[1], sample[3]}, 1e-6);
            assertTrue(Letters.at(svg, names[i], 12, sample[2] + 8, y + 4.2));
            List<double[]> leaders = pieces(svg, colour, 0.8);
            assertEquals(i == 2 ? 0 : 1, leaders.size());
            if (i < 2) {
                assertArrayEquals(new double[] {right + 1, bottom, right + 16, y}, leaders.get(0), 0.5);
            }
        }
    }

    /** A line that is cut has its name at the edge where it left, one without a point at the bottom. */
    @Test
    void namesOfLinesThatEndOutside() throws IOException {
        double[] x = {0, 1}, none = {Double.NaN, Double.NaN};
        String svg = svg(chart().yRange(0, 1)
                .line("IRNN", x, new double[] {0, 9})
                .line("LSTM", x, none)
                .line("GRU", new double[] {0, 1, 2}, new double[] {0.5, 0.5, Double.NaN}));
        double[] p = plot(svg);
        assertEquals(p[1], pieces(svg, Theme.colour("IRNN", 0), 5.5).get(0)[1], 0.5);
        assertEquals(p[1] + p[3], pieces(svg, Theme.colour("LSTM", 0), 2.2).get(0)[1], 0.5);
        assertEquals(p[1] + p[3] / 2, pieces(svg, Theme.colour("GRU", 0), 2.2).get(0)[1], 0.5);
    }

    /**
     * Lines that left the plot at its bottom: the later, the higher the name; at the top the other way round. Nothing
     * leads from the corner, where they do not end, but from where the last one does end.
     */
    @Test
    void namesOfLinesThatLeftBeforeTheEnd() throws IOException {
        double[] x = {0, 4};
        String svg = svg(chart().yRange(0, 1)
                .line("IRNN", x, new double[] {0.5, -1.5}) // at x = 1
                .line("LSTM", x, new double[] {0.5, -0.5}) // at x = 2
                .line("GRU", x, new double[] {0.5, 0})
                .line("tanh", x, new double[] {0.5, 1.5}) // at x = 2
                .line("limit", x, new double[] {0.5, 2.5})); // at x = 1
        double[] p = plot(svg);
        String[] down = {"limit", "tanh", "GRU", "LSTM", "IRNN"};
        for (int i = 0; i < 5; i++) {
            Color colour = Theme.colour(down[i], 0);
            double y = i < 2 ? p[1] + 17 * i : p[1] + p[3] - 17 * (4 - i);
            assertEquals(y, pieces(svg, colour, i == 4 ? 5.5 : 2.2).get(0)[1], 0.5, down[i]);
            assertEquals(i == 2 ? 1 : 0, pieces(svg, colour, 0.8).size(), down[i]);
        }
    }

    private static List<String> namesDown(String svg, String... names) {
        Comparator<String> height =
                Comparator.comparingDouble(name -> pieces(svg, Theme.colour(name, 0), name.equals("IRNN") ? 5.5 : 2.2)
                        .get(0)[1]);
        return Arrays.stream(names).sorted(height).toList();
    }

    /**
     * The same of lines with several points: what counts is where a line left for good, between two points that may lie
     * near or far; one that was never inside left at its first point, so the IRNN before all others.
     */
    @Test
    void namesOfLinesThatLeftForGood() throws IOException {
        String svg = svg(chart().yRange(0, 1)
                .line("IRNN", new double[] {0, 2, 4}, new double[] {-1, -1, -1})
                .line("tanh", new double[] {0, 1, 2, 3, 4}, new double[] {0.5, -0.5, -0.9, -0.5, -0.9}) // at 0.5
                .line("LSTM", new double[] {0, 1, 2, 3, 4}, new double[] {0.5, -0.5, 0.5, -0.5, -0.9}) // at 2.5
                .line("limit", new double[] {3, 4}, new double[] {0.1, -0.4}) // at 3.2
                .line("GRU", new double[] {0, 4}, new double[] {0.9, -0.1})); // at 3.6
        assertEquals(
                List.of("GRU", "limit", "LSTM", "tanh", "IRNN"),
                namesDown(svg, "IRNN", "tanh", "LSTM", "limit", "GRU"));
        svg = svg(chart().yRange(0, 1)
                .line("LSTM", new double[] {0, 3.999, 4}, new double[] {0.5, 0.02, -1}) // with the edge, nearly
                .line("limit", new double[] {0, 4}, new double[] {0.025, -0.025 * 5 / 3}) // at 1.5
                .line("tanh", new double[] {0, 4}, new double[] {0.95, -0.95}) // at 2
                .line("GRU", new double[] {4}, new double[] {-1}) // at its only point
                .line("IRNN", new double[] {0, 4}, new double[] {0.5, 0})); // not at all
        assertEquals(
                List.of("IRNN", "GRU", "LSTM", "tanh", "limit"),
                namesDown(svg, "LSTM", "limit", "tanh", "GRU", "IRNN"));
        for (String name : List.of("LSTM", "limit", "tanh", "GRU")) {
            assertEquals(List.of(), pieces(svg, Theme.colour(name, 0), 0.8), name);
        }
    }

    /** Three ends at the top: thin lines from the corner to the second and third name. */
    @Test
    void namesAtTheTop() throws IOException {
        double[] x = {0, 1}, up = {0, 1};
        String svg = svg(chart().line("IRNN", x, up).line("LSTM", x, up).line("GRU", x, up));
        double[] p = plot(svg);
        String[] names = {"IRNN", "LSTM", "GRU"};
        for (int i = 0; i < 3; i++) {
            Color colour = Theme.colour(names[i], 0);
            double y = p[1] + 17 * i;
            assertEquals(y, pieces(svg, colour, i == 0 ? 5.5 : 2.2).get(0)[1], 0.5);
            assertEquals(i == 0 ? 0 : 1, pieces(svg, colour, 0.8).size(), names[i]);
        }
    }

    /** The last number has room, though it is wider than the space beside the plot would have to be for the others. */
    @Test
    void theLastNumberOfAnAxis() throws IOException {
        double[] x = {0, 1000};
        assertTrue(says(svg(chart().line("a", x, x)), "1000"));
        assertTrue(says(svg(chart().line("IRNN", x, new double[] {0, 7}).line("GRU", x, new double[] {7, 0})), "1000"));
        assertTrue(says(svg(chart().logX().line("a", X, X)), "1000"));
    }

    /** Its own title in the middle above the plot, the one of x below it, that of y upright beside it. */
    @Test
    void titles() throws IOException {
        String svg = svg(chart().line("a", new double[] {2, 3}, new double[] {10, 30}));
        double[] p = plot(svg);
        double centre = 14 + p[0] + p[2] / 2, middle = 20 + p[1] + p[3] / 2;
        assertTrue(Letters.centredAt(svg, "title", 15, centre, 23));
        assertTrue(Letters.centredAt(svg, "x", 13, centre, 460 - 12));
        String turned = svg.substring(svg.indexOf("matrix(0 -1 1 0 0 0)"));
        assertTrue(Letters.centredAt(turned, "y", 13, -middle, 20));
    }

    @Test
    void constantAndEmptyLines() throws IOException {
        String flat = svg(chart().line("a", X, new double[] {5, 5, 5}));
        assertEquals(6, stroke(flat).length);
        String point = svg(chart().logX().logY().line("a", new double[] {10, 10}, new double[] {10, 10}));
        same(new double[] {0, 0, 0, 0}, shares(point, stroke(point)));
        assertTrue(says(point, "10") && says(point, "100"));
        String empty = svg(chart().line("a", X, new double[] {Double.NaN, Double.NaN, Double.NaN}));
        assertEquals(
                0, strokes(empty, OTHER, 2.2).stream().mapToInt(s -> s.length).sum());
    }

    /** What stands along an axis; XChart draws letters as outlines, so they are compared with those of the text. */
    private static boolean says(String svg, String text) throws IOException {
        return svg.contains(outline(text));
    }

    private static String outline(String text) throws IOException {
        return " d=\"" + Letters.outline(text, 12) + "\"";
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
     * Places are the labels. Beside the squares is the ramp, lightest above, from a quarter of the height to three;
     * each of its 128 shades lies over the next one by a pixel, and the ends are written 8 above and 18 below.
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
        List<Rect> rects = rects(svg);
        assertEquals(new Rect(0, 0, 620, 520, Color.WHITE), rects.get(0));
        assertEquals(new Rect(0, 0, 536, 486, Color.WHITE), rects.get(1)); // XChart's, with room for titles
        List<Rect> squares = rects.subList(3, 7);
        assertEquals(List.of(Theme.ramp(0, 2), Theme.ramp(1, 2)), List.of(squares.get(0).fill, squares.get(3).fill));
        List<Rect> shades = rects.subList(7, rects.size());
        assertEquals(128, shades.size());
        double each = 260 / 128.0;
        for (int i = 0; i < 128; i++) {
            double height = i == 127 ? each : each + 1;
            assertEquals(new Rect(550, 130 + i * each, 18, height, Theme.ramp(127 - i, 128)), shades.get(i));
        }
        assertTrue(Letters.at(svg, "3", 12, 550, 122) && Letters.at(svg, "−2", 12, 550, 408));
        String[] numbers = {"−2", "0", "1", "3"}; // white on what is below 0.6 of the range, here 1
        for (int i = 0; i < 4; i++) {
            Rect square = squares.get(i);
            double x = square.x + square.width / 2 - Letters.width(numbers[i], 12) / 2;
            double base = square.y + square.height / 2 + 4.2;
            assertTrue(Letters.near(svg, i < 2 ? "255,255,255" : "34,34,34", numbers[i], 12, x, base, 1), numbers[i]);
        }
    }

    /** Titles above, below and upright beside the squares, which lie 14 to the right of the edge and 20 below it. */
    @Test
    void theTitlesOfAHeatMap() throws IOException {
        HeatMap.of("title", "x", "y").values(new double[][] {{1, 2}}).figure("place", "Text.");
        String svg = Files.readString(Path.of("results/place.svg"));
        Rect plot = rects(group(svg, " transform=\"translate\\(14 20\\)\"")).get(1); // after XChart's sheet
        assertEquals(
                2,
                rects(group(svg, " clip-path=\\S+ transform=\"translate\\(14 20\\)\""))
                        .size());
        String page = group(svg, "");
        assertTrue(Letters.centredAt(page, "title", 15, 14 + plot.x + plot.width / 2, 23));
        assertTrue(Letters.centredAt(page, "x", 13, 14 + plot.x + plot.width / 2, 520 - 12));
        String turned = group(svg, " transform=\"matrix\\(0 -1 1 0 0 0\\)\"");
        assertTrue(Letters.centredAt(turned, "y", 13, -(20 + plot.y + plot.height / 2), 20));
    }

    /** In the place of numbers; there is one for each column and each row. */
    @Test
    void theLabelsOfAHeatMap() throws IOException {
        double[][] values = {{1, 2, 3}, {4, 5, 6}};
        HeatMap map = HeatMap.of("title", "x", "y").values(values);
        map.labels(List.of("left", "mid", "right"), List.of("low", "high")).figure("place", "Text.");
        String svg = Files.readString(Path.of("results/place.svg"));
        for (String label : List.of("left", "mid", "right", "low", "high")) {
            assertTrue(says(svg, label), label);
        }
        String message = "heat map: expected 3 labels across and 2 up, got ";
        refused(message + "2 and 2", () -> map.labels(List.of("a", "b"), List.of("a", "b")));
        refused(message + "3 and 3", () -> map.labels(List.of("a", "b", "c"), List.of("a", "b", "c")));
    }

    /** Nine in a row are too narrow for numbers. */
    @Test
    void aLargeHeatMapHasNoNumbers() throws IOException {
        double[][] nine = {{1, 2, 3, 4, 5, 6, 7, 8, 9}}, eight = {{1, 2, 3, 4, 5, 6, 7, 8}};
        HeatMap.of("title", "x", "y").values(nine).figure("place", "Text.");
        String white = "<path [^>]*fill:rgb\\(255,255,255\\)";
        assertEquals(1, Files.readString(Path.of("results/place.svg")).split(white).length);
        HeatMap.of("title", "x", "y").values(eight).figure("place", "Text.");
        assertEquals(1 + 5, Files.readString(Path.of("results/place.svg")).split(white).length); // below 5.2
    }

    /** From the middle of the first square to that of the last, in its colour on white; its points join the data. */
    @Test
    void aPathOverAHeatMap() throws IOException {
        double[] places = {10, 20, 30};
        HeatMap.of("title", "x", "y")
                .values(places, places, new double[][] {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}})
                .path("up", new double[] {10, 30}, new double[] {10, 30})
                .path("out", new double[] {20, 90}, new double[] {20, 20})
                .figure("place", "Text.");
        String svg = Files.readString(Path.of("results/place.svg"));
        List<Rect> squares = rects(svg).subList(3, 12);
        Rect first = squares.get(0), last = squares.get(8);
        double[] way = {
            first.x + first.width / 2, first.y + first.height / 2, last.x + last.width / 2, last.y + last.height / 2
        };
        for (String line : List.of("255,255,255\\);stroke-width:4.4", "0,0,0\\);stroke-width:2.2")) {
            Matcher path = Pattern.compile(
                            "<path d=\"M([\\d.]+),([\\d.]+) L([\\d.]+),([\\d.]+)\"[^>]*stroke:rgb\\(" + line)
                    .matcher(svg);
            assertTrue(path.find(), line);
            for (int k = 0; k < 4; k++) {
                assertEquals(way[k], Double.parseDouble(path.group(k + 1)), 1.5);
            }
        }
        // What lies outside the squares is cut off, and their names, each below a piece of its line, are not.
        String cut = group(svg, " clip-path=[^>]*");
        assertEquals(4, cut.split("<path ").length - 1);
        String page = group(svg, "");
        assertTrue(Letters.at(page, "up", 12, 550, 450) && Letters.at(page, "out", 12, 550, 488));
        for (int i = 0; i < 2; i++) {
            double y = 433 + 38 * i;
            assertArrayEquals(
                    new double[] {550, y, 568, y},
                    pieces(page, Theme.colour("", 2 + 3 * i), 2.2).get(0));
        }
        List<String> data = Files.readAllLines(Path.of("results/place.csv"));
        assertEquals(List.of("row,column,value,path", "10,10,0,"), data.subList(0, 2));
        assertEquals(List.of("10,10,,up", "30,30,,up", "20,20,,out", "20,90,,out"), data.subList(10, 14));
    }

    /** Between two places, 10 apart, and where there is but one. */
    @Test
    void aPathOverFewSquares() throws IOException {
        HeatMap.of("title", "x", "y")
                .values(new double[] {10, 20}, new double[] {3}, new double[][] {{1, 2}})
                .path("on", new double[] {10, 15, 20}, new double[] {3, 3.25, 3})
                .figure("place", "Text.");
        String svg = Files.readString(Path.of("results/place.svg"));
        Rect plot = rects(group(svg, " transform=\"translate\\(14 20\\)\"")).get(1);
        double[] line = strokes(svg, Color.WHITE, 4.4).get(0);
        double[] want = {0.25, 0.5, 0.5, 0.25, 0.75, 0.5}; // shares of the plot, from its upper left corner
        for (int k = 0; k < 6; k++) {
            double share = k % 2 == 0 ? (line[k] - plot.x) / plot.width : (line[k] - plot.y) / plot.height;
            assertEquals(want[k], share, 4e-3, "number " + k);
        }
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
        refused("heat map: expected a row of values or more, got none", () -> HeatMap.of("t", "x", "y")
                .values(new double[0][]));
        String finite = "heat map: expected finite numbers, NaN for an empty square, and one that is not empty, got ";
        for (double v : new double[] {Double.NaN, 1 / 0.0, -1 / 0.0}) {
            refused(finite + "[[" + v + "]]", () -> HeatMap.of("t", "x", "y").values(new double[][] {{v}}));
        }
        refused(finite + "[[]]", () -> HeatMap.of("t", "x", "y").values(new double[][] {{}}));
        refused("stacked: expected a chart or more, got none", () -> Chart.stacked("place", "Text."));
        refused("diagram: expected a node or more, got none", () -> Diagram.of("t")
                .figure("place", "Text."));
        String path = "path “ ”: expected as many x as y, and at least one, got 1 and 1";
        refused(path, () -> HeatMap.of("t", "x", "y").path(" ", new double[1], new double[1]));
        refused(path.replace("“ ”", "“a”").replace("1 and 1", "0 and 0"), () -> HeatMap.of("t", "x", "y")
                .path("a", new double[0], new double[0]));
        refused(path.replace("“ ”", "“a”").replace("1 and 1", "2 and 1"), () -> HeatMap.of("t", "x", "y")
                .path("a", new double[2], new double[1]));
        refused("text alternative: expected what is drawn, got none", () -> new Figure(new byte[0], 1, 1, "", "Text."));
        String caption = "caption: expected a sentence that says what to see, got none";
        refused(caption, () -> new Figure(new byte[0], 1, 1, "Line chart", " "));
        refused(
                caption,
                () -> HeatMap.of("t", "x", "y").values(new double[][] {{1}}).figure("place", ""));
        refused(caption, () -> Diagram.of("t").node("a", 0, 0).figure("place", ""));
        assertFalse(Files.exists(Path.of("results/place.csv")));
    }
}
