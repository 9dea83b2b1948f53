package bptt.train;

import bptt.math.Numbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.LongStream;

/** {@code make learn}: which network learns how far back. Stopped and started again, it goes on where it was. */
public final class Grid {
    /** The distances of the adding problem. */
    public static final int[] DISTANCES = {20, 50, 100, 150, 200, 400, 750, 1000};

    /** The distances of temporal order. */
    public static final int[] ORDER_DISTANCES = {20, 50, 100, 150, 200};

    /** The networks of temporal order. */
    public static final List<Network> ORDER_NETWORKS = List.of(Networks.TANH, Networks.IRNN, Networks.LSTM_CHRONO);

    /** The distances of copying. */
    public static final int[] COPY_DISTANCES = {5, 10, 20, 50};

    /** The networks of copying. */
    public static final List<Network> COPY_NETWORKS = List.of(Networks.TANH, Networks.LSTM_CHRONO, Networks.GRU);

    /** Sequences after which a training of the adding problem gives up. */
    public static final int BUDGET = 240_000;

    private Grid() {}

    /**
     * Runs the grid.
     *
     * @param args the folder for runs.json
     */
    public static void main(String[] args) {
        List<Sweep.Line> lines = grid();
        int all = lines.stream()
                .flatMap(line -> line.groups().stream())
                .mapToInt(group -> group.experiments().size())
                .sum();
        System.out.printf("%d runs at most; Ctrl-C stops, make learn goes on%n", all);
        long start = System.nanoTime();
        AtomicInteger done = new AtomicInteger();
        new Sweep(Path.of(args[0])).run(lines, outcome -> {
            String result =
                    outcome.solved() ? "solved" : outcome.failure().isEmpty() ? "not solved" : outcome.failure();
            System.out.println(Numbers.format(
                    "%6.1f min  %3d of %d  %-45s %-10s %6d updates",
                    (System.nanoTime() - start) / 6e10,
                    done.incrementAndGet(),
                    all,
                    outcome.experiment().name(),
                    result,
                    outcome.updates()));
        });
    }

    /**
     * All lines: the adding problem of 2015 for each network, that of 1997, temporal order, copying.
     *
     * @return experiments by line and group
     */
    public static List<Sweep.Line> grid() {
        List<Sweep.Line> lines = new ArrayList<>();
        for (Network network : List.of(Networks.LSTM_CHRONO, Networks.TANH, Networks.GRU)) {
            lines.add(line(DISTANCES, T -> adding(network, T)));
        }
        lines.add(line(new int[] {100, 500, 1000}, Grid::adding1997));
        for (Network network : ORDER_NETWORKS) {
            lines.add(line(ORDER_DISTANCES, T -> temporalOrder(network, T)));
        }
        for (Network network : COPY_NETWORKS) {
            lines.add(line(COPY_DISTANCES, T -> copying(network, T)));
        }
        for (Network network : List.of(Networks.LSTM, Networks.IRNN)) { // the long ones
            lines.add(line(DISTANCES, T -> adding(network, T)));
        }
        return lines;
    }

    private static Sweep.Line line(int[] distances, IntFunction<Experiment> at) {
        return new Sweep.Line(Arrays.stream(distances)
                .mapToObj(T -> new Sweep.Group(LongStream.rangeClosed(1, 5)
                        .mapToObj(seed -> at.apply(T).withSeed(seed))
                        .toList()))
                .toList());
    }

    /**
     * The adding problem of 2015, the simple networks with 100 units and batches of 16 as in Le, Jaitly and Hinton
     * 2015, the gated ones with 32 units and batches of 32; Adam, gradients clipped to the norm 1.
     *
     * @param network which
     * @param T length
     * @return seed 1
     */
    public static Experiment adding(Network network, int T) {
        boolean simple = network == Networks.TANH || network == Networks.IRNN;
        return Experiment.of(s -> {
            s.task = Tasks.ADDING_2015;
            s.T = T;
            s.network = network;
            s.hidden = simple ? 100 : 32;
            s.rate = simple ? T <= 100 ? 1e-3 : 3e-4 : 1e-2;
            s.batch = simple ? 16 : 32;
            s.limit = BUDGET / s.batch;
        });
    }

    /**
     * The adding problem of 1997 with an LSTM of 32 units, chrono initialisation.
     *
     * @param T length
     * @return seed 1
     */
    public static Experiment adding1997(int T) {
        return adding(Networks.LSTM_CHRONO, T).with(s -> s.task = Tasks.ADDING_1997);
    }

    /**
     * Temporal order with 50 units and batches of 20 as in Pascanu, Mikolov and Bengio 2013, but with Adam.
     *
     * @param network which
     * @param T length
     * @return seed 1
     */
    public static Experiment temporalOrder(Network network, int T) {
        return Experiment.of(s -> {
            s.task = Tasks.TEMPORAL_ORDER;
            s.T = T;
            s.network = network;
            s.hidden = 50;
            s.batch = 20;
        });
    }

    /**
     * Copying with RMSProp at 1e-3 as in Arjovsky, Shah and Bengio 2016, with 64 units and batches of 20.
     *
     * @param network which
     * @param T number of steps between
     * @return seed 1
     */
    public static Experiment copying(Network network, int T) {
        return Experiment.of(s -> {
            s.task = Tasks.COPY;
            s.T = T;
            s.network = network;
            s.hidden = 64;
            s.rule = Rules.RMSPROP;
            s.batch = 20;
        });
    }
}
