package bptt.show;

import bptt.math.Numbers;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** A matrix of numbers as coloured squares, dark for small and light for large. XChart draws it. */
public final class HeatMap {
    private static final int WIDTH = 620, HEIGHT = 520;
    private static final int LEGEND = 70, BAR = 18, SHADES = 128;
    private static final int READABLE = 8; // so many squares in a row have room for their numbers

    private final String title;
    private final String xTitle;
    private final String yTitle;
    private double[] x = {};
    private double[] y = {};
    private double[][] values = {};
    private List<String> xLabels;
    private List<String> yLabels;
    private final List<Path> paths = new ArrayList<>();

    private record Path(String name, double[] x, double[] y) {}

    private HeatMap(String title, String xTitle, String yTitle) {
        Figure.requireText("heat map: expected a title and two axis labels, got an empty one", title, xTitle, yTitle);
        this.title = title;
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    /**
     * An empty heat map.
     *
     * @param title what it shows
     * @param xTitle what the columns are
     * @param yTitle what the rows are
     * @return the heat map
     */
    public static HeatMap of(String title, String xTitle, String yTitle) {
        return new HeatMap(title, xTitle, yTitle);
    }

    /**
     * Sets the numbers; rows and columns are counted from 1.
     *
     * @param values by row, then column; NaN leaves the square empty
     * @return this
     */
    public HeatMap values(double[][] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("heat map: expected a row of values or more, got none");
        }
        return values(numbers(values[0].length), numbers(values.length), values);
    }

    /**
     * Sets the numbers: a function on a grid.
     *
     * @param x its place by column
     * @param y its place by row
     * @param values by row, then column; NaN leaves the square empty
     * @return this
     */
    public HeatMap values(double[] x, double[] y, double[][] values) {
        if (values.length != y.length || Arrays.stream(values).anyMatch(row -> row.length != x.length)) {
            throw new IllegalArgumentException(Numbers.format(
                    "heat map: expected %d rows of %d values, got %s",
                    y.length,
                    x.length,
                    Arrays.stream(values).map(row -> row.length).toList()));
        }
        double[] all = Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray();
        if (Arrays.stream(all).allMatch(Double::isNaN) || Arrays.stream(all).anyMatch(Double::isInfinite)) {
            throw new IllegalArgumentException(
                    "heat map: expected finite numbers, NaN for an empty square, and one that is not empty, got "
                            + Arrays.deepToString(values));
        }
        this.x = x.clone();
        this.y = y.clone();
        this.values = Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
        return this;
    }

    /**
     * Names the columns and rows otherwise than by their numbers, for a table of blocks.
     *
     * @param x a text for each column, which may be empty
     * @param y a text for each row, the lowest first
     * @return this
     */
    public HeatMap labels(List<String> x, List<String> y) {
        if (x.size() != this.x.length || y.size() != this.y.length) {
            throw new IllegalArgumentException(Numbers.format(
                    "heat map: expected %d labels across and %d up, got %d and %d",
                    this.x.length, this.y.length, x.size(), y.size()));
        }
        xLabels = List.copyOf(x);
        yLabels = List.copyOf(y);
        return this;
    }

    /**
     * Draws a line over the squares of a function on an evenly spaced grid; what lies outside the grid is cut off.
     *
     * @param name stands below the legend, so a short one
     * @param x its points, in the units of the columns' places
     * @param y the same, of the rows' places
     * @return this
     */
    public HeatMap path(String name, double[] x, double[] y) {
        if (x.length != y.length || x.length == 0 || name.isBlank()) {
            throw new IllegalArgumentException(Numbers.format(
                    "path “%s”: expected as many x as y, and at least one, got %d and %d", name, x.length, y.length));
        }
        paths.add(new Path(name, x.clone(), y.clone()));
        return this;
    }

