package bptt.train;

import bptt.math.Parallel;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Where experiments run. The outcome is a function of the experiment, so it is the same everywhere. */
public interface Engine extends AutoCloseable {
    /** The failure of an outcome that is none, because the training was told to stop. */
    String INTERRUPTED = "interrupted";

    /**
     * How many experiments it runs at the same time.
     *
     * @return 1 or more
     */
    int slots();

    /**
     * Trains.
     *
     * @param experiment what
     * @param stop whether to end after the update it is in; asked from any thread
     * @return how it ended; its failure is {@link #INTERRUPTED} if it was told to stop before
     */
    Outcome run(Experiment experiment, BooleanSupplier stop);

    /** What has to be done with an outcome that is stored: nothing, unless overridden. */
    default void stored(Experiment experiment) {}

    /** Gives back what it holds: nothing, unless overridden. */
    @Override
    default void close() {}

    /**
     * This machine: a training for each core, each with its checkpoint, from which it goes on when it was stopped.
     *
     * @param checkpoints the folder for them
     * @return the engine
     */
    static Engine local(Path checkpoints) {
        return new Engine() {
            @Override
            public int slots() {
                return Runtime.getRuntime().availableProcessors();
            }

            @Override
            public Outcome run(Experiment experiment, BooleanSupplier stop) {
                return Parallel.alone(() -> train(new Training(experiment, file(experiment)), stop));
            }

            @Override
            public void stored(Experiment experiment) {
                file(experiment).toFile().delete();
            }

            private Path file(Experiment experiment) {
                return checkpoints.resolve(experiment.name() + ".json");
            }
        };
    }

    /**
     * Runs a training; one that overflows has failed.
     *
     * @param training from its beginning, or its checkpoint
     * @param stop whether to end after the update it is in
     * @return how it ended
     */
    static Outcome train(Training training, BooleanSupplier stop) {
        try {
            return training.run((update, limit, loss, last) -> {
                if (stop.getAsBoolean()) {
                    training.stop();
                }
            });
        } catch (ArithmeticException e) {
            return new Outcome(training.experiment(), training.updates(), false, null, e.getMessage());
        }
    }
}
