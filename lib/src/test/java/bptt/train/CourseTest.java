package bptt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Progress;
import bptt.Trace;
import bptt.cell.Parameters;
import bptt.flow.Jacobians;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loss and decay through a training. */
class CourseTest {
    @TempDir
    Path folder;

    private static Experiment experiment(int limit) {
        return Study.experiment(Tasks.RECALL, Networks.LSTM, 4, 1e-2, 3).with(s -> s.limit = limit);
    }

    /** Each look by other means: the training run to that update, losses summed by hand, products of Jacobians. */
    @Test
    void whatIsSeen() {
        Experiment e = experiment(230).with(s -> s.rate = 1e-4); // too slow to solve anything
        Course course = Course.of(e);
        assertEquals(
                List.of(0, 100, 200, 230),
                course.points().stream().map(Course.Point::update).toList());
        for (Course.Point point : course.points()) {
            Training training = new Training(e);
            Parameters p = e.initial();
            if (point.update() > 0) {
                training.run(point.update(), Progress.NONE);
                p = training.parameters();
            }
            List<Batch> batches = e.unseen().limit(8).toList();
            double sum = 0;
            for (Batch batch : batches) {
                int L = batch.x().size();
                SimpleMatrix error =
                        Bptt.forward(p, batch.x()).o(L).minus(batch.y().get(L));
                sum += error.elementMult(error).elementSum();
            }
            assertEquals(sum / 256, point.loss(), 1e-12);
            Trace trace = Bptt.forward(p, batches.get(0).x());
            int L = trace.steps();
            double[] nine = IntStream.range(0, 9)
                    .mapToDouble(
                            b -> Jacobians.product(trace, b, L, L - 4).svd().getSingleValue(0))
                    .toArray();
            Arrays.sort(nine);
            assertEquals(-Math.log10(nine[4]), point.decades(), 1e-10);
        }
    }

    @Test
    void itEndsWhereTheTaskIsSolved() {
        Course course = Course.of(experiment(4000));
        Outcome outcome = new Training(experiment(4000)).run(Progress.NONE);
        assertTrue(outcome.solved() && course.solved());
        assertEquals(
                outcome.updates(),
                course.points().get(course.points().size() - 1).update());
    }

    @Test
    void whatIsKnownIsNotRunAgain() {
        Course known = new Course(experiment(7), List.of(new Course.Point(0, 0.5, 3)), false);
        Store.write(folder.resolve("courses.json"), Store.json(List.of(known)));
        String said = LearnTest.printed(() -> Course.add(folder, List.of(experiment(7), experiment(1))));
        assertEquals(experiment(1).name() + ": looked at 2 times\n", said);
        Experiment cannotBe = experiment(7).with(s -> s.batch = 2);
        Path other = folder.resolve("other");
        Store.write(other.resolve("courses.json"), Store.json(List.of(new Course(cannotBe, known.points(), false))));
        Course.add(other, List.of(cannotBe)); // which would be refused if it were run
        assertEquals(
                List.of(known, Course.of(experiment(1))).size(),
                Course.read(folder).size());
        assertTrue(Course.read(folder).contains(known));
    }
}
