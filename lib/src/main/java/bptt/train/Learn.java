package bptt.train;

import bptt.math.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code make learn}: the experiments of notebook 11. Stopped and started again, it goes on where it was. */
public final class Learn {
    private Learn() {}

    /**
     * Runs them on this machine.
     *
     * @param args the folder for the outcomes
     */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        run(folder, Engine.local(folder.resolve("checkpoints")));
    }

    /**
     * Runs what is not known yet, and says how far it is.
     *
     * @param folder for the outcomes
     * @param engine where to run them
     */
    public static void run(Path folder, Engine engine) {
        Plan plan = Plan.all(List.of(Study.plan(), Papers.plan()));
        Sweep sweep = new Sweep(folder);
        System.out.printf(
                "%d runs at most; Ctrl-C stops, make learn goes on%n",
                plan.most(sweep::known).size());
        long start = System.nanoTime();
        AtomicInteger done = new AtomicInteger();
        double[] work = {0};
        sweep.run(plan, engine, outcome -> {
            double minutes = (System.nanoTime() - start) / 6e10;
            List<Experiment> rest = plan.most(sweep::known);
            work[0] += work(outcome.experiment(), outcome.updates());
            double ahead = rest.stream().mapToDouble(e -> work(e, e.limit())).sum();
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
        Course.add(folder, Study.followed(sweep::known));
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
