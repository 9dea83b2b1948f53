package bptt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Trace;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;

/** Scores counted by hand: a network whose outputs are its inputs says what it is told to say. */
class BatchTest {
    private static SimpleMatrix matrix(double[]... rows) {
        return new SimpleMatrix(rows);
    }

    private static double[] row(double... values) {
        return values;
    }

    /** o_t = x_t. */
    private static Trace saying(List<SimpleMatrix> o) {
        int n = o.get(0).getNumRows();
        SimpleMatrix one = SimpleMatrix.identity(n);
        Parameters echo = Parameters.zeros(new Rnn(n, n, Rnn.Activation.IDENTITY), n)
                .with("W_xh", one)
                .with("W_hy", one);
        return Bptt.forward(echo, o);
    }

    private static Batch batch(List<SimpleMatrix> x, Map<Integer, SimpleMatrix> y, boolean classes) {
        return new Batch(x, new TreeMap<>(y), classes);
    }

    /** Two values of three sequences at steps 1 and 3; what is said at step 2 counts for nothing. */
    @Test
    void values() {
        List<SimpleMatrix> o = List.of(
                matrix(row(1, 2, 3), row(4, 5, 6)),
                matrix(row(99, 99, 99), row(99, 99, 99)),
                matrix(row(0, 0, 0), row(0, 0, 0)));
        Map<Integer, SimpleMatrix> y = Map.of(
                1, matrix(row(1, 2, 3), row(4, 5, 8)), // off by 2 once
                3, matrix(row(0, -3, 0), row(1, 0, 0))); // off by 3 and by 1
        Batch.Score score = batch(o, y, false).score(saying(o));
        assertEquals((4.0 / 6 + 10.0 / 6) / 2, score.loss(), 1e-15); // mean over six numbers, then over two steps
        assertEquals(3, score.worst());
        assertEquals(0, score.errors());
    }

    /** Four sequences: right; wrong at the first step; wrong at both; right. A sequence counts once. */
    @Test
    void classes() {
        List<SimpleMatrix> o = List.of(
                matrix(row(5, 0, 0, 1), row(0, 5, 0, 2), row(0, 0, 5, 3)), // says 0, 1, 2, 2
                matrix(row(0, 5, 5, 0), row(9, 0, 0, 1), row(0, 0, 0, 0))); // says 1, 0, 0, 1
        Map<Integer, SimpleMatrix> y = Map.of(
                1, bptt.Loss.oneHot(3, 0, 2, 0, 2),
                2, bptt.Loss.oneHot(3, 1, 0, 2, 1));
        Batch.Score score = batch(o, y, true).score(saying(o));
        assertEquals(2.0 / 4, score.errors());
        assertEquals(0, score.worst());
        double at1 = 0, at2 = 0; // −ln of what softmax gives the right class
        at1 += Math.log(Math.exp(5) + 2) - 5;
        at1 += Math.log(Math.exp(5) + 2);
        at1 += Math.log(Math.exp(5) + 2);
        at1 += Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 3;
        at2 += Math.log(Math.exp(9) + 2) - 9;
        at2 += Math.log(Math.exp(5) + 2) - 5;
        at2 += Math.log(Math.exp(5) + 2);
        at2 += Math.log(Math.exp(1) + 2) - 1;
        assertEquals((at1 / 4 + at2 / 4) / 2, score.loss(), 1e-14);
    }

    /** All right, all wrong, and a tie, which goes to the first class. */
    @Test
    void allOrNothing() {
        List<SimpleMatrix> o = List.of(matrix(row(1, 0), row(0, 1)));
        Map<Integer, SimpleMatrix> right = Map.of(1, bptt.Loss.oneHot(2, 0, 1));
        Map<Integer, SimpleMatrix> wrong = Map.of(1, bptt.Loss.oneHot(2, 1, 0));
        assertEquals(0, batch(o, right, true).score(saying(o)).errors());
        assertEquals(1, batch(o, wrong, true).score(saying(o)).errors());
        List<SimpleMatrix> tie = List.of(matrix(row(3, 3), row(3, 3)));
        Map<Integer, SimpleMatrix> first = Map.of(1, bptt.Loss.oneHot(2, 0, 0));
        assertEquals(0, batch(tie, first, true).score(saying(tie)).errors());
    }

