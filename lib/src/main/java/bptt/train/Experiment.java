package bptt.train;

import bptt.cell.Parameters;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * All that a training run depends on. Two runs of equal experiments give the same bits on any machine, with any number of
 * threads.
 *
 * @param task what is to be learnt
 * @param T how far back
 * @param network which network, and how it starts
 * @param hidden H
 * @param rule how a gradient becomes an update
 * @param rate η
 * @param clipping of the gradient
 * @param window steps after which back-propagation is cut off while the state goes on (truncated back-propagation through
 *     time, Williams and Peng 1990); 0 for the whole sequence
 * @param batch sequences in an update
 * @param limit updates after which it gives up
 * @param seed of the initial values and of all sequences
 */
public record Experiment(
        Task task,
        int T,
        Network network,
        int hidden,
        Optimiser.Rule rule,
        double rate,
        Clipping clipping,
        int window,
        int batch,
        int limit,
        long seed) {
    private static final long INITIAL = -1, UNSEEN = -2;

    /** Checks the numbers. */
    public Experiment {
        require(T >= task.shortest(), task + ": expected T ≥ " + task.shortest(), T);
        require(hidden >= 1, "hidden: expected 1 unit or more", hidden);
        require(rate > 0 && rate < Double.POSITIVE_INFINITY, "learning rate: expected more than 0", rate);
        require(window >= 0, "window: expected 0 (none) or more steps", window);
        require(batch >= 1, "batch: expected 1 sequence or more", batch);
        require(limit >= 1, "limit: expected 1 update or more", limit);
    }

    private static void require(boolean good, String expected, Number got) {
        if (!good) {
            throw new IllegalArgumentException(expected + ", got " + got);
        }
    }

    /**
     * The same with another seed.
     *
     * @param other seed
     * @return the experiment
     */
    public Experiment withSeed(long other) {
        return new Experiment(task, T, network, hidden, rule, rate, clipping, window, batch, limit, other);
    }

    /**
     * The same with another limit of updates.
     *
     * @param updates after which it gives up
     * @return the experiment
     */
    public Experiment withLimit(int updates) {
        return new Experiment(task, T, network, hidden, rule, rate, clipping, window, batch, updates, seed);
    }

    /**
     * A name for files and tables, different for experiments that a sweep compares.
     *
     * @return for example {@code adding-2015-lstm-chrono-T100-seed1}
     */
    public String name() {
        String what = "%s-%s".formatted(task, network).toLowerCase(Locale.ROOT).replace('_', '-');
        return "%s-T%d%s-seed%d".formatted(what, T, window > 0 ? "-window" + window : "", seed);
    }

    /**
     * The parameters before the first update.
     *
     * @return θ
     */
    public Parameters initial() {
        return network.initial(task.inputs(), hidden, task.outputs(), T, random(INITIAL));
    }

    /**
     * The sequences of an update: a function of the seed and its number alone, so that a resumed run sees the same.
     *
     * @param n 1, 2, …
     * @return fresh sequences
     */
    public Batch trainingBatch(int n) {
        return task.batch(T, batch, random(n));
    }

    /** The generator of the unseen sequences. */
    Random unseen() {
        return random(UNSEEN);
    }

    /** Generators that have nothing to do with one another: java.util.Random's of neighbouring seeds begin alike. */
    private Random random(long stream) {
        long key = new SplittableRandom(seed).nextLong();
        return new Random(new SplittableRandom(key + stream).nextLong());
    }
}
