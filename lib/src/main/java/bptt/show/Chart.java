package bptt.show;

import bptt.math.Numbers;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.XYStyler;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * A line chart: titles, lines and bands go in, a {@link Figure} comes out, its data beside it as CSV. XChart makes the
 * axes.
 *
 * <p>A series whose name begins with an architecture (tanh, IRNN, LSTM, GRU) has that architecture's colour, further
 * series of the same colour another shade of it. On a logarithmic axis zeros and infinities have no place: they are
 * left out, and the series' name and the caption say how many.
 */
public final class Chart {
    private static final int WIDTH = 860, HEIGHT = 460;
    private static final double SAMPLE = 22, GAP = 8, LINE = 17; // of the names at the lines' ends
    private static final double MARK = 6; // radius
    private static final Font NAME = Theme.font(12);

    private enum Look {
        LINE,
        PREDICTED,
        POINTS
    }

    private record Series(String name, Look look, double[] x, double[] y, double[] lower, double[] upper) {}

    private final String title;
    private final String xTitle;
    private final String yTitle;
    private final List<Series> series = new ArrayList<>();
    private boolean logX;
    private boolean logY;
    private boolean ramp;
    private double yMin = Double.NaN;
    private double yMax = Double.NaN;

    private Chart(String title, String xTitle, String yTitle) {
        Figure.requireText("chart: expected a title and two axis labels, got an empty one", title, xTitle, yTitle);
        this.title = title;
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    /**
     * An empty chart.
     *
     * @param title what it shows
     * @param xTitle quantity and unit
     * @param yTitle quantity and unit
     * @return the chart
     */
    public static Chart of(String title, String xTitle, String yTitle) {
        return new Chart(title, xTitle, yTitle);
    }

    /**
     * Makes the x axis logarithmic.
     *
     * @return this
     */
    public Chart logX() {
        logX = true;
        return this;
    }

    /**
     * Makes the y axis logarithmic.
     *
     * @return this
     */
    public Chart logY() {
        logY = true;
        return this;
    }

    /**
     * Fixes the range of y, on a logarithmic axis to the whole decades around it; lines are cut where they leave it.
     *
     * @param min lower end
     * @param max upper end
     * @return this
     */
    public Chart yRange(double min, double max) {
        if (!(min < max)) {
            throw new IllegalArgumentException("y range: expected min < max, got " + min + " … " + max);
        }
        yMin = min;
        yMax = max;
        return this;
    }

    /**
     * Colours the series from dark to light in their order, for a parameter that grows from one to the next.
     *
     * @return this
     */
    public Chart ramp() {
        ramp = true;
        return this;
    }

    /**
     * Adds a line.
     *
     * @param name stands at its end
     * @param x positions
     * @param y values; NaN leaves a gap
     * @return this
     */
    public Chart line(String name, double[] x, double[] y) {
        return band(name, x, null, y, null);
    }

    /**
     * Adds a line with a shaded band around it.
     *
     * @param name stands at its end
     * @param x positions
     * @param lower lower edge of the band, or null for no band
     * @param y the line; NaN leaves a gap
     * @param upper upper edge of the band, or null for no band
     * @return this
     */
    public Chart band(String name, double[] x, double[] lower, double[] y, double[] upper) {
        return add(name, Look.LINE, x, lower, y, upper);
    }

    /**
     * Adds points that no line joins, each series with a mark of another form.
     *
     * @param name stands beside the chart
     * @param x positions
     * @param y values; NaN leaves one out
     * @return this
     */
    public Chart points(String name, double[] x, double[] y) {
        return add(name, Look.POINTS, x, null, y, null);
    }

    private Chart add(String name, Look look, double[] x, double[] lower, double[] y, double[] upper) {
        for (double[] values : new double[][] {lower, y, upper}) {
            if (values != null && values.length != x.length || x.length == 0 || name.isBlank()) {
                throw new IllegalArgumentException(Numbers.format(
                        "series “%s”: expected as many values as positions, and at least one, "
                                + "got %d positions, %d values",
                        name, x.length, values == null ? 0 : values.length));
            }
        }
        if ((lower == null) != (upper == null)) {
            throw new IllegalArgumentException(
                    Numbers.format("series “%s”: expected both edges of the band or none", name));
        }
        series.add(new Series(
                name,
                look,
                x.clone(),
                y.clone(),
                lower == null ? null : lower.clone(),
                upper == null ? null : upper.clone()));
        return this;
    }

    /**
     * Adds what a theory says of a line: dashed, in the line's colour, without a name of its own.
     *
     * @param line the name of a line added before
     * @param x positions
     * @param y values; NaN leaves a gap
     * @return this
     */
    public Chart predicted(String line, double[] x, double[] y) {
        if (!names().contains(line)) {
            throw new IllegalArgumentException(
                    Numbers.format("prediction: expected one of the lines %s, got “%s”", names(), line));
        }
        return add(line, Look.PREDICTED, x, null, y, null);
    }

    /**
     * Draws the chart and writes its data to {@code results/NAME.csv} and itself to {@code results/NAME.svg}, {@code
     * .pdf} and {@code .png}.
     *
     * @param name file name without extension
     * @param caption what to see in it, in a sentence or two
     * @return the picture
     */
    public Figure figure(String name, String caption) {
        return stacked(name, caption, this);
    }

    /**
     * Draws charts below each other as one picture, with the files of {@link #figure}.
     *
     * @param name file name without extension
     * @param caption what to see in them
     * @param panels the charts, from the top
     * @return the picture
     */
    public static Figure stacked(String name, String caption, Chart... panels) {
        Figure.requireCaption(caption);
        if (panels.length == 0) {
            throw new IllegalArgumentException("stacked: expected a chart or more, got none");
        }
        List<String> omitted = new ArrayList<>();
        List<List<Drawn>> drawn = new ArrayList<>();
        for (Chart panel : panels) {
            if (panel.logY && panel.yMin <= 0) {
                throw new IllegalArgumentException(
                        "y range: expected 0 < min on a logarithmic axis, got " + panel.yMin);
            }
            drawn.add(panel.drawn(omitted));
        }
        String alt = Stream.of(panels).map(Chart::alt).collect(Collectors.joining(" "));
        Figure figure =
                Picture.figure(name, WIDTH, panels.length * HEIGHT, alt, caption + String.join("", omitted), g -> {
                    for (int i = 0; i < panels.length; i++) {
                        panels[i].paint(g, drawn.get(i));
                        g.translate(0, HEIGHT);
                    }
                });
        Results.csv(name, table(name, panels));
        return figure;
    }

    private String alt() {
        List<String> names = names();
        boolean points = series.stream().allMatch(s -> s.look == Look.POINTS);
        return Numbers.format(
                "%s chart: %s. Across: %s%s; up: %s%s%s",
                points ? "Scatter" : "Line",
                title,
                xTitle,
                scale(logX),
                yTitle,
                scale(logY),
                names.size() < 2 ? "" : (points ? "; points: " : "; lines: ") + String.join("; ", names));
    }

    /** Of what is drawn; predictions have none of their own. */
    private List<String> names() {
        return series.stream()
                .filter(s -> s.look != Look.PREDICTED)
                .map(Series::name)
                .toList();
    }

    private static String scale(boolean log) {
        return log ? ", logarithmic" : "";
    }

    /** XChart's axes and grid, and on them the lines, each one stroke, with their names at their ends. */
    private void paint(Graphics2D g, List<Drawn> drawn) {
        List<Drawn> named = drawn.stream().filter(d -> d.label != null).toList();
        double names =
                named.stream().mapToDouble(d -> d.label.width(NAME)).max().orElse(0);
        int width = WIDTH - Theme.LEFT - (int) Math.ceil(named.size() < 2 ? 0 : names + SAMPLE + 3 * GAP);
        Axes axes = axes(width);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, WIDTH, HEIGHT);
        g.translate(Theme.LEFT, Theme.TOP);
        axes.paint(g, width, HEIGHT - Theme.TOP - Theme.BOTTOM);
        Rectangle2D plot = axes.plot();
        Shape clip = g.getClip();
        g.clip(new Rectangle2D.Double(plot.getX(), plot.getY() - 1, plot.getWidth(), plot.getHeight() + 2));
        for (Drawn d : drawn) {
            d.draw(g, axes);
        }
        g.setClip(clip);
        if (named.size() > 1) {
            name(g, named, plot, axes);
        }
        g.translate(-Theme.LEFT, -Theme.TOP);
        Theme.titles(g, plot, HEIGHT, title, xTitle, yTitle);
    }

