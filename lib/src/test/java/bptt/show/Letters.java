package bptt.show;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Letters are drawn as outlines: a text is found in an SVG by its shape, and there by where it is. */
final class Letters {
    private static final Pattern PATH = Pattern.compile("<path d=\"([^\"]*)\" style=\"fill:rgb\\(([\\d,]*)\\)[^>]*>");

    private Letters() {}

    /** Whether the text stands in ink of that colour from x on, its line at base, to a hundredth of a pixel. */
    static boolean at(String svg, String colour, String text, float size, double x, double base) throws IOException {
        return near(svg, colour, text, size, x, base, 0.01);
    }

    static boolean near(String svg, String colour, String text, float size, double x, double base, double pixels)
            throws IOException {
        double[] want = numbers(outline(text, size, AffineTransform.getTranslateInstance(x, base)));
        return PATH.matcher(svg)
                .results()
                .filter(path -> path.group(2).equals(colour))
                .map(path -> numbers(path.group(1)))
                .anyMatch(got -> same(want, got, pixels));
    }

    static boolean at(String svg, String text, float size, double x, double base) throws IOException {
        return at(svg, "34,34,34", text, size, x, base);
    }

    static boolean centredAt(String svg, String text, float size, double x, double base) throws IOException {
        return at(svg, text, size, x - width(text, size) / 2, base);
    }

    static double width(String text, float size) {
        return layout(text, size).getAdvance();
    }

    /** As XChart draws it, which moves the page and not the letters. */
    static String outline(String text, float size) throws IOException {
        return outline(text, size, null);
    }

    private static String outline(String text, float size, AffineTransform place) throws IOException {
        String svg = svg(g -> g.fill(layout(text, size).getOutline(place)));
        return PATH.matcher(svg).results().findFirst().orElseThrow().group(1);
    }

    private static TextLayout layout(String text, float size) {
        Font font = Theme.font(size);
        return new TextLayout(text, font, new FontRenderContext(null, true, true));
    }

    static String svg(Consumer<Graphics2D> paint) throws IOException {
        VectorGraphics2D g = new VectorGraphics2D();
        paint.accept(g);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Processors.get("svg")
                .getDocument(g.getCommands(), new PageSize(0, 0, 1, 1))
                .writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    static double[] numbers(String text) {
        return Pattern.compile("-?\\d+(\\.\\d+)?(E-?\\d+)?")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static boolean same(double[] want, double[] got, double pixels) {
        for (int i = 0; i < want.length; i++) {
            if (want.length != got.length || !(Math.abs(want[i] - got[i]) < pixels)) {
                return false;
            }
        }
        return true;
    }
}
