package bptt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is due when. */
class PlanTest {
    private final Map<Experiment, Outcome> known = new HashMap<>();

    private static Experiment experiment(int T, long seed) {
        return Study.experiment(Tasks.RECALL, Networks.GRU, T, 1e-3, seed);
    }

    private void ended(Experiment e, boolean solved, int updates, double loss) {
        known.put(e, new Outcome(e, updates, solved, new Batch.Score(loss, 0, 0), ""));
    }

    @Test
    void independentOnes() {
        List<Experiment> two = List.of(experiment(20, 1), experiment(20, 2));
        assertEquals(two, Plan.of(two).due(known::get));
        ended(two.get(0), false, 9, 1);
        assertEquals(List.of(two.get(1)), Plan.of(two).due(known::get));
        ended(two.get(1), false, 9, 1);
        assertEquals(List.of(), Plan.of(two).due(known::get));
    }

    @Test
    void aLineEndsWhereNothingIsSolved() {
        List<List<Experiment>> groups = List.of(
                List.of(experiment(20, 1), experiment(20, 2)),
                List.of(experiment(50, 1), experiment(50, 2)),
                List.of(experiment(100, 1)));
        Plan line = Plan.line(groups);
        assertEquals(5, line.most(known::get).size());
        ended(experiment(20, 2), true, 9, 0);
        assertEquals(List.of(experiment(20, 1)), line.due(known::get));
        ended(experiment(20, 1), false, 9, 1);
        assertEquals(groups.get(1), line.due(known::get));
        assertEquals(3, line.most(known::get).size());
        ended(experiment(50, 1), false, 9, 1);
        ended(experiment(50, 2), false, 9, 1);
        assertEquals(List.of(), line.due(known::get));
        assertEquals(List.of(), line.most(known::get));
    }

    @Test
    void shortOnesBeforeLongOnes() {
        Plan far = Plan.of(List.of(experiment(100, 1), experiment(20, 3))), near = Plan.of(List.of(experiment(50, 2)));
        assertEquals(
                List.of(experiment(20, 3), experiment(50, 2), experiment(100, 1)),
                Plan.all(List.of(far, near)).due(known::get));
    }

    /** Four trials with a seed of their own, five seeds at the rate that they choose, then the next distance. */
    @Test
    void aNetworkOfTheStudy() {
        Plan study = Study.plan();
        List<Experiment> trials = Study.trials(Tasks.RECALL, Networks.GRU, 20);
        assertEquals(
                List.of(1e-2, 3e-3, 1e-3, 3e-4),
                trials.stream().map(Experiment::rate).toList());
        assertEquals(
                List.of(100L), trials.stream().map(Experiment::seed).distinct().toList());
        ended(trials.get(0), false, 4000, 0.2);
        ended(trials.get(1), true, 900, 0.001);
        ended(trials.get(2), true, 800, 0.009);
        assertEquals(List.of(), Study.reported(Tasks.RECALL, Networks.GRU, 20, known::get));
        assertEquals(List.of(trials.get(3)), ofGru(study));
        ended(trials.get(3), false, 4000, 0.1);
        List<Experiment> five = LongStream.rangeClosed(1, 5)
                .mapToObj(seed -> experiment(20, seed))
                .toList();
        assertEquals(five, ofGru(study));
        five.forEach(e -> ended(e, e.seed() == 4, 4000, 0.1));
        assertEquals(Study.trials(Tasks.RECALL, Networks.GRU, 50), ofGru(study));
        assertEquals(List.of(), Study.followed(known::get));
    }

    private List<Experiment> ofGru(Plan study) {
        return study.due(known::get).stream()
                .filter(e -> e.task() == Tasks.RECALL && e.network() == Networks.GRU)
                .toList();
    }

    @Test
    void theBestRate() {
        Experiment e = experiment(20, 100);
        Outcome overflow = new Outcome(e.with(s -> s.rate = 1), 3, false, null, "update 4: overflow");
        Outcome bad = outcome(2, false, 4000, 0.2), better = outcome(3, false, 4000, 0.1);
        Outcome slow = outcome(4, true, 900, 0.001), fast = outcome(5, true, 875, 0.009);
        assertEquals(fast, Study.best(List.of(overflow, bad, slow, fast, better)));
        assertEquals(better, Study.best(List.of(overflow, bad, better)));
        assertEquals(overflow, Study.best(List.of(overflow)));
    }

    private static Outcome outcome(double rate, boolean solved, int updates, double loss) {
        Experiment e = experiment(20, 100).with(s -> s.rate = rate);
        return new Outcome(e, updates, solved, new Batch.Score(loss, 0, 0), "");
    }

