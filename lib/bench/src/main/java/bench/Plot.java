package bench;

import bptt.show.Chart;
import java.util.List;
import tech.tablesaw.api.Table;

/** Rates of the LSTM against H, B and T from results/bench/peers.csv, beside the peak; run in notebooks/. */
final class Plot {
    private static final List<String> PEERS =
            List.of("bptt, Vector API", "bptt, no flag", "PyTorch f64, 1 thread", "PyTorch f64, 2 threads", "JAX f64", "EJML");

    private Plot() {}

    public static void main(String[] args) {
        double peak = Double.parseDouble(args[0]);
        Table all = Table.read().csv("results/bench/peers.csv");
        Table lstm = all.where(all.stringColumn("cell").isEqualTo("lstm"));
        plot(lstm, "H", "units H", peak);
        plot(lstm, "B", "sequences B", peak);
        plot(lstm, "T", "steps T", peak);
    }

    /** One size varies, the two others are those of the main problem. */
    private static void plot(Table lstm, String size, String title, double peak) {
        Table t = lstm;
        for (String other : List.of("H", "B", "T")) {
            if (!other.equals(size)) {
                t = t.where(t.intColumn(other).isEqualTo(other.equals("H") ? 100 : other.equals("B") ? 16 : 400));
            }
        }
        t = t.sortAscendingOn(size);
        Chart chart = Chart.of("LSTM, forward and backward: rate of the products", title, "GFLOP/s")
                .logX()
                .logY();
        for (String peer : PEERS) {
            Table rows = t.where(t.stringColumn("peer").isEqualTo(peer));
            if (rows.rowCount() > 1) {
                chart.line(peer, rows.intColumn(size).asDoubleArray(), rows.numberColumn("GFLOP/s").asDoubleArray());
            }
        }
        double[] x = t.intColumn(size).unique().asDoubleColumn().asDoubleArray();
        if (x.length > 1) {
            double[] peaks = java.util.stream.DoubleStream.of(x).map(v -> peak).toArray();
            chart.line("FMA peak", x, peaks)
                    .figure("bench/" + size, "Rate against " + title + " of this library and its peers, and the peak.");
        }
    }
}
