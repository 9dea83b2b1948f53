package bptt.train;

import bptt.math.Numbers;
import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/**
 * Many trainings side by side, and a file of their outcomes. Several sweeps, also of several programs, may share a
 * folder: an outcome is added to those that are in the file by then. What is in the file is not run again, so a sweep
 * can be stopped at any time.
 */
public final class Sweep {
    private final Path folder;
    private final Map<String, Outcome> outcomes;
    private final Consumer<Thread> addHook;
    private final Consumer<Thread> removeHook;
    private final Map<String, Experiment> taken = new HashMap<>();
    private RuntimeException failure;
    private int running;
    private volatile boolean stopping;

    /**
     * A sweep that keeps its outcomes in {@code runs.json} of a folder.
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
            Store.require(
                    o.unseen() == null || makesSense(o.unseen()),
                    file,
                    field + ", unseen",
                    "numbers of 0 or more, errors of 1 at most",
                    o.unseen());
            Store.require(
                    !o.solved() || o.failure().isEmpty(), file, field + ", solved", "false where it failed", true);
            Store.require(outcomes.put(e.name(), o) == null, file, field, "one outcome of each experiment", e.name());
        }
        return outcomes;
    }

    private static boolean makesSense(Batch.Score score) {
        return DoubleStream.of(score.loss(), score.worst(), score.errors())
                        .allMatch(v -> v >= 0 && v < Double.POSITIVE_INFINITY)
                && score.errors() <= 1;
    }

    /**
     * The outcome of an experiment, if it is known.
     *
     * @param experiment which
     * @return its outcome, or null; one of the same name but other settings is not its
     */
    public Outcome known(Experiment experiment) {
        Outcome outcome = outcomes.get(experiment.name());
        return outcome != null && outcome.experiment().equals(experiment) ? outcome : null;
    }

    /**
     * Carries out a plan. When the program is told to end (Ctrl-C), every training stops after the update it is in.
     *
     * @param plan what to run
     * @param engine where
     * @param report is told of each outcome, one at a time
     * @return all outcomes by name
     * @throws IllegalArgumentException if two experiments have one name, here or in the file, and so would overwrite
     *     each other; after all others have ended
     * @throws RuntimeException what an experiment threw that could not be run at all, likewise
     */
    public Map<String, Outcome> run(Plan plan, Engine engine, Consumer<Outcome> report) {
        ExecutorService pool = Executors.newFixedThreadPool(engine.slots());
        Thread stop = new Thread(() -> {
            stop();
            await(pool, 1, TimeUnit.MINUTES);
        });
        addHook.accept(stop);
        taken.clear();
        failure = null;
        stopping = false;
        try {
            for (int i = 0; i < engine.slots(); i++) {
                pool.execute(() -> work(plan, engine, report));
            }
            pool.shutdown();
            if (!await(pool, Long.MAX_VALUE, TimeUnit.DAYS)) { // interrupted
                stop();
                await(pool, 1, TimeUnit.MINUTES);
            }
        } finally {
            try {
                removeHook.accept(stop);
            } catch (IllegalStateException e) { // it is at work: the program ends
            }
        }
        if (failure != null) {
            throw failure;
        }
        return outcomes;
    }

    private static boolean await(ExecutorService pool, long time, TimeUnit unit) {
        try {
            return pool.awaitTermination(time, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void stop() {
        stopping = true;
        notifyAll();
    }

    /** One of the threads that run what is due until nothing is. */
    private void work(Plan plan, Engine engine, Consumer<Outcome> report) {
        try {
            for (Experiment e = next(plan); e != null; e = next(plan)) {
                Outcome outcome = null;
                try {
                    outcome = engine.run(e, () -> stopping);
                } catch (RuntimeException failed) { // no reason to stop the others
                    fail(failed);
                } catch (Error failed) { // such as one that needs more memory than there is
                    fail(new IllegalStateException(e.name() + ": " + root(failed), failed));
                }
                ended(outcome, engine, report);
            }
        } catch (RuntimeException failed) {
            fail(failed);
        }
    }

    private static Throwable root(Throwable e) {
        return e.getCause() == null ? e : root(e.getCause());
    }

    private synchronized void fail(RuntimeException e) {
        failure = failure == null ? e : failure;
    }

    /** The first of what is due that no thread has taken; waits while others may make more due; null at the end. */
    private synchronized Experiment next(Plan plan) {
        while (!stopping) {
            locked(() -> {});
            for (Experiment e : plan.due(this::known)) {
                Outcome stored = outcomes.get(e.name());
                Experiment named = stored == null ? taken.putIfAbsent(e.name(), e) : stored.experiment();
                if (named == null) {
                    running++;
                    return e;
                }
                if (!named.equals(e)) {
                    fail(new IllegalArgumentException(Numbers.format(
                            "%s: expected one experiment of the name %s, got %s beside %s",
                            folder, e.name(), e, named)));
                }
            }
            if (running == 0) {
                return null;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                stopping = true;
            }
        }
        return null;
    }

    private synchronized void ended(Outcome outcome, Engine engine, Consumer<Outcome> report) {
        running--;
        notifyAll();
        if (outcome == null) {
            return;
        }
        if (!outcome.failure().equals(Engine.INTERRUPTED)) {
            locked(() -> {
                outcomes.put(outcome.experiment().name(), outcome);
                Store.write(folder.resolve("runs.json"), Store.json(outcomes.values()));
            });
            engine.stored(outcome.experiment());
        }
        report.accept(outcome);
    }

    /** Something to be done with the outcomes of all that sweep here. */
    private void locked(Runnable action) {
        Store.locked(folder, () -> {
            outcomes.putAll(read(folder));
            action.run();
        });
    }
}
