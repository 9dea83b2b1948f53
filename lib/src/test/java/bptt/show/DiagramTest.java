package bptt.show;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Where things are drawn, read from the SVG. Nodes lie between x = 70 and 790 and 92 pixels apart for each unit of y,
 * the highest at y = 80; circles have the radius 22, and arrows end one pixel before them.
 */
class DiagramTest {
    private static final Path SVG = Path.of("results/where.svg");

    @BeforeEach
    void nothingIsLeft() throws IOException {
        Files.deleteIfExists(SVG);
        Files.deleteIfExists(Path.of("results/where.png"));
    }

    /** b lies 69 pixels to the right of a and 92 below, 115 away: the direction is (0.6, 0.8). */
    private static Diagram diagram() {
        return Diagram.of("title").node("a", 0, 1).node("b", 69 / 72.0, 0).node("c", 10, 0);
    }

    private static String svg(Diagram diagram) throws IOException {
        diagram.figure("where", "Text.");
        assertTrue(Files.exists(Path.of("results/where.png")));
        return Files.readString(SVG);
    }

    private static double[] numbers(String text) {
        return Pattern.compile("-?\\d+(\\.\\d+)?")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** The attributes of the elements of that name, in the order asked for. */
    private static double[][] all(String svg, String element, String... attributes) {
        return Pattern.compile("<" + element + " [^>]*>")
                .matcher(svg)
                .results()
                .map(e -> Arrays.stream(attributes)
                        .mapToDouble(a -> numbers(value(e.group(), a))[0])
                        .toArray())
                .toArray(double[][]::new);
    }

    private static String value(String element, String attribute) {
        return Pattern.compile(" " + attribute + "=\"([^\"]*)\"")
                .matcher(element)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    private static void same(double[] want, double... got) {
        assertArrayEquals(want, got, 1e-3, Arrays.toString(got));
    }

    private static double[] of(double... values) {
        return values;
    }

    @Test
    void nodesAreWhereTheGridSays() throws IOException {
        String svg = svg(diagram());
        assertTrue(
                svg.contains("viewBox=\"0 0 860 222\"")); // 92 between the rows, 50 above and below, 30 for the title
        same(of(0, 0, 860, 222), all(svg, "rect", "x", "y", "width", "height")[0]);
        assertTrue(value(
                        Pattern.compile("<rect[^>]*>")
                                .matcher(svg)
                                .results()
                                .findFirst()
                                .orElseThrow()
                                .group(),
                        "style")
                .startsWith("fill:rgb(255,255,255)"));
        double[][] circles = all(svg, "ellipse", "cx", "cy", "rx", "ry"); // each filled, then drawn
        for (int i = 0; i < 2; i++) {
            same(of(70, 80, 22, 22), circles[i]);
            same(of(139, 172, 22, 22), circles[2 + i]);
            same(of(790, 172, 22, 22), circles[4 + i]);
        }
        assertEquals(6, circles.length);
        assertEquals(3, svg.split("fill:none;stroke:rgb\\(34,34,34\\);stroke-width:1.2").length - 1);
    }

    /** Only differences of places count. */
    @Test
    void theGridMayBeginAnywhere() throws IOException {
        Diagram moved =
                Diagram.of("title").node("a", 5, 8).node("b", 5 + 69 / 72.0, 7).node("c", 15, 7);
        same(numbers(svg(diagram().edge("a", "b", "w"))), numbers(svg(moved.edge("a", "b", "w"))));
    }

    /** Text is centred: across by its width, upright by 0.35 of its height below the middle. */
    @Test
    void textIsCentred() throws IOException {
        String svg = svg(diagram());
        assertTrue(Letters.centredAt(svg, "title", 15, 430, 24));
        assertTrue(Letters.centredAt(svg, "a", 14, 70, 80 + 4.9));
        assertTrue(Letters.centredAt(svg, "b", 14, 139, 172 + 4.9));
        assertTrue(Letters.centredAt(svg, "c", 14, 790, 172 + 4.9));
        assertEquals(4, all(svg, "path", "d").length);
    }

    /** From 22 beyond a to 23 before b; the line stops 6 short of the tip, and the head is 9 long and 8 wide. */
    @Test
    void anArrow() throws IOException {
        String svg = svg(diagram().edge("a", "b", "w_1"));
        same(of(83.2, 97.6, 121.6, 148.8), all(svg, "line", "x1", "y1", "x2", "y2")[0]);
        same(
                of(125.2, 153.6, 125.2 - 5.4 - 3.2, 153.6 - 7.2 + 2.4, 125.2 - 5.4 + 3.2, 153.6 - 7.2 - 2.4),
                numbers(value(
                        Pattern.compile("<path [^>]*Z\" style=\"fill:rgb\\(119,119,119\\)[^>]*>")
                                .matcher(svg)
                                .results()
                                .findFirst()
                                .orElseThrow()
                                .group(),
                        "d")));
        assertTrue(svg.contains(" Z\" style=\"fill:rgb(119,119,119);stroke:none;\"")); // the head is closed, and filled
        assertTrue(svg.contains("stroke:rgb(119,119,119);stroke-width:1.4"));
        // On the left of the middle between both ends, (104.2, 125.6), so far that it is 5 beside the arrow.
        double w = Letters.width("w", 13), width = w + Letters.width("1", 9.36f);
        double beside = 0.8 * width / 2 + 0.6 * 13 / 2 + 5;
        double left = 104.2 + 0.8 * beside - width / 2, base = 125.6 - 0.6 * beside + 4.55;
        assertTrue(Letters.at(svg, "w", 13, left, base));
        assertTrue(Letters.at(svg, "1", 9.36f, left + w, base + 2.86));
        assertEquals(1, all(svg, "rect", "x").length); // the picture's ground, and none below the label
        assertEquals(5, all(svg(diagram().edge("a", "b", "")), "path", "d").length); // title, nodes and head
    }

    /** One in each direction: 6 pixels to the left of where it goes, its label on that side as well. */
    @Test
    void arrowsInBothDirections() throws IOException {
        String svg = svg(diagram()
                .edge("a", "b", "w")
                .marked("b", "a", "v")
                .edge("b", "c", "u")
                .marked("c", "b", "t"));
        double[][] lines = all(svg, "line", "x1", "y1", "x2", "y2");
        same(of(83.2 + 4.8, 97.6 - 3.6, 121.6 + 4.8, 148.8 - 3.6), lines[0]);
        same(of(161, 166, 761, 166), lines[2]);
        same(of(768, 178, 168, 178), lines[3]);
        double beside = 0.8 * Letters.width("w", 13) / 2 + 0.6 * 13 / 2 + 5;
        assertTrue(Letters.centredAt(svg, "w", 13, 104.2 + 4.8 + 0.8 * beside, 125.6 - 3.6 - 0.6 * beside + 4.55));
        assertTrue(Letters.centredAt(svg, "u", 13, 464, 166 - 11.5 + 4.55));
        double t = 465 - Letters.width("t", 13) / 2; // in its arrow's colour
        assertTrue(Letters.at(svg, "213,94,0", "t", 13, t, 178 + 11.5 + 4.55));
        assertTrue(svg.contains("stroke:rgb(213,94,0);stroke-width:2.4"));
    }

    /** Above circles of radius 18 whose arrow is 24 long, and below them on the way back. */
    @Test
    void aLabelLongerThanItsArrow() throws IOException {
        Diagram narrow = Diagram.of("t").node("a", 0, 0).node("b", 1, 0).node("c", 12, 0);
        assertTrue(Letters.width("w", 13) < 12 && Letters.width("long", 13) > 12);
        String svg = svg(narrow.edge("a", "b", "long"));
        assertTrue(Letters.centredAt(svg, "long", 13, 99.5, 80 - 11.5 - 18 + 4.55));
        narrow = Diagram.of("t").node("a", 0, 0).node("b", 1, 0).node("c", 12, 0);
        svg = svg(narrow.edge("b", "a", "long"));
        assertTrue(Letters.centredAt(svg, "long", 13, 100.5, 80 + 11.5 + 18 + 4.55));
        narrow = Diagram.of("t").node("a", 0, 0).node("b", 1, 0).node("c", 12, 0);
        assertTrue(Letters.centredAt(svg(narrow.edge("a", "b", "w")), "w", 13, 99.5, 80 - 11.5 + 4.55));
    }

    /** The same upright: 46 pixels are too few for 13 of a letter, with circles of 13.8; to its left. */
    @Test
    void aLabelHigherThanItsArrow() throws IOException {
        Diagram upright = Diagram.of("t").node("a", 0, 0).node("b", 0, 0.5).node("c", 12, 0);
        String svg = svg(upright.edge("a", "b", "w"));
        double beside = Letters.width("w", 13) / 2 + 5 + 13.8;
        assertTrue(Letters.centredAt(svg, "w", 13, 70 - beside, 103.5 + 4.55));
    }

    /** In both directions the circle is as much nearer as the arrow is beside its middle. */
    @Test
    void aLongLabelOfTwo() throws IOException {
        Diagram narrow = Diagram.of("t").node("a", 0, 0).node("b", 1, 0).node("c", 12, 0);
        String svg = svg(narrow.edge("a", "b", "long").edge("b", "a", ""));
        assertTrue(Letters.centredAt(svg, "long", 13, 99.5, 80 - 6 - 11.5 - (18 - 6) + 4.55));
    }

    /** The shape of a recurrent network, put together by hand. */
    @Test
    void unrolled() throws IOException {
        Diagram drawn = Diagram.unrolled("title", 3, Set.of(1, 3), Set.of(2, 3));
        Diagram wanted = Diagram.of("title")
                .node("h_0", 0, 1)
                .node("h_1", 1.5, 1)
                .edge("h_0", "h_1", "")
                .node("x_1", 1.5, 0)
                .edge("x_1", "h_1", "")
                .node("h_2", 3, 1)
                .edge("h_1", "h_2", "")
                .node("l_2", 3, 2)
                .edge("h_2", "l_2", "")
                .node("h_3", 4.5, 1)
                .edge("h_2", "h_3", "")
                .node("x_3", 4.5, 0)
                .edge("x_3", "h_3", "")
                .node("l_3", 4.5, 2)
                .edge("h_3", "l_3", "");
        assertEquals(svg(wanted), svg(drawn));
    }

    /** In ink, its middle at its place in the grid, and a line of letters 5 below; the page has room for it. */
    @Test
    void notes() throws IOException {
        Diagram diagram = Diagram.of("title")
                .node("a", 1, 0)
                .node("b", 11, 1)
                .marked("a", "b", "")
                .note("here", 3, 2)
                .note("there", 6, -1);
        String svg = svg(diagram);
        assertTrue(svg.contains("viewBox=\"0 0 860 406\"")); // three rows of 92 and the margins
        assertTrue(Letters.centredAt(svg, "here", 13, 70 + 2 * 72, 80 + 5));
        assertTrue(Letters.centredAt(svg, "there", 13, 70 + 5 * 72, 80 + 3 * 92 + 5));
    }

    /** The text alternative names 24 arrows. */
    @Test
    void manyArrows() {
        Diagram diagram = Diagram.of("title").node("a", 0, 0).node("b", 1, 0);
        for (int i = 0; i < 24; i++) {
            diagram.edge("a", "b", "");
        }
        String all = diagram.figure("where", "Text.").alt();
        assertEquals("Diagram: title. Arrows: a → b" + ", a → b".repeat(23), all);
        assertEquals(
                all + " …", diagram.edge("a", "b", "").figure("where", "Text.").alt());
    }

    /** Circles are three tenths of the smallest distance if that is less; small ones have a smaller letter. */
    @Test
    void nodesThatAreNearEachOther() throws IOException {
        String near = svg(Diagram.of("t")
                .node("a", 0, 0)
                .node("b", 12, 0)
                .node("c", 12.5, 0)
                .node("d", 18, 0));
        same(of(6), all(near, "ellipse", "rx")[0]); // half a unit of 720/18: 20 pixels
        assertTrue(Letters.centredAt(near, "a", 12, 70, 80 + 4.2));
        String enough = svg(Diagram.of("t").node("a", 0, 0).node("b", 1, 0).node("c", 12, 0)); // 60 pixels
        same(of(18), all(enough, "ellipse", "rx")[0]);
        assertTrue(Letters.centredAt(enough, "a", 14, 70, 80 + 4.9));
        same(of(70), all(svg(Diagram.of("t").node("a", 3, 0).node("b", 3, 1)), "ellipse", "cx")[2]); // one column
    }

    private static int[] row(int y, Consumer<Graphics2D> paint) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(Picture.png(20, 10, g -> {
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, 20, 10);
            g.setColor(Color.BLACK);
            paint.accept(g);
        })));
        return image.getRGB(0, y, 40, 1, null, 0, 40);
    }

    private static long greys(int[] row) {
        return Arrays.stream(row)
                .filter(v -> v != 0xFFFFFFFF && v != 0xFF000000)
                .count();
    }

    /**
     * Two pixels for one of the page, with greys at slanted edges and letters, and strokes exactly where they are put.
     */
    @Test
    void pictures() throws IOException {
        int[] upright = row(10, g -> {
            g.setStroke(new BasicStroke(1));
            g.draw(new Line2D.Double(5, 0, 5, 10)); // from 4.5 to 5.5: pixels 9 and 10
        });
        for (int x = 0; x < 40; x++) {
            assertEquals(x == 9 || x == 10 ? 0xFF000000 : 0xFFFFFFFF, upright[x], "pixel " + x);
        }
        assertTrue(greys(row(10, g -> g.draw(new Line2D.Double(0, 0, 20, 10)))) > 0);
        assertTrue(greys(row(14, g -> {
                    g.setFont(Theme.font(9));
                    g.drawString("SOS", 0, 9);
                }))
                > 0);
    }

    @Test
    void files() throws IOException {
        Path json = Path.of("results/where.json");
        Files.deleteIfExists(json);
        Results.json("where", List.of(1, 2));
        assertArrayEquals(of(1, 2), numbers(Files.readString(json)));
    }
}
