package bptt.train;

import bptt.math.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@code make learn}: the experiments of notebook 11. Stopped and started again, it goes on where it was. */
public final class Learn {
    private static final Pattern SHARD = Pattern.compile("([1-9]\\d{0,5})/([1-9]\\d{0,5})");

    private Learn() {}

    /**
     * Runs them on this machine.
     *
     * @param args the folder for the outcomes; which part of the plan, if not all, such as {@code 3/40}
     */
    public static void main(String[] args) {
        main(args, folder -> Engine.local(folder.resolve("checkpoints")));
    }

    /**
     * The same elsewhere. What cannot be used ends the program with a sentence.
     *
     * @param args as those of {@link #main(String[])}
     * @param engine where to run them, for the folder; closed when they have ended
     */
    public static void main(String[] args, Function<Path, Engine> engine) {
        try {
            if (args.length < 1 || args.length > 2) {
                throw new IllegalArgumentException(
                        "expected a folder for the outcomes, and which part if not all, such as 3/40; got "
                                + List.of(args));
            }
            Path folder = Path.of(args[0]);
            Plan plan = args.length > 1 ? shard(args[1]) : Plan.all(lines());
            sweep(plan, folder, engine);
            if (args.length == 1) {
                Course.add(folder, Study.followed(new Sweep(folder)::known));
            }
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static List<Plan> lines() {
        return Stream.of(Study.lines(), Papers.lines()).flatMap(List::stream).toList();
    }

    /**
     * A part of the plan that waits for nothing of the other parts.
     *
     * @param text i/n: every n-th of the plan's lines, beginning with the i-th
     * @throws IllegalArgumentException if it is something else
     */
    static Plan shard(String text) {
        Matcher m = SHARD.matcher(text);
        if (!m.matches() || Integer.parseInt(m.group(1)) > Integer.parseInt(m.group(2))) {
            throw new IllegalArgumentException("SHARD: expected i/n with 1 ≤ i ≤ n, such as 3/40, got " + text);
        }
        int first = Integer.parseInt(m.group(1)) - 1, n = Integer.parseInt(m.group(2));
        List<Plan> lines = lines();
        return Plan.all(IntStream.range(0, lines.size())
                .filter(k -> k % n == first)
                .mapToObj(lines::get)
                .toList());
    }

    /**
     * Runs what is not known yet, and says how far it is.
     *
     * @param plan what to run
     * @param folder for the outcomes
     * @param where to run it, for the folder; closed at the end
     */
    public static void sweep(Plan plan, Path folder, Function<Path, Engine> where) {
        Sweep sweep = new Sweep(folder);
        try (Engine engine = where.apply(folder)) {
            int most = plan.most(sweep::known).size();
            System.out.println(Numbers.format("%d runs at most; Ctrl-C stops, make learn goes on", most));
            long start = System.nanoTime();
            AtomicInteger done = new AtomicInteger();
            double[] work = {0};
            sweep.run(plan, engine, outcome -> {
                double minutes = (System.nanoTime() - start) / 6e10;
                List<Experiment> rest = plan.most(sweep::known);
                work[0] += work(outcome.experiment(), outcome.updates());
                double ahead =
                        rest.stream().mapToDouble(e -> work(e, e.limit())).sum();
                note(folder, outcome, minutes);
                System.out.println(Numbers.format(
                        "%6.1f min  %4d done, at most %4d and %.0f min to go  %-60s %-10s %6d updates",
                        minutes,
                        done.incrementAndGet(),
                        rest.size(),
                        minutes / work[0] * ahead,
                        outcome.experiment().name(),
                        outcome.solved() ? "solved" : outcome.failure().isEmpty() ? "not solved" : outcome.failure(),
                        outcome.updates()));
            });
        }
    }

    /** When each training ended and on what: not tracked, since it is another one each time. */
    private static void note(Path folder, Outcome outcome, double minutes) {
        try {
            Files.writeString(
                    folder.resolve("times.csv"),
                    Numbers.format(
                            "%s,%d updates,%.1f min after the start,JDK %s,%d processors%n",
                            outcome.experiment().name(),
                            outcome.updates(),
                            minutes,
                            System.getProperty("java.version"),
                            Runtime.getRuntime().availableProcessors()),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What an update costs goes roughly with its steps, its sequences and the network's parameters. */
    private static double work(Experiment e, int updates) {
        return (double) updates * e.T() * e.batch() * Study.parameters(e.task(), e.network(), e.hidden());
    }
}
