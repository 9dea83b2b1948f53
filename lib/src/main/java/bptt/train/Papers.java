package bptt.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.LongStream;

/**
 * The experiments that stand beside published figures: the adding problem of 1997 and of 2015, with the optimiser of
 * today and with the papers' own sizes and rates. They compare a network with what was reported, not with one another.
 */
public final class Papers {
    /** The networks of the adding problem of 2015. */
    public static final List<Network> NETWORKS =
            List.of(Networks.TANH, Networks.IRNN, Networks.LSTM, Networks.LSTM_CHRONO, Networks.GRU);

    /** Its distances. */
    public static final int[] DISTANCES = {20, 50, 100, 150, 200, 400, 750, 1000};

    /** The distances of the adding problem of 1997. */
    public static final int[] DISTANCES_1997 = {100, 500, 1000};

    /** Sequences after which a training gives up. */
    public static final int BUDGET = 240_000;

    private Papers() {}

    /**
     * All of them, five seeds each. Where none of five solves the task, longer distances are not tried.
     *
     * @return the plan
     */
    public static Plan plan() {
        return Plan.all(lines());
    }

    /** The plans of which {@link #plan} is made: none waits for an outcome of another. */
    static List<Plan> lines() {
        List<Plan> lines = new ArrayList<>();
        for (Network network : NETWORKS) {
            lines.add(line(DISTANCES, T -> adding(network, T)));
        }
        lines.add(line(DISTANCES_1997, Papers::adding1997));
        lines.add(line(new int[] {100}, Papers::lstm1997));
        lines.add(line(new int[] {150}, Papers::irnn2015));
        lines.add(line(new int[] {5}, Papers::copying));
        return lines;
    }

    private static Plan line(int[] distances, IntFunction<Experiment> at) {
        return Plan.line(Arrays.stream(distances)
                .mapToObj(T -> LongStream.rangeClosed(1, 5)
                        .mapToObj(seed -> at.apply(T).withSeed(seed))
                        .toList())
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
     * The same as in the paper of 1997, as far as it says: four cells, weights uniform on ±0.1, input gates biased by
     * −3 and −6, no forget gate, gradient descent at the rate ½ after each sequence. Other than there, each cell has
     * gates of its own, g and h are tanh, and the gradient is whole.
     *
     * @param T length
     * @return seed 1
     */
    public static Experiment lstm1997(int T) {
        return Experiment.of(s -> {
            s.task = Tasks.ADDING_1997;
            s.T = T;
            s.network = Networks.LSTM_1997;
            s.hidden = 4;
            s.rule = Rules.SGD;
            s.rate = 0.5;
            s.clipping = Clipping.NONE;
            s.batch = 1;
            s.limit = BUDGET;
        });
    }

    /**
     * The IRNN of Le, Jaitly and Hinton 2015 with their optimiser: 100 units, batches of 16, gradient descent at the
     * rate 0.01, gradients clipped to 100, which they report for T = 150.
     *
     * @param T length
     * @return seed 1
     */
    public static Experiment irnn2015(int T) {
        return adding(Networks.IRNN, T).with(s -> {
            s.rule = Rules.SGD;
            s.rate = 0.01;
            s.clipping = Clipping.norm(100);
        });
    }

    /**
     * Copying (Arjovsky, Shah and Bengio 2016) with an LSTM of 64 units, at a length at which it succeeds.
     *
     * @param T number of steps between
     * @return seed 1
     */
    public static Experiment copying(int T) {
        return Experiment.of(s -> {
            s.task = Tasks.COPY;
            s.T = T;
            s.network = Networks.LSTM;
            s.hidden = 64;
            s.rate = 1e-2;
            s.limit = 12_000;
        });
    }
}
