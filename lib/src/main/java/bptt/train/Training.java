package bptt.train;

import bptt.Progress;
import bptt.State;
import bptt.Trace;
import bptt.Workspace;
import bptt.cell.Parameters;
import bptt.math.Numbers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A training in progress. It can be stopped after any update and go on later, in this program or another, to the same
 * bits.
 */
public final class Training {
    /** Updates between two looks at their mean loss; if that is near, the network is tested. */
    public static final int LOOK = 25;

    private final Experiment experiment;
    private final Path file;
    private final Workspace workspace = new Workspace();
    private final Optimiser optimiser;
    private final List<Double> losses = new ArrayList<>();
    private List<Double> recent = new ArrayList<>();
    private Parameters parameters;
    private int updates;
    private Batch.Score score;
    private int scored = -1;
    private Outcome outcome;
    private volatile boolean stopping;

    /**
     * A training from the beginning, kept in memory only.
     *
     * @param experiment what to train
     */
    public Training(Experiment experiment) {
        this(experiment, null);
    }

    /**
     * A training with a checkpoint: goes on from it if there is one.
     *
     * @param experiment what to train
     * @param file the checkpoint, or null for none
     * @throws IllegalArgumentException if the file is a checkpoint of another experiment, or damaged
     */
    public Training(Experiment experiment, Path file) {
        this.experiment = experiment;
        this.file = file;
        parameters = experiment.initial();
        optimiser = new Optimiser(experiment.rule(), experiment.rate(), parameters);
        if (file != null && Files.exists(file)) {
            Checkpoint checkpoint = Checkpoint.read(file, experiment);
            updates = checkpoint.updates();
            parameters = Checkpoint.parameters(checkpoint.parameters(), parameters);
            optimiser.remember(
                    updates,
                    checkpoint.moments().stream()
                            .map(m -> Checkpoint.parameters(m, parameters))
                            .toList());
            for (double loss : checkpoint.recent()) {
                recent.add(loss);
            }
            for (double loss : checkpoint.losses()) {
                losses.add(loss);
            }
            if (recent.isEmpty()) {
                testIfNear();
            }
        }
    }

    /** Ends {@link #run(Progress)} after the update it is in; from any thread, also from its listener. */
    public void stop() {
        stopping = true;
    }

    /**
     * Trains until the task is solved or the limit of updates is reached, or until it is {@linkplain #stop stopped} or
     * its thread interrupted, which leaves the training after a whole update.
     *
     * @param progress is told after each update
     * @return how it ended; not solved if stopped or interrupted
     * @throws ArithmeticException if a loss or gradient overflows: the training stays as it was before that update; or
     *     if the test does
     */
    public Outcome run(Progress progress) {
        return run(experiment.limit(), progress, 10);
    }

    /**
     * The same, up to a number of updates.
     *
     * @param upTo updates in all
     * @param progress is told after each update
     * @return how it stands
     * @throws ArithmeticException as {@link #run(Progress)}
     */
    public Outcome run(int upTo, Progress progress) {
        return run(upTo, progress, 10);
    }

    /** With the seconds between two checkpoints. */
    Outcome run(int upTo, Progress progress, double seconds) {
        long saved = System.nanoTime();
        boolean goesOn = updates < Math.min(upTo, experiment.limit()) && !solved();
        while (goesOn && !stopping && !Thread.currentThread().isInterrupted()) {
            double loss;
            try {
                loss = update();
                if (recent.size() == LOOK) {
                    losses.add(recent.stream().mapToDouble(v -> v).sum() / LOOK);
                    recent = new ArrayList<>();
                    testIfNear();
                }
            } catch (ArithmeticException e) {
                save();
                throw e;
            }
            if (System.nanoTime() - saved >= 1e9 * seconds) {
                save();
                saved = System.nanoTime();
            }
            progress.at(updates, experiment.limit(), loss, updates == experiment.limit() || solved());
            goesOn = updates < Math.min(upTo, experiment.limit()) && !solved();
        }
        save();
        stopping = false;
        if (goesOn) {
            outcome = new Outcome(experiment, updates, false, null, Engine.INTERRUPTED);
        } else {
            score = scored == updates ? score : test();
            scored = updates;
            outcome = new Outcome(experiment, updates, solved(), score, "");
        }
        return outcome;
    }

