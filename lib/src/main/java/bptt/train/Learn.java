package bptt.train;

import bptt.train.Optimiser.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.LongStream;

/** {@code make learn}: which network learns how far back. Stopped and started again, it goes on where it was. */
public final class Learn {
    /** The distances of the adding problem. */
    public static final int[] DISTANCES = {20, 50, 100, 150, 200, 400, 750, 1000};

    /** The distances of temporal order. */
    public static final int[] ORDER_DISTANCES = {20, 50, 100, 150, 200};

    /** The networks of temporal order. */
    public static final List<Network> ORDER_NETWORKS = List.of(Network.TANH, Network.IRNN, Network.LSTM_CHRONO);

    /** The distances of copying. */
    public static final int[] COPY_DISTANCES = {5, 10, 20, 50};

    /** The networks of copying. */
    public static final List<Network> COPY_NETWORKS = List.of(Network.TANH, Network.LSTM_CHRONO, Network.GRU);

    /** Sequences after which a training of the adding problem gives up. */
    public static final int BUDGET = 240_000;

    private Learn() {}

    /**
     * Runs the grid.
     *
     * @param args the folder for runs.json
     */
    public static void main(String[] args) {
        List<List<List<Experiment>>> lines = grid();
        int all = lines.stream().flatMap(List::stream).mapToInt(List::size).sum();
        System.out.printf("%d runs at most; Ctrl-C stops, make learn goes on%n", all);
        long start = System.nanoTime();
        AtomicInteger done = new AtomicInteger();
        new Sweep(Path.of(args[0])).run(lines, outcome -> {
            String result =
                    outcome.solved() ? "solved" : outcome.failure().isEmpty() ? "not solved" : outcome.failure();
            System.out.printf(
                    Locale.ROOT,
                    "%6.1f min  %3d of %d  %-45s %-10s %6d updates%n",
                    (System.nanoTime() - start) / 6e10,
                    done.incrementAndGet(),
                    all,
                    outcome.experiment().name(),
                    result,
                    outcome.updates());
        });
    }

    /**
     * All lines: the adding problem of 2015 for each network, that of 1997, temporal order, copying.
     *
     * @return experiments by line and group
     */
    public static List<List<List<Experiment>>> grid() {
        List<List<List<Experiment>>> lines = new ArrayList<>();
        for (Network network : List.of(Network.LSTM_CHRONO, Network.TANH, Network.GRU)) {
            lines.add(line(DISTANCES, T -> adding(network, T)));
        }
        lines.add(line(new int[] {100, 500, 1000}, Learn::adding1997));
        for (Network network : ORDER_NETWORKS) {
            lines.add(line(ORDER_DISTANCES, T -> temporalOrder(network, T)));
        }
        for (Network network : COPY_NETWORKS) {
            lines.add(line(COPY_DISTANCES, T -> copying(network, T)));
        }
        for (Network network : List.of(Network.LSTM, Network.IRNN)) { // the long ones
            lines.add(line(DISTANCES, T -> adding(network, T)));
        }
        return lines;
    }

    private static List<List<Experiment>> line(int[] distances, IntFunction<Experiment> at) {
        return Arrays.stream(distances)
                .mapToObj(T -> LongStream.rangeClosed(1, 5)
                        .mapToObj(seed -> at.apply(T).withSeed(seed))
                        .toList())
                .toList();
    }

    /**
     * The adding problem of 2015, the simple networks with 100 units and batches of 16 as in Le, Jaitly and Hinton 2015, the
     * gated ones with 32 units and batches of 32; Adam, gradients clipped to the norm 1.
     *
     * @param network which
     * @param T length
     * @return seed 1
     */
    public static Experiment adding(Network network, int T) {
        boolean simple = network == Network.TANH || network == Network.IRNN;
        double rate = simple ? T <= 100 ? 1e-3 : 3e-4 : 1e-2;
        int batch = simple ? 16 : 32;
        return new Experiment(
                Task.ADDING_2015,
                T,
                network,
                simple ? 100 : 32,
                Rule.ADAM,
                rate,
                Clipping.norm(1),
                0,
                batch,
                BUDGET / batch,
                1);
    }

    /**
     * The adding problem of 1997 with an LSTM of 32 units, chrono initialisation.
     *
     * @param T length
     * @return seed 1
     */
    public static Experiment adding1997(int T) {
        return new Experiment(
                Task.ADDING_1997, T, Network.LSTM_CHRONO, 32, Rule.ADAM, 1e-2, Clipping.norm(1), 0, 32, BUDGET / 32, 1);
    }

    /**
     * Temporal order with 50 units and batches of 20 as in Pascanu, Mikolov and Bengio 2013, but with Adam.
     *
     * @param network which
     * @param T length
     * @return seed 1
     */
    public static Experiment temporalOrder(Network network, int T) {
        return new Experiment(Task.TEMPORAL_ORDER, T, network, 50, Rule.ADAM, 1e-3, Clipping.norm(1), 0, 20, 10_000, 1);
    }

    /**
     * Copying with RMSProp at 1e-3 as in Arjovsky, Shah and Bengio 2016, with 64 units and batches of 20.
     *
     * @param network which
     * @param T number of steps between
     * @return seed 1
     */
    public static Experiment copying(Network network, int T) {
        return new Experiment(Task.COPY, T, network, 64, Rule.RMSPROP, 1e-3, Clipping.norm(1), 0, 20, 10_000, 1);
    }
}