    /**
     * Draws the heat map and writes its data to {@code results/NAME.csv} and itself to {@code .svg} and {@code .png}.
     *
     * @param name file name without extension
     * @param caption what to see in it
     * @return the picture
     */
    public Figure figure(String name, String caption) {
        if (values.length == 0) {
            throw new IllegalStateException("heat map: expected values, got none");
        }
        Squares chart = new Squares();
        Theme.apply(chart.getStyler());
        chart.getStyler()
                .setRangeColors(
                        IntStream.range(0, 9).mapToObj(i -> Theme.ramp(i, 9)).toArray(Color[]::new));
        chart.getStyler().setPlotGridLinesVisible(false);
        chart.getStyler().setLegendVisible(false); // XChart's prints 4.5E-6
        chart.getStyler().setXAxisTickMarkSpacingHint(20);
        chart.getStyler().setYAxisTickMarkSpacingHint(20);

        DoubleColumn row = DoubleColumn.create("row"), column = DoubleColumn.create("column");
        DoubleColumn value = DoubleColumn.create("value");
        List<Number[]> squares = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                if (!Double.isNaN(values[i][j])) {
                    squares.add(new Number[] {j, i, values[i][j]});
                    row.append(y[i]);
                    column.append(x[j]);
                    value.append(values[i][j]);
                }
            }
        }
        // The legend says the ends of the range, so they are rounded outwards to two digits.
        double min = rounded(value.min(), RoundingMode.FLOOR), max = rounded(value.max(), RoundingMode.CEILING);
        chart.getStyler().setMin(min);
        chart.getStyler().setMax(max);
        chart.addSeries(
                "values", xLabels == null ? labels(x) : xLabels, yLabels == null ? labels(y) : yLabels, squares);
        String alt = Numbers.format("Heat map: %s. Across: %s; up: %s", title, xTitle, yTitle);
        Figure figure = Picture.figure(name, WIDTH, HEIGHT, alt, caption, g -> {
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, WIDTH, HEIGHT);
            g.translate(Theme.LEFT, Theme.TOP);
            chart.paint(g, WIDTH - Theme.LEFT - LEGEND, HEIGHT - Theme.TOP - Theme.BOTTOM);
            if (Math.max(x.length, y.length) <= READABLE) {
                numbers(g, chart.plot(), min, max);
            }
            paths(g, chart.plot());
            g.translate(-Theme.LEFT, -Theme.TOP);
            Theme.titles(g, chart.plot(), HEIGHT, title, xTitle, yTitle);
            legend(g, min, max);
            pathNames(g);
        });
        Table data = Table.create(name, row, column, value);
        if (!paths.isEmpty()) {
            StringColumn path = StringColumn.create("path", Collections.nCopies(row.size(), ""));
            for (Path p : paths) {
                for (int k = 0; k < p.x.length; k++) {
                    row.append(p.y[k]);
                    column.append(p.x[k]);
                    value.appendMissing();
                    path.append(p.name);
                }
            }
            data.addColumns(path);
        }
        Results.csv(name, data);
        return figure;
    }

    /** XChart's squares and axes, and where they are. */
    private static final class Squares extends HeatMapChart {
        Squares() {
            super(new HeatMapChartBuilder().width(WIDTH).height(HEIGHT));
        }

        Rectangle2D plot() {
            return plot.getBounds();
        }
    }

    /** The values in their squares, white on the dark ones. */
    private void numbers(Graphics2D g, Rectangle2D plot, double min, double max) {
        double width = plot.getWidth() / x.length, height = plot.getHeight() / y.length;
        Font font = Theme.font(12);
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x.length; j++) {
                if (!Double.isNaN(values[i][j])) {
                    g.setColor(values[i][j] < min + 0.6 * (max - min) ? Color.WHITE : Theme.INK);
                    double base = plot.getMaxY() - (i + 0.5) * height + 0.35 * font.getSize();
                    Formula.of(Numbers.text(values[i][j], 2))
                            .drawCentred(g, font, plot.getX() + (j + 0.5) * width, base);
                }
            }
        }
    }

    /** The paths, each with a light seam, for they cross dark squares and light ones. */
    private void paths(Graphics2D g, Rectangle2D plot) {
        Shape clip = g.getClip();
        g.clip(plot);
        for (int i = 0; i < paths.size(); i++) {
            Path p = paths.get(i);
            Path2D line = new Path2D.Double();
            for (int k = 0; k < p.x.length; k++) {
                double px = plot.getX() + plot.getWidth() * place(p.x[k], x);
                double py = plot.getMaxY() - plot.getHeight() * place(p.y[k], y);
                if (k == 0) {
                    line.moveTo(px, py);
                } else {
                    line.lineTo(px, py);
                }
            }
            g.setColor(Color.WHITE);
            g.setStroke(new BasicStroke(4.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            g.draw(line);
            asPath(g, i);
            g.draw(line);
        }
        g.setClip(clip);
    }

    /** Where a number of an evenly spaced axis is, as a part of the axis; each place has a square around it. */
    private static double place(double at, double[] axis) {
        double square = axis.length < 2 ? 1 : (axis[axis.length - 1] - axis[0]) / (axis.length - 1);
        return ((at - axis[0]) / square + 0.5) / axis.length;
    }

    /** The names of the paths below the legend, each under a piece of its line. */
    private void pathNames(Graphics2D g) {
        for (int i = 0; i < paths.size(); i++) {
            double left = WIDTH - LEGEND, base = HEIGHT * 0.75 + 60 + 38 * i;
            asPath(g, i);
            g.draw(new Line2D.Double(left, base - 17, left + BAR, base - 17));
            g.setColor(Theme.INK);
            Formula.of(paths.get(i).name).draw(g, Theme.font(12), left, base);
        }
    }

    private static void asPath(Graphics2D g, int i) {
        g.setColor(Theme.colour("", 2 + 3 * i));
        g.setStroke(Theme.stroke(""));
    }

    /** The ramp with its ends, to the right of the squares. */
    private static void legend(Graphics2D g, double min, double max) {
        double left = WIDTH - LEGEND, top = HEIGHT / 4.0, height = HEIGHT / 2.0, shade = height / SHADES;
        for (int i = 0; i < SHADES; i++) {
            g.setColor(Theme.ramp(SHADES - 1 - i, SHADES));
            double below = i == SHADES - 1 ? 0 : 1; // over the next one, which leaves no seam
            g.fill(new Rectangle2D.Double(left, top + i * shade, BAR, shade + below));
        }
        g.setColor(Theme.INK);
        Formula.of(Numbers.text(max, 2)).draw(g, Theme.font(12), left, top - 8);
        Formula.of(Numbers.text(min, 2)).draw(g, Theme.font(12), left, top + height + 18);
    }

    private static double[] numbers(int n) {
        return IntStream.rangeClosed(1, n).asDoubleStream().toArray();
    }

    private static List<String> labels(double[] values) {
        return Arrays.stream(values).mapToObj(v -> Numbers.text(v, 3)).toList();
    }

    private static double rounded(double v, RoundingMode mode) {
        return new BigDecimal(v).round(new MathContext(2, mode)).doubleValue();
    }
}
