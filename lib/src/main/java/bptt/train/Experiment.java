package bptt.train;

import bptt.cell.Parameters;
import bptt.math.Numbers;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * All that a training run depends on. Two runs of equal experiments give the same bits on any machine, with any number
 * of threads. Made by name: {@code Experiment.of(s -> { s.task = Tasks.COPY; s.T = 20; s.network = Networks.GRU; })}.
 * Task, network and rule are known by their names: experiments that differ in nothing else are equal.
 *
 * @param task what is to be learnt
 * @param T how far back
 * @param network which network, and how it starts
 * @param hidden H
 * @param rule how a gradient becomes an update
 * @param rate η
 * @param clipping of the gradient
 * @param window steps after which back-propagation is cut off while the state goes on (truncated back-propagation
 *     through time, Williams and Peng 1990); 0 for the whole sequence
 * @param batch sequences in an update
 * @param limit updates after which it gives up
 * @param seed of the initial values and of all sequences
 */
public record Experiment(
        Task task,
        int T,
        Network network,
        int hidden,
        Rule rule,
        double rate,
        Clipping clipping,
        int window,
        int batch,
        int limit,
        long seed) {
    private static final long INITIAL = -1, UNSEEN = -2;
    private static final int LONGEST = 1_000_000;

    /**
     * The parts of an experiment, to be set by name; what is not set has the value given here. Task, T and network have
     * none.
     */
    public static final class Settings {
        /** What is to be learnt. */
        public Task task;

        /** How far back. */
        public int T;

        /** Which network, and how it starts. */
        public Network network;

        /** H. */
        public int hidden = 32;

        /** How a gradient becomes an update. */
        public Rule rule = Rules.ADAM;

        /** η. */
        public double rate = 1e-3;

        /** Of the gradient. */
        public Clipping clipping = Clipping.norm(1);

        /** Steps after which back-propagation is cut off; 0 for never. */
        public int window;

        /** Sequences in an update. */
        public int batch = 32;

        /** Updates after which it gives up. */
        public int limit = 10_000;

        /** Of the initial values and of all sequences. */
        public long seed = 1;

        private Settings() {}

        private Experiment experiment(Consumer<Settings> set) {
            set.accept(this);
            return new Experiment(task, T, network, hidden, rule, rate, clipping, window, batch, limit, seed);
        }
    }

    /** Checks the parts. */
    public Experiment {
        requireName("task", task == null ? null : task.name());
        requireName("network", network == null ? null : network.name());
        requireName("rule", rule == null ? null : rule.name());
        require(clipping != null, "clipping: expected one, or Clipping.NONE", clipping);
        require(T >= task.shortest(), task.name() + ": expected T ≥ " + task.shortest(), T);
        require(T <= LONGEST, task.name() + ": expected T ≤ " + LONGEST, T);
        require(hidden >= 1, "hidden: expected 1 unit or more", hidden);
        require(rate > 0 && rate < Double.POSITIVE_INFINITY, "learning rate: expected more than 0", rate);
        require(window >= 0, "window: expected 0 (none) or more steps", window);
        require(batch >= 1, "batch: expected 1 sequence or more", batch);
        require(limit >= 1, "limit: expected 1 update or more", limit);
    }

    private static void requireName(String part, String name) {
        require(
                name != null && name.matches("\\w+"),
                part + ": expected one whose name has letters, digits and _ alone",
                name);
    }

    private static void require(boolean good, String expected, Object got) {
        if (!good) {
            throw new IllegalArgumentException(expected + ", got " + got);
        }
    }

    /**
     * An experiment.
     *
     * @param set sets its parts; task, T and network at least
     * @return the experiment
     */
    public static Experiment of(Consumer<Settings> set) {
        return new Settings().experiment(set);
    }

    /**
     * The same but for some parts.
     *
     * @param set sets those
     * @return the experiment
     */
    public Experiment with(Consumer<Settings> set) {
        Settings s = new Settings();
        s.task = task;
        s.T = T;
        s.network = network;
        s.hidden = hidden;
        s.rule = rule;
        s.rate = rate;
        s.clipping = clipping;
        s.window = window;
        s.batch = batch;
        s.limit = limit;
        s.seed = seed;
        return s.experiment(set);
    }

    /**
     * The same with another seed.
     *
     * @param other seed
     * @return the experiment
     */
    public Experiment withSeed(long other) {
        return with(s -> s.seed = other);
    }

    private List<Object> parts() {
        return List.of(task.name(), T, network.name(), hidden, rule.name(), rate, clipping, window, batch, limit, seed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Experiment e && parts().equals(e.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /**
     * A name for files and tables, different for experiments that a sweep compares.
     *
     * @return for example {@code adding-2015-T100-lstm-chrono-H32-adam-0.01-seed1}; clipping is in it if it is not at
     *     the norm 1
     */
    public String name() {
        String cut = window > 0 ? "-window" + window : "";
        String clip =
                switch (clipping.kind()) {
                    case NONE -> "-unclipped";
                    case NORM -> clipping.threshold() == 1 ? "" : "-norm" + clipping.threshold();
                    case VALUE -> "-value" + clipping.threshold();
                };
        return Numbers.format(
                "%s-T%d%s-%s-H%d-%s-%s%s-seed%d",
                lower(task.name()), T, cut, lower(network.name()), hidden, lower(rule.name()), rate, clip, seed);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
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

    /**
     * The sequences of the test, the same each time.
     *
     * @return batches
     */
    public Stream<Batch> unseen() {
        return task.unseen(T, batch, random(UNSEEN));
    }

    /** Generators that have nothing to do with one another: java.util.Random's of neighbouring seeds begin alike. */
    private Random random(long stream) {
        long key = new SplittableRandom(seed).nextLong();
        return new Random(new SplittableRandom(key + stream).nextLong());
    }
}
