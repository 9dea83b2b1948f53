package bptt.train;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Many trainings side by side, one per core, and a file of their outcomes. Several sweeps, also of several programs,
 * may share a folder: an outcome is added to those that are in the file by then. What is in the file is not run again,
 * and a run that was cut off goes on from its checkpoint, so a sweep can be stopped at any time.
 */
public final class Sweep {
    private final Path folder;
    private final Map<String, Outcome> outcomes;
    private final Consumer<Thread> addHook;
    private final Consumer<Thread> removeHook;
    private volatile boolean stopping;

    /**
     * Groups of experiments of growing difficulty, run one after the other: where none of a group is solved, those
     * after it are not tried.
     *
     * @param groups in their order
     */
    public record Line(List<Group> groups) {}

    /**
     * Experiments of the same difficulty, such as seeds of one.
     *
     * @param experiments in their order
     */
    public record Group(List<Experiment> experiments) {}

    /**
     * A sweep that keeps its outcomes in {@code runs.json} of a folder, and its checkpoints in {@code checkpoints}
     * below.
     *
     * @param folder where
     */
    public Sweep(Path folder) {
        this(folder, Runtime.getRuntime()::addShutdownHook, Runtime.getRuntime()::removeShutdownHook);
    }

    /** With what takes, and gives back, a thread that is to be run when the program is told to end. */
    Sweep(Path folder, Consumer<Thread> addHook, Consumer<Thread> removeHook) {
        this.folder = folder;
        this.addHook = addHook;
        this.removeHook = removeHook;
        this.outcomes = new TreeMap<>(read(folder));
    }

    /**
     * The outcomes in a folder, by the experiment's name.
     *
     * @param folder of a sweep
     * @return in alphabetical order; none if there is no file
     */
    public static Map<String, Outcome> read(Path folder) {
        Path file = folder.resolve("runs.json");
        if (!Files.exists(file)) {
            return Map.of();
        }
        Map<String, Outcome> outcomes = new TreeMap<>();
        int number = 0;
        for (Outcome o : Store.read(file, "a list of outcomes", new TypeReference<List<Outcome>>() {})) {
            String field = "outcome " + ++number;
            Store.require(o != null && o.experiment() != null, file, field, "one of an experiment", o);
            Experiment e = o.experiment();
            Store.require(
                    o.updates() >= 0 && o.updates() <= e.limit(),
                    file,
                    field + ", updates",
                    "0 … " + e.limit(),
                    o.updates());
            Store.require(o.failure() != null, file, field + ", failure", "a text, empty for none", null);
            Store.require(
                    (o.unseen() != null) == o.failure().isEmpty(),
                    file,
                    field + ", unseen",
                    "a score, or null where it failed",
                    o.unseen());
            Store.require(outcomes.put(e.name(), o) == null, file, field, "one outcome of each experiment", e.name());
        }
        return outcomes;
    }

    /**
     * Runs lines side by side. When the program is told to end (Ctrl-C), every training is saved after the update it is
     * in.
     *
     * @param lines which
     * @param report is told of each outcome
     * @return all outcomes by name
     */
    public Map<String, Outcome> run(List<Line> lines, Consumer<Outcome> report) {
        int cores = Runtime.getRuntime().availableProcessors();
        ForkJoinPool pool = new ForkJoinPool(cores);
        Thread stop = new Thread(() -> {
            stopping = true;
            pool.awaitQuiescence(1, TimeUnit.MINUTES);
        });
        addHook.accept(stop);
        try {
            List<ForkJoinTask<?>> running = new ArrayList<>();
            for (Line line : lines) {
                running.add(pool.submit(() -> line(line, report)));
            }
            running.forEach(ForkJoinTask::quietlyJoin); // a line that fails does not stop the others
            running.forEach(ForkJoinTask::join);
        } finally {
            pool.shutdown();
            if (!stopping) {
                removeHook.accept(stop);
            }
        }
        return outcomes;
    }

    private void line(Line line, Consumer<Outcome> report) {
        for (Group group : line.groups()) {
            boolean solved = false;
            for (Experiment experiment : group.experiments()) {
                if (stopping) {
                    return;
                }
                Outcome outcome = run(experiment);
                report.accept(outcome);
                solved |= outcome.solved();
            }
            if (!solved) {
                return;
            }
        }
    }

    private Outcome outcome(Training training) {
        try {
            return training.run((update, limit, loss, last) -> {
                if (stopping) {
                    training.stop();
                }
            });
        } catch (ArithmeticException e) {
            return new Outcome(training.experiment(), training.updates(), false, null, e.getMessage());
        }
    }

    private Outcome run(Experiment experiment) {
        Outcome known = locked(() -> outcomes.get(experiment.name()));
        if (known != null && known.experiment().equals(experiment)) {
            return known;
        }
        Path checkpoint = folder.resolve("checkpoints").resolve(experiment.name() + ".json");
        Training training = new Training(experiment, checkpoint);
        Outcome outcome = outcome(training);
        if (stopping) {
            return outcome; // the checkpoint has it
        }
        return locked(() -> {
            outcomes.put(experiment.name(), outcome);
            Store.write(folder.resolve("runs.json"), Store.json(outcomes.values()));
            Files.deleteIfExists(checkpoint);
            return outcome;
        });
    }

    /**
     * Something to be done with the outcomes while no other thread or program that sweeps here reads or writes them.
     */
    private <T> T locked(Callable<T> action) {
        synchronized (Sweep.class) {
            try {
                Files.createDirectories(folder);
                try (FileChannel lock = FileChannel.open(folder.resolve("runs.lock"), CREATE, WRITE)) {
                    lock.lock();
                    outcomes.putAll(read(folder));
                    return action.call();
                }
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(folder + " cannot be written: " + e, e);
            }
        }
    }
}
