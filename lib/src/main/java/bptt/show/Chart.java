package bptt.show;

import java.awt.Color;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * A line chart: titles, lines and bands go in, a {@link Figure} comes out, its data beside it as CSV. XChart draws it.
 *
 * <p>A series whose name begins with an architecture (tanh, IRNN, LSTM, GRU) has that architecture's colour, further
 * series of the same colour another shade of it. On a logarithmic axis zeros and infinities have no place: they are
 * left out, and the series' name in the legend and in the text alternative says how many.
 */
public final class Chart {
    private static final int WIDTH = 860, HEIGHT = 460;

    private record Series(String name, double[] x, double[] y, double[] lower, double[] upper) {}

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
     * Fixes the range of y; lines are cut where they leave it.
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
     * @param name for the legend
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
     * @param name for the legend
     * @param x positions
     * @param lower lower edge of the band, or null for no band
     * @param y the line; NaN leaves a gap
     * @param upper upper edge of the band, or null for no band
     * @return this
     */
    public Chart band(String name, double[] x, double[] lower, double[] y, double[] upper) {
        for (double[] values : new double[][] {lower, y, upper}) {
            if (values != null && values.length != x.length || x.length == 0 || name.isBlank()) {
                throw new IllegalArgumentException(
                        ("series “%s”: expected as many values as positions, and at least one, "
                                        + "got %d positions, %d values")
                                .formatted(name, x.length, values == null ? 0 : values.length));
            }
        }
        if ((lower == null) != (upper == null)) {
            throw new IllegalArgumentException("series “%s”: expected both edges of the band or none".formatted(name));
        }
        series.add(new Series(
                name,
                x.clone(),
                y.clone(),
                lower == null ? null : lower.clone(),
                upper == null ? null : upper.clone()));
        return this;
    }

    /**
     * Draws the chart and writes its data to {@code results/NAME.csv} and itself to {@code results/NAME.svg} and
     * {@code .png}.
     *
     * @param name file name without extension
     * @param alt what the chart shows, in a sentence or two
     * @return the picture
     */
    public Figure figure(String name, String alt) {
        Figure.requireAlt(alt);
        if (logY && yMin <= 0) {
            throw new IllegalArgumentException("y range: expected 0 < min on a logarithmic axis, got " + yMin);
        }
        List<String> omitted = new ArrayList<>();
        XYChart chart = draw(omitted);
        Figure figure =
                Picture.figure(name, WIDTH, HEIGHT, alt + String.join("", omitted), g -> chart.paint(g, WIDTH, HEIGHT));
        Results.csv(name, table(name));
        return figure;
    }

