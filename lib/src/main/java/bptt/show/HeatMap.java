package bptt.show;

import bptt.math.Numbers;
import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** A matrix of numbers as coloured squares, dark for small and light for large. XChart draws it. */
public final class HeatMap {
    private static final int WIDTH = 620, HEIGHT = 520;

    private HeatMap() {}

    /**
     * Draws a matrix and writes its data to {@code results/NAME.csv} and itself to {@code .svg} and {@code .png}.
     *
     * @param title what it shows
     * @param xTitle what the columns are, numbered from 1
     * @param yTitle what the rows are, numbered from 1
     * @param values by row, then column; NaN leaves the square empty
     * @param name file name without extension
     * @param alt what the picture shows
     * @return the picture
     */
    public static Figure figure(
            String title, String xTitle, String yTitle, double[][] values, String name, String alt) {
        double[] columns = numbers(values[0].length), rows = numbers(values.length);
        return figure(title, xTitle, columns, yTitle, rows, values, name, alt);
    }

    /**
     * Draws a function on a grid and writes its data to {@code results/NAME.csv} and itself to {@code .svg} and {@code .png}.
     *
     * @param title what it shows
     * @param xTitle quantity and unit
     * @param x its value by column
     * @param yTitle quantity and unit
     * @param y its value by row
     * @param values by row, then column; NaN leaves the square empty
     * @param name file name without extension
     * @param alt what the picture shows
     * @return the picture
     */
    public static Figure figure(
            String title,
            String xTitle,
            double[] x,
            String yTitle,
            double[] y,
            double[][] values,
            String name,
            String alt) {
        Figure.requireText(alt);
        if (values.length != y.length || Arrays.stream(values).anyMatch(row -> row.length != x.length)) {
            throw new IllegalArgumentException("heat map: expected %d rows of %d values, got %s"
                    .formatted(
                            y.length,
                            x.length,
                            Arrays.stream(values).map(row -> row.length).toList()));
        }
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        Theme.apply(chart.getStyler());
        chart.getStyler()
                .setRangeColors(
                        IntStream.range(0, 9).mapToObj(i -> Theme.ramp(i, 9)).toArray(Color[]::new));
        chart.getStyler().setPlotGridLinesVisible(false);
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
        // The legend prints the ends of the range with all their digits, so they are rounded outwards to two.
        chart.getStyler().setMin(rounded(value.min(), RoundingMode.FLOOR));
        chart.getStyler().setMax(rounded(value.max(), RoundingMode.CEILING));
        chart.addSeries("values", labels(x), labels(y), squares);
        Figure figure = Picture.figure(name, WIDTH, HEIGHT, alt, g -> chart.paint(g, WIDTH, HEIGHT));
        Results.csv(name, Table.create(name, row, column, value));
        return figure;
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