    /** One update; returns the loss of its batch. */
    private double update() {
        int n = updates + 1;
        Batch batch = experiment.trainingBatch(n);
        if (batch.y().isEmpty()) {
            throw new IllegalArgumentException(
                    experiment.task().name() + ": expected a target at one of the steps at least, got none");
        }
        int T = batch.x().size(), window = experiment.window() == 0 ? T : experiment.window();
        double loss = 0;
        Parameters gradient = null;
        try {
            State state = State.zero(parameters.cell(), experiment.batch());
            for (int from = 0; from < T; from += window) {
                int to = Math.min(T, from + window);
                Batch part = batch.window(from, to);
                Trace trace = workspace.forward(parameters, part.x(), state);
                if (!part.y().isEmpty()) {
                    loss += part.loss().value(trace) / batch.y().size();
                    gradient = sum(gradient, workspace.backward(part.loss()));
                }
                state = to < T ? trace.state(to - from) : state;
            }
            if (!Double.isFinite(loss)) {
                throw new ArithmeticException("the loss is " + loss);
            }
            double share = 1.0 / batch.y().size();
            gradient = share == 1 ? gradient : gradient.map((name, a) -> a.scale(share));
        } catch (ArithmeticException e) {
            throw new ArithmeticException(Numbers.format("update %d: %s", n, e.getMessage()));
        }
        try {
            parameters = optimiser.update(parameters, experiment.clipping().apply(gradient));
        } catch (IllegalArgumentException e) { // a parameter that is no longer finite
            throw new ArithmeticException(Numbers.format("update %d: %s", n, e.getMessage()));
        }
        updates = n;
        recent.add(loss);
        return loss;
    }

    private static Parameters sum(Parameters a, Parameters b) {
        return a == null ? b : a.map((name, m) -> m.plus(b.get(name)));
    }

    private void testIfNear() {
        if (!losses.isEmpty()
                && losses.get(losses.size() - 1) < experiment.task().near(experiment.T())) {
            score = test();
            scored = updates;
        }
    }

    /**
     * How the network does on unseen sequences, always the same ones.
     *
     * @return their score
     * @throws ArithmeticException if the network overflows on them
     */
    public Batch.Score test() {
        List<Batch.Score> scores = experiment
                .unseen()
                .map(batch -> batch.score(
                        workspace.forward(parameters, batch.x(), State.zero(parameters.cell(), batch.sequences()))))
                .toList();
        double loss = 0, worst = 0, errors = 0;
        for (Batch.Score s : scores) {
            loss += s.loss() / scores.size();
            worst = Math.max(worst, s.worst());
            errors += s.errors() / scores.size();
        }
        return new Batch.Score(loss, worst, errors);
    }

    private boolean solved() {
        return score != null && experiment.task().solved(score, experiment.T());
    }

    private void save() {
        if (file == null) {
            return;
        }
        new Checkpoint(
                        experiment,
                        updates,
                        Checkpoint.numbers(parameters),
                        optimiser.moments().stream().map(Checkpoint::numbers).toList(),
                        recent.stream().mapToDouble(v -> v).toArray(),
                        losses.stream().mapToDouble(v -> v).toArray())
                .write(file);
    }

    /**
     * The parameters after the last whole update.
     *
     * @return θ
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * Updates made so far.
     *
     * @return their number
     */
    public int updates() {
        return updates;
    }

    /**
     * What is trained.
     *
     * @return the experiment
     */
    public Experiment experiment() {
        return experiment;
    }

    /**
     * How the last {@link #run(Progress)} ended.
     *
     * @return its outcome, null before the first
     */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * How the loss fell.
     *
     * @return means over {@link #LOOK} updates each
     */
    public double[] losses() {
        return losses.stream().mapToDouble(v -> v).toArray();
    }
}