    private XYChart draw(List<String> omitted) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        XYStyler styler = chart.getStyler();
        Theme.apply(styler);
        Map<Color, Integer> used = new HashMap<>();
        for (int i = 0; i < series.size(); i++) {
            Series s = series.get(i);
            Color base = Theme.colour(s.name, i);
            Color colour =
                    ramp ? Theme.ramp(i, series.size()) : Theme.shade(base, used.merge(base, 1, Integer::sum) - 1);
            long lost = logY
                    ? DoubleStream.of(s.y)
                            .filter(v -> v <= 0 || Double.isInfinite(v))
                            .count()
                    : 0;
            String label = s.name;
            if (lost > 0) {
                label += " (%d zeros or infinities not drawn)".formatted(lost);
                omitted.add(" " + label + ".");
            }
            double[] x = axis(s.x, logX);
            if (s.lower != null) {
                addBand(chart, s, x, colour);
            }
            XYSeries line = chart.addSeries(s.name, x, clip(axis(s.y, logY)));
            line.setLabel(label);
            line.setLineColor(colour);
            line.setLineStyle(Theme.stroke(s.name));
            line.setMarker(SeriesMarkers.NONE);
        }
        styler.setLegendVisible(series.size() > 1);
        double[] xRange = range(series.stream().flatMapToDouble(s -> DoubleStream.of(axis(s.x, logX))), logX);
        styler.setXAxisMin(xRange[0]);
        styler.setXAxisMax(xRange[1]);
        if (logX) {
            styler.setXAxisTickMarkSpacingHint(140);
            chart.setCustomXAxisTickLabelsFormatter(Chart::decade);
        }
        if (!Double.isNaN(yMin)) {
            styler.setYAxisMin(axis(yMin, logY));
            styler.setYAxisMax(axis(yMax, logY));
        } else if (logY) {
            double[] yRange = range(
                    series.stream()
                            .flatMap(s -> Stream.of(s.lower, s.y, s.upper))
                            .filter(Objects::nonNull)
                            .flatMapToDouble(v -> DoubleStream.of(axis(v, true))),
                    true);
            styler.setYAxisMin(yRange[0]);
            styler.setYAxisMax(yRange[1]);
        }
        if (logY) {
            styler.setYAxisTickMarkSpacingHint(48);
            chart.setCustomYAxisTickLabelsFormatter(Chart::decade);
        }
        // XChart labels equally spaced positions one by one; a point off the grid makes it choose round numbers.
        double[] off = {xRange[0], xRange[0] + (xRange[1] - xRange[0]) / Math.PI};
        chart.addSeries(" ", off, new double[] {Double.NaN, Double.NaN}).setShowInLegend(false);
        return chart;
    }

    /** From the least to the greatest value, on a logarithmic axis to whole decades. */
    private static double[] range(DoubleStream values, boolean log) {
        DoubleSummaryStatistics s = values.filter(Double::isFinite).summaryStatistics();
        double min = s.getCount() == 0 ? 0 : log ? Math.floor(s.getMin()) : s.getMin();
        double max = s.getCount() == 0 ? 1 : log ? Math.ceil(s.getMax()) : s.getMax();
        return new double[] {min, max > min ? max : min + 1};
    }

    /** The band is a polygon: along the lower edge and back along the upper one. */
    private void addBand(XYChart chart, Series s, double[] x, Color colour) {
        double[] lower = clip(axis(s.lower, logY)), upper = clip(axis(s.upper, logY));
        int[] drawn = IntStream.range(0, x.length)
                .filter(i -> Double.isFinite(x[i]) && Double.isFinite(lower[i]) && Double.isFinite(upper[i]))
                .toArray();
        if (drawn.length < 2) {
            return;
        }
        int n = drawn.length;
        double[] px = new double[2 * n], py = new double[2 * n];
        for (int i = 0; i < n; i++) {
            px[i] = px[2 * n - 1 - i] = x[drawn[i]];
            py[i] = lower[drawn[i]];
            py[2 * n - 1 - i] = upper[drawn[i]];
        }
        XYSeries band = chart.addSeries(s.name + " (band)", px, py);
        band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
        band.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 45));
        band.setLineColor(new Color(0, 0, 0, 0));
        band.setMarker(SeriesMarkers.NONE);
        band.setShowInLegend(false);
    }

    private static double axis(double v, boolean log) {
        return !log ? v : v > 0 && v < Double.POSITIVE_INFINITY ? StrictMath.log10(v) : Double.NaN;
    }

    private static double[] axis(double[] values, boolean log) {
        return DoubleStream.of(values).map(v -> axis(v, log)).toArray();
    }

    /**
     * What leaves the fixed range is drawn a little outside it, so that lines cross its edge; XChart clips them there.
     */
    private double[] clip(double[] y) {
        if (Double.isNaN(yMin)) {
            return y;
        }
        double min = axis(yMin, logY), max = axis(yMax, logY), margin = max - min;
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

    /** The data as one long table: series, x, y, and the band's edges where there is one. */
    private Table table(String name) {
        StringColumn names = StringColumn.create("series");
        DoubleColumn x = DoubleColumn.create("x"), y = DoubleColumn.create("y");
        DoubleColumn lower = DoubleColumn.create("lower"), upper = DoubleColumn.create("upper");
        for (Series s : series) {
            for (int i = 0; i < s.x.length; i++) {
                names.append(s.name);
                x.append(s.x[i]);
                y.append(s.y[i]);
                lower.append(s.lower == null ? Double.NaN : s.lower[i]);
                upper.append(s.upper == null ? Double.NaN : s.upper[i]);
            }
        }
        Table table = Table.create(name, names, x, y);
        return series.stream().anyMatch(s -> s.lower != null) ? table.addColumns(lower, upper) : table;
    }
}
