package bptt.train;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
    private final Set<Experiment> taken = new HashSet<>();
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
            Store.require(outcomes.put(e.name(), o) == null, file, field, "one outcome of each experiment", e.name());
        }
        return outcomes;
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
     * @throws RuntimeException what an experiment threw that could not be run at all, after all others have ended
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
            if (!stopping) {
                removeHook.accept(stop);
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
                }
                ended(outcome, engine, report);
            }
        } catch (RuntimeException failed) {
            fail(failed);
        }
    }

    private synchronized void fail(RuntimeException e) {
        failure = failure == null ? e : failure;
    }

    /** The first of what is due that no thread has taken; waits while others may make more due; null at the end. */
    private synchronized Experiment next(Plan plan) {
        while (!stopping) {
            locked(() -> null);
            for (Experiment e : plan.due(this::known)) {
                if (taken.add(e)) {
                    running++;
                    return e;
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
                return null;
            });
            engine.stored(outcome.experiment());
        }
        report.accept(outcome);
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
