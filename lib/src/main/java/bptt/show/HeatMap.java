package bptt.show;

import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
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
        Figure.requireText(alt);
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

        IntColumn row = IntColumn.create("row"), column = IntColumn.create("column");
        DoubleColumn value = DoubleColumn.create("value");
        List<Number[]> squares = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                if (!Double.isNaN(values[i][j])) {
                    squares.add(new Number[] {j, i, values[i][j]});
                    row.append(i + 1);
                    column.append(j + 1);
                    value.append(values[i][j]);
                }
            }
        }
        // The legend prints the ends of the range with all their digits, so they are rounded outwards to two.
        chart.getStyler().setMin(rounded(value.min(), RoundingMode.FLOOR));
        chart.getStyler().setMax(rounded(value.max(), RoundingMode.CEILING));
        chart.addSeries("values", numbers(values[0].length), numbers(values.length), squares);
        Figure figure = Picture.figure(name, WIDTH, HEIGHT, alt, g -> chart.paint(g, WIDTH, HEIGHT));
        Results.csv(name, Table.create(name, row, column, value));
        return figure;
    }

    private static List<Integer> numbers(int n) {
        return IntStream.rangeClosed(1, n).boxed().toList();
    }

    private static double rounded(double v, RoundingMode mode) {
        return new BigDecimal(v).round(new MathContext(2, mode)).doubleValue();
    }
}