    @Test
    void aWindowIsNumberedFromOne() {
        List<SimpleMatrix> x = List.of(matrix(row(1)), matrix(row(2)), matrix(row(3)), matrix(row(4)));
        Batch all = batch(x, Map.of(1, matrix(row(10)), 3, matrix(row(30)), 4, matrix(row(40))), false);
        Batch part = all.window(1, 3);
        assertEquals(List.of(2.0, 3.0), part.x().stream().map(m -> m.get(0)).toList());
        assertEquals(List.of(2), List.copyOf(part.y().keySet()));
        assertEquals(30, part.y().get(2).get(0));
        assertTrue(all.window(1, 2).y().isEmpty());
    }

    private static void boundary(Tasks task, int T, Batch.Score solved, Batch.Score not) {
        assertTrue(task.solved(solved, T), task + ", " + solved);
        assertFalse(task.solved(not, T), task + ", " + not);
    }

    private static Batch.Score score(double loss, double worst, double errors) {
        return new Batch.Score(loss, worst, errors);
    }

    /** On either side of each criterion, the other numbers as bad or as good as they may be. */
    @Test
    void whenATaskIsSolved() {
        boundary(Tasks.ADDING_2015, 50, score(0.0099, 9, 1), score(0.01, 0, 0));
        boundary(Tasks.ADDING_1997, 50, score(0.0099, 0.0399, 1), score(0.0099, 0.04, 0));
        boundary(Tasks.ADDING_1997, 50, score(0.0099, 0.0399, 1), score(0.01, 0.0399, 0));
        boundary(Tasks.ADDING_FAR, 50, score(0.00124, 9, 1), score(0.00125, 0, 0));
        boundary(Tasks.RECALL, 50, score(0.0099, 9, 1), score(0.01, 0, 0));
        boundary(Tasks.TEMPORAL_ORDER, 50, score(9, 9, 0.0099), score(0, 0, 0.01));
        double tenth = Math.log(8) / 70; // of 10 ln 8/(T + 20), the memoryless one
        boundary(Tasks.COPY, 50, score(0.999 * tenth, 9, 1), score(1.001 * tenth, 0, 0));
        assertEquals(tenth, Tasks.COPY.near(50), 1e-15);
        assertFalse(Tasks.COPY.solved(score(Tasks.COPY.near(50), 0, 0), 50));
        assertEquals(0.01, Tasks.ADDING_2015.near(50));
        assertEquals(1e-4, Tasks.ADDING_1997.near(50));
        assertEquals(0.00125, Tasks.ADDING_FAR.near(50));
        assertEquals(0.01, Tasks.RECALL.near(50));
        assertEquals(0.05, Tasks.TEMPORAL_ORDER.near(50));
    }

    /** One mark in each sequence, T steps before the end; its value is the target. */
    @Test
    void recallAtAnExactDistance() {
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            Batch batch = Tasks.RECALL.batch(7, 4, random);
            int L = batch.x().size();
            assertTrue(L >= 8 && L <= 18, "length " + L);
            assertEquals(List.of(L), List.copyOf(batch.y().keySet()));
            for (int b = 0; b < 4; b++) {
                for (int t = 0; t < L; t++) {
                    assertEquals(t == L - 8 ? 1 : 0, batch.x().get(t).get(1, b));
                }
                assertEquals(batch.x().get(L - 8).get(0, b), batch.y().get(L).get(0, b));
            }
        }
    }

    /** The sequences of 1997 with another criterion. */
    @Test
    void addingFarReadsWhatAddingOf1997Reads() {
        Batch a = Tasks.ADDING_1997.batch(50, 3, new Random(5)), b = Tasks.ADDING_FAR.batch(50, 3, new Random(5));
        assertEquals(a.x().size(), b.x().size());
        for (int t = 0; t < a.x().size(); t++) {
            assertTrue(a.x().get(t).isIdentical(b.x().get(t), 0));
        }
        assertTrue(a.y().get(a.y().lastKey()).isIdentical(b.y().get(b.y().lastKey()), 0));
    }
}
