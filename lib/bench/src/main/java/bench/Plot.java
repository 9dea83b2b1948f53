package bench;

import bptt.show.Chart;
import tech.tablesaw.api.Table;

/** Time and memory of long passes from results/bench/long.csv, with their models; run in notebooks/. */
final class Plot {
    private Plot() {}

    public static void main(String[] args) {
        Table rows = Table.read().csv("results/bench/long.csv");
        plot(rows, "ms", "milliseconds", "Time of a pass, LSTM, H = 100, B = 1");
        plot(rows, "MB", "MB of heap", "Memory of a pass, LSTM, H = 100, B = 1");
    }

    private static void plot(Table rows, String unit, String axis, String title) {
        double[] T = rows.numberColumn("T").asDoubleArray();
        Chart chart = Chart.of(title, "steps T", axis).logX().logY();
        for (String name : new String[] {"whole", "within the budget"}) {
            chart.line(name, T, rows.numberColumn(name + ", " + unit).asDoubleArray())
                    .line(name + ", fitted", T, rows.numberColumn(name + ", fitted " + unit)
                            .asDoubleArray());
        }
        chart.figure("bench/long-" + unit, title + " against T, of the whole pass and of one within a budget.");
    }
}
