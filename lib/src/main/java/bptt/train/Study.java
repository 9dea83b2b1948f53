package bptt.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/**
 * The controlled experiment of notebook 11: ten networks of the same number of parameters, three tasks without near
 * examples, five distances, one grid of rates, one budget. The rate of each network, task and distance is chosen with a
 * seed of its own and judged with others.
 */
public final class Study {
    /** The tasks; in none of them does what is needed ever lie near the end. */
    public static final List<Tasks> TASKS = List.of(Tasks.RECALL, Tasks.ADDING_FAR, Tasks.TEMPORAL_ORDER);

    /** The networks. */
    public static final List<Networks> NETWORKS = List.of(
            Networks.TANH,
            Networks.TANH_ORTHOGONAL,
            Networks.IRNN,
            Networks.LSTM_0,
            Networks.LSTM,
            Networks.LSTM_ORTHOGONAL,
            Networks.LSTM_CHRONO,
            Networks.GRU,
            Networks.GRU_ORTHOGONAL,
            Networks.MIN_GRU);

    /** Those that read handwritten digits. */
    public static final List<Networks> READERS =
            List.of(Networks.TANH, Networks.IRNN, Networks.LSTM, Networks.GRU, Networks.MIN_GRU);

    /** Those whose gradients are clipped and cut off. */
    public static final List<Networks> TREATED =
            List.of(Networks.IRNN, Networks.LSTM, Networks.LSTM_CHRONO, Networks.GRU);

    /** The rates of gradient descent with and without clipping. */
    public static final List<Double> STEEP = List.of(0.01, 0.1, 1.0);

    /** The windows of truncated back-propagation, 0 for none. */
    public static final List<Integer> WINDOWS = List.of(0, 25, 10);

    /** The distances. */
    public static final List<Integer> DISTANCES = List.of(20, 50, 100, 200, 400);

    /** The rates of Adam among which one is chosen. */
    public static final List<Double> RATES = List.of(1e-2, 3e-3, 1e-3, 3e-4);

    /** Parameters of a network, within five per cent. */
    public static final int PARAMETERS = 1250;

    /** The seed that chooses the rate. */
    public static final long VALIDATION = 100;

    /** The seeds that are reported: 1 … 5. */
    public static final int SEEDS = 5;

    /** Sequences in an update. */
    public static final int BATCH = 32;

    /** Sequences after which a training gives up. */
    public static final int BUDGET = 128_000;

    private static final Map<List<Object>, Integer> COUNTED = new ConcurrentHashMap<>();

    private Study() {}

    /**
     * One of the experiments.
     *
     * @param task what is to be learnt
     * @param network which
     * @param T how far back
     * @param rate η
     * @param seed of weights and sequences
     * @return Adam, gradients clipped to the norm 1
     */
    public static Experiment experiment(Task task, Network network, int T, double rate, long seed) {
        return Experiment.of(s -> {
            s.task = task;
            s.T = T;
            s.network = network;
            s.hidden = hidden(task, network);
            s.rate = rate;
            s.batch = BATCH;
            s.limit = BUDGET / BATCH;
            s.seed = seed;
        });
    }

    /**
     * H of the network whose number of parameters is nearest to {@link #PARAMETERS}.
     *
     * @param task which has I inputs and O outputs
     * @param network which
     * @return H
     */
    public static int hidden(Task task, Network network) {
        int H = 1;
        while (parameters(task, network, H + 1) <= PARAMETERS) {
            H++;
        }
        int below = PARAMETERS - parameters(task, network, H), above = parameters(task, network, H + 1) - PARAMETERS;
        return below <= above ? H : H + 1;
    }

    /**
     * The number of parameters.
     *
     * @param task which has I inputs and O outputs
     * @param network which
     * @param hidden H
     * @return of weights and biases, those of the readout among them
     */
    public static int parameters(Task task, Network network, int hidden) {
        return COUNTED.computeIfAbsent(
                List.of(task, network, hidden),
                key ->
                        network
                                .initial(task.inputs(), hidden, task.outputs(), 3, new Random(0))
                                .asMap()
                                .values()
                                .stream()
                                .mapToInt(SimpleMatrix::getNumElements)
                                .sum());
    }

    /**
     * The experiments that choose the rate, one for each.
     *
     * @param task what is to be learnt
     * @param network which
     * @param T how far back
     * @return with the seed {@link #VALIDATION}
     */
    public static List<Experiment> trials(Task task, Network network, int T) {
        return RATES.stream()
                .map(rate -> experiment(task, network, T, rate, VALIDATION))
                .toList();
    }

    /**
     * The experiments that are reported.
     *
     * @param task what is to be learnt
     * @param network which
     * @param T how far back
     * @param known outcomes, null for one that is not known
     * @return five seeds at the chosen rate; none if not all trials are known
     */
    public static List<Experiment> reported(Task task, Network network, int T, Function<Experiment, Outcome> known) {
        List<Experiment> trials = trials(task, network, T);
        if (!Plan.missing(trials, known).isEmpty()) {
            return List.of();
        }
        double rate = best(trials.stream().map(known).toList()).experiment().rate();
        return seeds(task, network, T, rate);
    }

