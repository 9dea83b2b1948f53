package bench;

import bptt.show.Chart;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/** Times of the LSTM against H, B and T from results/bench/peers.csv, beside the machine's limit; run in notebooks/. */
final class Plot {
    private static final List<String> PEERS =
            List.of("bptt, Vector API", "bptt, no flag", "PyTorch f64, 2 threads", "JAX f64");

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
        Chart chart = Chart.of("LSTM, forward and backward: time of a pass", title, "milliseconds")
                .logX()
                .logY();
        for (String peer : PEERS) {
            Table rows = t.where(t.stringColumn("peer").isEqualTo(peer));
            if (rows.rowCount() > 1) {
                chart.line(peer, rows.intColumn(size).asDoubleArray(), rows.numberColumn("median ms").asDoubleArray());
            }
        }
        Table ours = t.where(t.stringColumn("peer").isEqualTo(PEERS.get(0)));
        if (ours.rowCount() > 1) {
            double[] ms = ours.numberColumn("median ms").asDoubleArray();
            double[] rate = ours.numberColumn("GFLOP/s").asDoubleArray();
            double[] least = IntStream.range(0, ms.length).mapToDouble(i -> ms[i] * rate[i] / peak).toArray();
            chart.line("FMA peak, %.0f GFLOP/s".formatted(peak), ours.intColumn(size).asDoubleArray(), least)
                    .figure("bench/" + size, "Time against " + title + ": this library, two peers, the FMA peak.");
        }
    }
}
