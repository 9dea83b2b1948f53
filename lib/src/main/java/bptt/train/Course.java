package bptt.train;

import bptt.Bptt;
import bptt.Progress;
import bptt.State;
import bptt.StateGradients;
import bptt.Trace;
import bptt.cell.Parameters;
import bptt.flow.Norm;
import bptt.math.Numbers;
import bptt.math.Parallel;
import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * How loss and decay go together through a training: does the gradient reach back before the loss falls, or after?
 *
 * @param experiment what was trained
 * @param points every {@value #EVERY} updates, from the untrained network on
 * @param solved whether it was solved in the end
 */
public record Course(Experiment experiment, List<Point> points, boolean solved) {
    /** Updates from one point to the next. */
    public static final int EVERY = 100;

    private static final int BATCHES = 8, SEQUENCES = 9;

    /**
     * A look at the network.
     *
     * @param update after how many
     * @param loss mean over unseen sequences, always the same
     * @param decades −log₁₀ ‖∂s_L/∂s_{L−T}‖₂ for the length L: what is lost over the task's distance T, the median of
     *     nine of them
     */
    public record Point(int update, double loss, double decades) {}

    /**
     * Trains and looks.
     *
     * @param experiment of a task in which T is the distance
     * @return the course
     * @throws IllegalArgumentException if its batches have less than nine sequences
     * @throws ArithmeticException if the training overflows
     */
    public static Course of(Experiment experiment) {
        if (experiment.batch() < SEQUENCES) {
            throw new IllegalArgumentException(
                    Numbers.format("batch: expected %d sequences to look at, got %d", SEQUENCES, experiment.batch()));
        }
        Training training = new Training(experiment);
        List<Point> points = new ArrayList<>();
        points.add(look(experiment, experiment.initial(), 0));
        for (int n = EVERY; points.get(points.size() - 1).update() == n - EVERY; n += EVERY) {
            Outcome outcome = training.run(n, Progress.NONE);
            points.add(look(experiment, training.parameters(), outcome.updates()));
            if (outcome.solved() || outcome.updates() == experiment.limit()) {
                break;
            }
        }
        return new Course(experiment, points, training.outcome().solved());
    }

    private static Point look(Experiment experiment, Parameters p, int update) {
        List<Batch> batches = experiment.unseen().limit(BATCHES).toList();
        List<Trace> traces = batches.stream()
                .map(b -> Bptt.forward(p, b.x(), State.zero(p.cell(), b.sequences())))
                .toList();
        double loss = IntStream.range(0, BATCHES)
                .mapToDouble(i -> batches.get(i).score(traces.get(i)).loss() / BATCHES)
                .sum();
        Trace first = traces.get(0);
        double[] decades = IntStream.range(0, SEQUENCES)
                .mapToDouble(b -> -StrictMath.log10(Norm.SPECTRAL.of(back(first, b, experiment.T()))))
                .sorted()
                .toArray();
        return new Point(update, loss, decades[SEQUENCES / 2]);
    }

    /** ∂s_L/∂s_{L−n} of a sequence. */
    private static SimpleMatrix back(Trace trace, int sequence, int n) {
        int L = trace.steps();
        SimpleMatrix units = SimpleMatrix.identity(trace.state(L).joint().getNumRows());
        return new StateGradients(trace, sequence, units, L).rows(L - n).get(0);
    }

    /**
     * Those that {@code make learn} has looked at.
     *
     * @param folder of a sweep
     * @return by the experiments' names; none if there is no file
     */
    public static List<Course> read(Path folder) {
        Path file = folder.resolve("courses.json");
        if (!Files.exists(file)) {
            return List.of();
        }
        List<Course> courses = Store.read(file, "a list of courses", new TypeReference<>() {});
        for (int n = 1; n <= courses.size(); n++) {
            Course c = courses.get(n - 1);
            String field = "course " + n;
            Store.require(c != null && c.experiment() != null, file, field, "one of an experiment", c);
            Store.require(c.points() != null && !c.points().isEmpty(), file, field + ", points", "some", c.points());
            for (Point p : c.points()) {
                int limit = c.experiment().limit();
                Store.require(
                        p != null && p.update() >= 0 && p.update() <= limit && !Double.isNaN(p.loss() + p.decades()),
                        file,
                        field + ", points",
                        "updates 0 … " + limit + ", with loss and decades",
                        p);
            }
        }
        return courses;
    }

    /**
     * Adds the courses of some experiments to those in a folder, one after the other; what is there is not run again.
     *
     * @param folder of a sweep
     * @param experiments which
     */
    static void add(Path folder, List<Experiment> experiments) {
        Set<Experiment> known = read(folder).stream().map(Course::experiment).collect(Collectors.toSet());
        List<Experiment> missing =
                experiments.stream().filter(e -> !known.contains(e)).toList();
        Parallel.each(missing.size(), i -> {
            Course course = of(missing.get(i));
            Store.locked(
                    folder,
                    () -> { // beside those that another program has added since
                        List<Course> all = new ArrayList<>(read(folder));
                        if (all.stream().noneMatch(c -> c.experiment().equals(course.experiment()))) {
                            all.add(course);
                            all.sort(Comparator.comparing(c -> c.experiment().name()));
                            Store.write(folder.resolve("courses.json"), Store.json(all));
                        }
                        System.out.println(course.experiment().name() + ": looked at "
                                + course.points().size() + " times");
                    });
            return null;
        });
    }
}