    /**
     * Which rate is chosen: of those that solve the task the one that does so in the fewest updates; if none does, the
     * one of the least loss on unseen sequences; one that overflows comes last, and of equals the first in the grid.
     *
     * @param trials outcomes of the trials
     * @return the best
     */
    public static Outcome best(List<Outcome> trials) {
        return trials.stream()
                .min(Comparator.comparing((Outcome o) -> !o.solved())
                        .thenComparing(o -> o.solved() ? o.updates() : 0)
                        .thenComparing(o -> o.unseen() == null
                                ? Double.POSITIVE_INFINITY
                                : o.unseen().loss()))
                .orElseThrow();
    }

    /**
     * All of it. Where none of the five seeds of a network solves a task at a distance, longer ones are not tried.
     *
     * @return the plan
     */
    public static Plan plan() {
        return Plan.all(lines());
    }

    /** The plans of which {@link #plan} is made: none waits for an outcome of another. */
    static List<Plan> lines() {
        List<Plan> plans = new ArrayList<>();
        for (Network network : NETWORKS) {
            TASKS.forEach(task -> plans.add(known -> due(task, network, known)));
        }
        for (Network network : READERS) {
            for (double rate : RATES) {
                plans.add(Plan.of(digits(Tasks.DIGITS, network, rate)));
                plans.add(Plan.of(digits(Tasks.DIGITS_PERMUTED, network, rate)));
            }
        }
        for (Network network : TREATED) {
            for (double rate : STEEP) {
                plans.add(Plan.of(clipped(network, rate, Clipping.NONE)));
                plans.add(Plan.of(clipped(network, rate, Clipping.norm(1))));
            }
            for (int window : WINDOWS) {
                plans.add(Plan.of(truncated(Tasks.ADDING_2015, network, window)));
                plans.add(Plan.of(truncated(Tasks.ADDING_FAR, network, window)));
            }
        }
        return plans;
    }

    /**
     * The distances at which a task makes sense.
     *
     * @param task which
     * @return ascending
     */
    public static List<Integer> distances(Task task) {
        return DISTANCES.stream().filter(T -> T >= task.shortest()).toList();
    }

    /**
     * Handwritten digits, also in another order: five seeds of each network and rate, all reported.
     *
     * @param task {@link Tasks#DIGITS} or {@link Tasks#DIGITS_PERMUTED}
     * @param network one of {@link #READERS}
     * @param rate η
     * @return five seeds
     */
    public static List<Experiment> digits(Task task, Network network, double rate) {
        return seeds(task, network, Digits.PIXELS, rate);
    }

    /**
     * What clipping does: the adding problem of 2015 over 50 steps with plain gradient descent.
     *
     * @param network one of {@link #TREATED}
     * @param rate one of {@link #STEEP}
     * @param clipping or none
     * @return five seeds
     */
    public static List<Experiment> clipped(Network network, double rate, Clipping clipping) {
        return seeds(Tasks.ADDING_2015, network, 50, rate).stream()
                .map(e -> e.with(s -> {
                    s.rule = Rules.SGD;
                    s.clipping = clipping;
                }))
                .toList();
    }

    /**
     * What truncation does over 50 steps.
     *
     * @param task {@link Tasks#ADDING_2015}, where some marks are near, or {@link Tasks#ADDING_FAR}, where none is
     * @param network one of {@link #TREATED}
     * @param window after how many steps the gradient is cut off, 0 for never
     * @return five seeds
     */
    public static List<Experiment> truncated(Task task, Network network, int window) {
        return seeds(task, network, 50, 1e-2).stream()
                .map(e -> e.with(s -> s.window = window))
                .toList();
    }

    private static List<Experiment> seeds(Task task, Network network, int T, double rate) {
        return LongStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> experiment(task, network, T, rate, seed))
                .toList();
    }

    /**
     * The experiments whose course is looked at: recall over 50 and 100 steps, all that is reported.
     *
     * @param known outcomes, null for one that is not known
     * @return five for each network and distance that was tried
     */
    public static List<Experiment> followed(Function<Experiment, Outcome> known) {
        return Stream.of(50, 100)
                .flatMap(T -> NETWORKS.stream().flatMap(network -> reported(Tasks.RECALL, network, T, known).stream()))
                .filter(e -> known.apply(e) != null)
                .toList();
    }

    private static List<Experiment> due(Task task, Network network, Function<Experiment, Outcome> known) {
        for (int T : distances(task)) {
            List<Experiment> reported = reported(task, network, T, known);
            List<Experiment> missing = Plan.missing(reported.isEmpty() ? trials(task, network, T) : reported, known);
            if (!missing.isEmpty()) {
                return missing;
            }
            if (reported.stream().noneMatch(e -> known.apply(e).solved())) {
                return List.of();
            }
        }
        return List.of();
    }
}