    /** The names in the order of the ends of their lines, so far apart that they can be read. */
    private static void name(Graphics2D g, List<Drawn> drawn, Rectangle2D plot, Axes axes) {
        List<Drawn> down = drawn.stream()
                .sorted(Comparator.comparingDouble((Drawn d) -> d.end(plot, axes))
                        .thenComparingDouble(d -> d.left(plot, axes)))
                .toList();
        double[] y = new double[down.size()];
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.max(down.get(i).end(plot, axes), i == 0 ? plot.getY() : y[i - 1] + LINE);
        }
        double lowest = plot.getMaxY();
        for (int i = y.length - 1; i >= 0; i--) {
            y[i] = Math.min(y[i], lowest);
            lowest = y[i] - LINE;
        }
        double x = plot.getMaxX() + GAP;
        for (int i = 0; i < y.length; i++) {
            Drawn d = down.get(i);
            double end = d.end(plot, axes);
            if (d.mark >= 0) {
                d.mark(g, x + GAP + SAMPLE / 2, y[i]);
            } else {
                g.setColor(d.colour);
                g.setStroke(d.stroke());
                g.draw(new Line2D.Double(x + GAP, y[i], x + GAP + SAMPLE, y[i]));
            }
            if (d.mark < 0 && Math.abs(end - y[i]) > 2 && d.left(plot, axes) == 0) {
                g.setStroke(new BasicStroke(0.8f));
                g.draw(new Line2D.Double(plot.getMaxX() + 1, end, x + GAP, y[i]));
            }
            g.setColor(Theme.INK);
            d.label.draw(g, NAME, x + SAMPLE + 2 * GAP, y[i] + 0.35 * NAME.getSize());
        }
    }

    /** A series as it is drawn: in the axes' coordinates, logarithms taken. */
    private record Drawn(
            Formula label,
            Color colour,
            BasicStroke stroke,
            int mark, // which, or −1 for a line
            double[] x,
            double[] lower,
            double[] y,
            double[] upper) {

        void draw(Graphics2D g, Axes axes) {
            if (mark >= 0) {
                IntStream.range(0, x.length).filter(this::seen).forEach(i -> mark(g, axes.x(x[i]), axes.y(y[i])));
                return;
            }
            if (lower != null) {
                g.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 45));
                g.fill(band(axes));
            }
            g.setColor(colour);
            g.setStroke(stroke);
            g.draw(path(axes));
        }

        /** A circle, square, diamond or triangle, the second four of them hollow. */
        void mark(Graphics2D g, double cx, double cy) {
            Path2D form = new Path2D.Double();
            int corners = new int[] {0, 4, 4, 3}[mark % 4];
            double turn = new double[] {0, Math.PI / 4, 0, -Math.PI / 2}[mark % 4];
            for (int k = 0; k < corners; k++) {
                double angle = turn + 2 * Math.PI * k / corners;
                double px = cx + MARK * Math.cos(angle), py = cy + MARK * Math.sin(angle);
                if (k == 0) {
                    form.moveTo(px, py);
                } else {
                    form.lineTo(px, py);
                }
            }
            if (corners == 0) {
                form.append(new Ellipse2D.Double(cx - 0.8 * MARK, cy - 0.8 * MARK, 1.6 * MARK, 1.6 * MARK), false);
            } else {
                form.closePath();
            }
            g.setColor(mark / 4 % 2 == 1 ? Color.WHITE : colour);
            g.fill(form);
            g.setColor(colour);
            g.setStroke(new BasicStroke(1.8f));
            g.draw(form);
        }

        private Path2D path(Axes axes) {
            Path2D path = new Path2D.Double();
            for (int i = 0; i < x.length; i++) {
                if (!seen(i)) {
                    continue;
                }
                double px = axes.x(x[i]), py = axes.y(y[i]), half = stroke.getLineWidth() / 2;
                if (seen(i - 1)) {
                    path.lineTo(px, py);
                } else if (seen(i + 1)) {
                    path.moveTo(px, py);
                } else { // between two gaps, a square as wide as the line
                    path.moveTo(px - half, py);
                    path.lineTo(px + half, py);
                }
            }
            return path;
        }

        private boolean seen(int i) {
            return i >= 0 && i < x.length && Double.isFinite(x[i]) && Double.isFinite(y[i]);
        }

        /** Along the lower edge and back along the upper one. */
        private Path2D band(Axes axes) {
            int[] seen = IntStream.range(0, x.length)
                    .filter(i -> Double.isFinite(x[i]) && Double.isFinite(lower[i]) && Double.isFinite(upper[i]))
                    .toArray();
            Path2D path = new Path2D.Double();
            for (int k = 0; k < 2 * seen.length; k++) {
                int i = k < seen.length ? seen[k] : seen[2 * seen.length - 1 - k];
                double px = axes.x(x[i]), py = axes.y(k < seen.length ? lower[i] : upper[i]);
                if (k == 0) {
                    path.moveTo(px, py);
                } else {
                    path.lineTo(px, py);
                }
            }
            return path;
        }

        /** How far down the page the line's right end is; a line without a point has its name at the bottom. */
        double end(Rectangle2D plot, Axes axes) {
            int right = IntStream.range(0, x.length)
                    .filter(this::seen)
                    .reduce((i, j) -> x[j] >= x[i] ? j : i)
                    .orElse(-1);
            double at = right < 0 ? plot.getMaxY() : axes.y(y[right]);
            return Math.max(plot.getY(), Math.min(plot.getMaxY(), at));
        }

        /**
         * How long before the right edge the line left the plot for good: in pixels, negative if it did so at the top,
         * so that such lines are in the order of these numbers; 0 if it ends in the plot.
         */
        double left(Rectangle2D plot, Axes axes) {
            double[][] p = IntStream.range(0, x.length)
                    .filter(this::seen)
                    .mapToObj(i -> new double[] {axes.x(x[i]), axes.y(y[i])})
                    .toArray(double[][]::new);
            int k = p.length - 1;
            int side = k < 0 ? 0 : p[k][1] < plot.getY() - 1 ? -1 : p[k][1] > plot.getMaxY() + 1 ? 1 : 0;
            if (side == 0) {
                return 0;
            }
            double edge = side < 0 ? plot.getY() : plot.getMaxY();
            while (k > 0 && side * (p[k - 1][1] - edge) > 0) {
                k--;
            }
            double[] in = p[Math.max(0, k - 1)], out = p[k];
            double at = k == 0 ? out[0] : in[0] + (edge - in[1]) / (out[1] - in[1]) * (out[0] - in[0]);
            return side * (plot.getMaxX() + 1 - at);
        }
    }

    /** XChart without a series: a frame with numbers, and where in it a value is. */
    private static final class Axes extends XYChart {
        private final double[] xRange;
        private final double[] yRange;

        Axes(int width, double[] xRange, double[] yRange) {
            super(new XYChartBuilder()
                    .width(width)
                    .height(HEIGHT)
                    .title(" ")
                    .xAxisTitle(" ")
                    .yAxisTitle(" "));
            this.xRange = xRange;
            this.yRange = yRange;
        }

        Rectangle2D plot() {
            return plot.getBounds();
        }

        double x(double value) {
            return place(value, xRange, getScreenXFromChart(xRange[0]), getScreenXFromChart(xRange[1]));
        }

        double y(double value) {
            return place(value, yRange, getScreenYFromChart(yRange[0]), getScreenYFromChart(yRange[1]));
        }

        /** XChart itself puts what lies below the range into its middle. */
        private static double place(double value, double[] range, double first, double last) {
            return first + (value - range[0]) / (range[1] - range[0]) * (last - first);
        }
    }

    private Axes axes(int width) {
        double[] xRange = range(series.stream().flatMapToDouble(s -> DoubleStream.of(axis(s.x, logX))), logX);
        double[] yRange = range(
                series.stream()
                        .flatMap(s -> Stream.of(s.lower, s.y, s.upper))
                        .filter(Objects::nonNull)
                        .flatMapToDouble(v -> DoubleStream.of(axis(v, logY))),
                logY);
        if (!Double.isNaN(yMin)) {
            yRange = fixed();
        }
        Axes chart = new Axes(width, xRange, yRange);
        XYStyler styler = chart.getStyler();
        Theme.apply(styler);
        styler.setXAxisMin(xRange[0]);
        styler.setXAxisMax(xRange[1]);
        styler.setYAxisMin(yRange[0]);
        styler.setYAxisMax(yRange[1]);
        if (logX) {
            styler.setXAxisTickMarkSpacingHint(140);
            chart.setCustomXAxisTickLabelsFormatter(Chart::decade);
        }
        if (logY) {
            styler.setYAxisTickMarkSpacingHint(48);
            chart.setCustomYAxisTickLabelsFormatter(Chart::decade);
        }
        // XChart labels equally spaced positions one by one; a point off the grid makes it choose round numbers.
        double[] off = {xRange[0], xRange[0] + (xRange[1] - xRange[0]) / Math.PI};
        chart.addSeries(" ", off, new double[] {Double.NaN, Double.NaN});
        return chart;
    }

    /** The series in their colours; what a logarithmic axis has no place for is counted. */
    private List<Drawn> drawn(List<String> omitted) {
        List<Drawn> drawn = new ArrayList<>();
        Map<Color, Integer> used = new HashMap<>();
        Map<String, Color> colours = new HashMap<>();
        int lines = names().size();
        for (Series s : series) {
            if (s.look == Look.PREDICTED) {
                drawn.add(new Drawn(
                        null,
                        colours.get(s.name),
                        Theme.DASHED,
                        -1,
                        axis(s.x, logX),
                        null,
                        clip(axis(s.y, logY)),
                        null));
                continue;
            }
            int i = colours.size();
            Color base = Theme.colour(s.name, i);
            Color colour = ramp ? Theme.ramp(i, lines) : Theme.shade(base, used.merge(base, 1, Integer::sum) - 1);
            colours.put(s.name, colour);
            long lost = IntStream.range(0, s.y.length)
                    .filter(k -> hasNoPlace(s.x[k], logX) || hasNoPlace(s.y[k], logY))
                    .count();
            String label = s.name;
            if (lost > 0) {
                label += Numbers.format(" (%d zeros or infinities not drawn)", lost);
                omitted.add(" " + label + ".");
            }
            boolean band = s.lower != null;
            drawn.add(new Drawn(
                    Formula.of(label),
                    colour,
                    Theme.stroke(s.name),
                    s.look == Look.POINTS ? i : -1,
                    axis(s.x, logX),
                    band ? clip(axis(s.lower, logY)) : null,
                    clip(axis(s.y, logY)),
                    band ? clip(axis(s.upper, logY)) : null));
        }
        return drawn;
    }

    private static boolean hasNoPlace(double v, boolean log) {
        return log && (v <= 0 || Double.isInfinite(v));
    }

    /** From the least to the greatest value, on a logarithmic axis to whole decades. */
    private static double[] range(DoubleStream values, boolean log) {
        DoubleSummaryStatistics s = values.filter(Double::isFinite).summaryStatistics();
        double min = s.getCount() == 0 ? 0 : log ? Math.floor(s.getMin()) : s.getMin();
        double max = s.getCount() == 0 ? 1 : log ? Math.ceil(s.getMax()) : s.getMax();
        return new double[] {min, max > min ? max : min + 1};
    }

    private double[] fixed() {
        return range(DoubleStream.of(axis(yMin, logY), axis(yMax, logY)), logY);
    }

    private static double axis(double v, boolean log) {
        return !log ? v : v > 0 && v < Double.POSITIVE_INFINITY ? StrictMath.log10(v) : Double.NaN;
    }

    private static double[] axis(double[] values, boolean log) {
        return DoubleStream.of(values).map(v -> axis(v, log)).toArray();
    }

    /**
     * What leaves the fixed range is drawn a little outside it, so that lines cross its edge; the clip cuts them there.
     */
    private double[] clip(double[] y) {
        if (Double.isNaN(yMin)) {
            return y;
        }
        double min = fixed()[0], max = fixed()[1], margin = max - min;
        return DoubleStream.of(y)
                .map(v -> Math.max(min - margin, Math.min(max + margin, v)))
                .toArray();
    }

    /** Labels a whole power of ten, nothing between. */
    private static String decade(double exponent) {
        long k = Math.round(exponent);
        if (Math.abs(exponent - k) > 1e-9) {
            return " ";
        }
        if (k >= 0 && k <= 3) {
            return "1" + "0".repeat((int) k);
        }
        StringBuilder power = new StringBuilder("10");
        for (char c : Long.toString(k).toCharArray()) {
            power.append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0'));
        }
        return power.toString();
    }

    /** The data as one long table: panel, series, x, y, and the band's edges where there is one. */
    private static Table table(String name, Chart... panels) {
        StringColumn titles = StringColumn.create("panel"), names = StringColumn.create("series");
        DoubleColumn x = DoubleColumn.create("x"), y = DoubleColumn.create("y");
        DoubleColumn lower = DoubleColumn.create("lower"), upper = DoubleColumn.create("upper");
        boolean bands = false;
        for (Chart panel : panels) {
            for (Series s : panel.series) {
                bands |= s.lower != null;
                for (int i = 0; i < s.x.length; i++) {
                    titles.append(panel.title);
                    names.append(s.look == Look.PREDICTED ? s.name + ", predicted" : s.name);
                    x.append(s.x[i]);
                    y.append(s.y[i]);
                    lower.append(s.lower == null ? Double.NaN : s.lower[i]);
                    upper.append(s.upper == null ? Double.NaN : s.upper[i]);
                }
            }
        }
        Table table = Table.create(name);
        if (panels.length > 1) {
            table.addColumns(titles);
        }
        table.addColumns(names, x, y);
        return bands ? table.addColumns(lower, upper) : table;
    }
}