    /** Within five per cent; and the number counted by hand for two of them. */
    @Test
    void equallyManyParameters() {
        for (Task task : Study.TASKS) {
            for (Network network : Study.NETWORKS) {
                int count = Study.parameters(task, network, Study.hidden(task, network));
                assertEquals(Study.PARAMETERS, count, 0.05 * Study.PARAMETERS, task.name() + " " + network.name());
            }
        }
        assertEquals(3 * 2 + 3 * 3 + 3 + 3 + 1, Study.parameters(Tasks.RECALL, Networks.TANH, 3));
        assertEquals(4 * (5 * 6 + 5 * 5 + 5) + 4 * 5 + 4, Study.parameters(Tasks.TEMPORAL_ORDER, Networks.LSTM, 5));
    }

    /** A task of two numbers in and one out that nobody has counted for yet: 4 (5 · 7 + 5) and 6. */
    @Test
    void parametersOfATaskOfOnesOwn() {
        assertEquals(4 * (5 * 7 + 5) + 6, Study.parameters(from(1), Networks.LSTM, 5));
    }

    @Test
    void distancesThatATaskAllows() {
        assertEquals(List.of(20, 50, 100, 200, 400), Study.distances(from(20)));
        assertEquals(List.of(50, 100, 200, 400), Study.distances(from(21)));
    }

    private static Task from(int shortest) {
        return new Task() {
            @Override
            public String name() {
                return "OWN";
            }

            @Override
            public int inputs() {
                return 2;
            }

            @Override
            public int outputs() {
                return 1;
            }

            @Override
            public int shortest() {
                return shortest;
            }

            @Override
            public Batch batch(int T, int B, Random random) {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean solved(Batch.Score score, int T) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Five networks at eight distances, three of 1997 and three single ones, with five seeds each. */
    @Test
    void thePapersArePlanned() {
        assertEquals(5 * (5 * 8 + 3 + 3), Papers.plan().most(known::get).size());
    }

    private static void assertSettings(
            Task task, Network network, int T, Rule rule, double rate, List<Experiment> five) {
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 5L), five.stream().map(Experiment::seed).toList());
        for (Experiment e : five) {
            assertEquals(
                    List.of(task, network, T, Study.hidden(task, network), rule, rate, 32, 4000),
                    List.of(e.task(), e.network(), e.T(), e.hidden(), e.rule(), e.rate(), e.batch(), e.limit()));
        }
    }

    @Test
    void treatmentsAndDigits() {
        for (Clipping clipping : List.of(Clipping.NONE, Clipping.norm(1))) {
            List<Experiment> clipped = Study.clipped(Networks.GRU, 0.1, clipping);
            assertSettings(Tasks.ADDING_2015, Networks.GRU, 50, Rules.SGD, 0.1, clipped);
            clipped.forEach(e -> assertEquals(List.of(clipping, 0), List.of(e.clipping(), e.window())));
        }
        List<Experiment> truncated = Study.truncated(Tasks.ADDING_FAR, Networks.IRNN, 25);
        assertSettings(Tasks.ADDING_FAR, Networks.IRNN, 50, Rules.ADAM, 0.01, truncated);
        truncated.forEach(e -> assertEquals(List.of(Clipping.norm(1), 25), List.of(e.clipping(), e.window())));
        List<Experiment> digits = Study.digits(Tasks.DIGITS_PERMUTED, Networks.LSTM, 3e-3);
        assertSettings(Tasks.DIGITS_PERMUTED, Networks.LSTM, 64, Rules.ADAM, 3e-3, digits);
    }

    /** In the beginning 4 trials of 10 networks on 3 tasks; digits; clipping and truncation: five seeds of each. */
    @Test
    void allOfTheStudy() {
        List<Experiment> due = Study.plan().due(e -> null);
        assertEquals(10 * 3 * 4 + 5 * 4 * 2 * 5 + 4 * 3 * 2 * 5 + 4 * 3 * 2 * 5, due.size());
        assertEquals(due.size(), new HashSet<>(due).size());
        Study.plan().most(known::get).forEach(e -> ended(e, true, 9, 0));
        assertEquals(List.of(), Study.plan().due(known::get));
        List<Experiment> followed = Study.followed(known::get);
        assertEquals(2 * 10 * 5, followed.size());
        assertSettings(Tasks.RECALL, Networks.TANH, 50, Rules.ADAM, 1e-2, followed.subList(0, 5));
        assertSettings(Tasks.RECALL, Networks.MIN_GRU, 100, Rules.ADAM, 1e-2, followed.subList(95, 100));
        known.remove(followed.get(3));
        assertEquals(2 * 10 * 5 - 1, Study.followed(known::get).size());
    }

    @Test
    void distancesAtWhichATaskMakesSense() {
        assertEquals(List.of(20, 50, 100, 200, 400), Study.distances(Tasks.RECALL));
        assertEquals(List.of(50, 100, 200, 400), Study.distances(Tasks.ADDING_FAR));
    }
}
