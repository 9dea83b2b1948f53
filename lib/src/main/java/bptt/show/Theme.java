package bptt.show;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.style.AxesChartStyler;

/**
 * One look for every chart: the colours of Okabe and Ito (2008), which colour-blind readers tell apart, one per
 * architecture through the whole course; and one font, from the jar, so that charts have the same pixels on every
 * machine and can be drawn where no font is installed.
 */
final class Theme {
    /** Colours by a series' name, or by its first word. */
    private static final Map<String, Color> ARCHITECTURES = Map.ofEntries(
            Map.entry("tanh", new Color(0xD55E00)),
            Map.entry("IRNN", new Color(0x009E73)),
            Map.entry("ReLU", new Color(0x009E73)),
            Map.entry("LSTM", new Color(0x0072B2)),
            Map.entry("LSTM, b_f = 1", new Color(0x003350)),
            Map.entry("LSTM, chrono", new Color(0x73B2D8)),
            Map.entry("GRU", new Color(0xCC79A7)),
            Map.entry("bound", new Color(0x444444)),
            Map.entry("limit", new Color(0x999999)));

    private static final Color[] OTHERS = {
        new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000), new Color(0x8C6D31), new Color(0x999999)
    };

    /** Viridis from dark to light, for a quantity that grows from series to series. */
    private static final Color[] RAMP = {
        new Color(0x440154), new Color(0x414487), new Color(0x2A788E), new Color(0x22A884), new Color(0x7AD151)
    };

    /** Room around XChart's picture for the titles. */
    static final int LEFT = 14, TOP = 20, BOTTOM = 14;

    static final BasicStroke DASHED =
            new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0);
    static final Color INK = new Color(0x222222);
    private static final Color GRID = new Color(0xE4E4E4);
    private static final Font FONT = font();

    private Theme() {}

    static Font font(float size) {
        return FONT.deriveFont(size);
    }

    private static Font font() {
        System.setProperty("java.awt.headless", "true");
        try {
            // Without a configuration, Java asks that of the system even for a font of its own; and for the font that a
            // PDF begins with it asks for any that it has read from a folder. It fails where there are none.
            Path folder = Files.createTempDirectory("fonts"),
                    configuration = folder.resolve("fontconfig.properties"),
                    file = folder.resolve("DejaVuSans.ttf");
            for (Path temporary : List.of(folder, configuration, file)) { // deleted in the reverse order
                temporary.toFile().deleteOnExit();
            }
            Files.writeString(configuration, "version=1\nsequence.allfonts=default\n");
            try (InputStream ttf = Theme.class.getResourceAsStream("DejaVuSans.ttf")) {
                Files.copy(ttf, file);
            }
            System.setProperty("sun.awt.fontconfig", configuration.toString());
            System.setProperty("sun.java2d.fontpath", "append:" + folder);
            Font font = Font.createFont(Font.TRUETYPE_FONT, file.toFile());
            GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts(); // reads the folder
            return font;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (FontFormatException e) {
            throw new IllegalStateException("the jar's font is damaged; build the jar again", e);
        }
    }

    static void apply(AxesChartStyler styler) {
        Font text = font(13);
        styler.setLocale(Locale.ROOT);
        styler.setBaseFont(text);
        styler.setChartTitleVisible(false); // this title and those of the axes are ours
        styler.setAxisTitlesVisible(false);
        styler.setAxisTickLabelsFont(font(12));
        styler.setAnnotationTextFont(text);
        styler.setAnnotationTextPanelFont(text);
        styler.setToolTipFont(text);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setChartFontColor(INK);
        styler.setAxisTickLabelsColor(INK);
        styler.setAxisTickMarksColor(INK);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setLegendVisible(false);
        styler.setPlotContentSize(0.999);
        styler.setPlotMargin(0);
        styler.setMarkerSize(0);
        styler.setChartPadding(18); // half of “1000”: XChart leaves out a number that does not fit
        styler.setXAxisDecimalPattern("0.####");
        styler.setYAxisDecimalPattern("0.####");
    }

    /**
     * Draws the titles of a chart and of its axes.
     *
     * @param plot where XChart's plot is, with its picture at ({@link #LEFT}, {@link #TOP})
     * @param height of the whole picture
     */
    static void titles(Graphics2D g, Rectangle2D plot, int height, String title, String xTitle, String yTitle) {
        double centre = LEFT + plot.getCenterX(), middle = TOP + plot.getCenterY();
        g.setColor(INK);
        Formula.of(title).drawCentred(g, font(15), centre, 23);
        Formula.of(xTitle).drawCentred(g, font(13), centre, height - 12);
        AffineTransform upright = g.getTransform();
        g.rotate(-Math.PI / 2);
        Formula.of(yTitle).drawCentred(g, font(13), -middle, 20);
        g.setTransform(upright);
    }

    /** The colour of a series, by its name, or by its number if the name belongs to no architecture. */
    static Color colour(String series, int number) {
        Color other = OTHERS[number % OTHERS.length];
        return ARCHITECTURES.getOrDefault(series, ARCHITECTURES.getOrDefault(series.split("[ ,(:?]")[0], other));
    }

    /** Broad for the IRNN, whose curve at 1 so often lies under another; the same for all others. */
    static BasicStroke stroke(String series) {
        float width = series.startsWith("IRNN") ? 5.5f : 2.2f;
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    }

    /** Colour number i of n along the ramp. */
    static Color ramp(int i, int n) {
        double at = n < 2 ? 0 : (double) i * (RAMP.length - 1) / (n - 1);
        int k = Math.min((int) at, RAMP.length - 2);
        return mix(RAMP[k], RAMP[k + 1], at - k);
    }

    /**
     * The n-th shade of a colour: itself, then darker, then lighter.
     */
    static Color shade(Color colour, int n) {
        return switch (n % 3) {
            case 0 -> colour;
            case 1 -> mix(colour, Color.BLACK, 0.55);
            default -> mix(colour, Color.WHITE, 0.45);
        };
    }

    private static Color mix(Color a, Color b, double part) {
        return new Color(
                (int) Math.round(a.getRed() + part * (b.getRed() - a.getRed())),
                (int) Math.round(a.getGreen() + part * (b.getGreen() - a.getGreen())),
                (int) Math.round(a.getBlue() + part * (b.getBlue() - a.getBlue())));
    }
}
