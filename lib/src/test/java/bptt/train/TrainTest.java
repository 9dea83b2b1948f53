package bptt.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Gradients;
import bptt.Loss;
import bptt.Progress;
import bptt.State;
import bptt.Trace;
import bptt.cell.Draw;
import bptt.cell.Init;
import bptt.cell.MinGru;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainTest {
    @TempDir
    Path folder;

    private static Experiment experiment(Task task, int T, Network network, int limit) {
        return Experiment.of(s -> {
            s.task = task;
            s.T = T;
            s.network = network;
            s.hidden = 6;
            s.rate = 0.01;
            s.batch = 8;
            s.limit = limit;
            s.seed = 3;
        });
    }

    private static void same(Parameters a, Parameters b) {
        a.asMap().forEach((name, value) -> assertTrue(b.get(name).isIdentical(value, 0), name));
    }

    private static final int KILLED_AT = 53;

    /** Started in a process of its own by {@link #killedAndResumed}: says when it may be killed, and waits for that. */
    public static void main(String[] args) {
        Experiment e = experiment(Tasks.ADDING_2015, 30, Networks.GRU, 4000);
        new Training(e, Path.of(args[0]))
                .run(
                        4000,
                        (update, limit, loss, last) -> {
                            if (update == KILLED_AT) {
                                System.out.println("kill me");
                                LockSupport.park();
                            }
                        },
                        0);
    }

    @Test
    @Tag("process") // its child runs unbroken classes, and outlives a parent that make mutants ends
    void killedAndResumed() throws Exception {
        Path file = folder.resolve("c.json");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TrainTest.class.getName(),
                        file.toString())
                .redirectError(folder.resolve("log").toFile())
                .start();
        try (BufferedReader says = process.inputReader()) {
            assertEquals("kill me", says.readLine(), () -> "it ended: " + folder.resolve("log"));
        } finally {
            process.destroyForcibly().waitFor(); // SIGKILL
        }
        Experiment e = experiment(Tasks.ADDING_2015, 30, Networks.GRU, 4000);
        Training resumed = new Training(e, file), whole = new Training(e);
        assertEquals(KILLED_AT, resumed.updates());
        int upTo = KILLED_AT + 60;
        Outcome got = resumed.run(upTo, Progress.NONE), want = whole.run(upTo, Progress.NONE);
        assertEquals(want, got);
        same(whole.parameters(), resumed.parameters());
        assertArrayEquals(whole.losses(), resumed.losses(), 0);
    }

    @ParameterizedTest
    @EnumSource(Rules.class)
    void stoppedAfterAnyUpdate(Rules rule) {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(Tasks.TEMPORAL_ORDER, 12, Networks.LSTM_CHRONO, 60)
                .with(s -> {
                    s.hidden = 5;
                    s.rule = rule;
                    s.clipping = Clipping.value(0.1);
                    s.window = 5;
                    s.batch = 4;
                    s.seed = 1;
                });
        Training whole = new Training(e);
        Outcome want = whole.run(Progress.NONE);
        Outcome got = null;
        for (int upTo : new int[] {1, 24, 25, 26, 59, 60}) {
            Training part = new Training(e, file);
            got = part.run(upTo, Progress.NONE);
            assertEquals(upTo, got.updates());
            if (upTo == 60) {
                same(whole.parameters(), part.parameters());
                assertArrayEquals(whole.losses(), part.losses(), 0);
            }
        }
        assertEquals(want, got);
    }

    @Test
    void interruptedAfterAWholeUpdate() {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(Tasks.ADDING_2015, 10, Networks.TANH, 40);
        Outcome stopped = new Training(e, file).run((update, limit, loss, last) -> {
            if (update == 7) {
                Thread.currentThread().interrupt();
            }
        });
        assertTrue(Thread.interrupted());
        assertEquals(new Outcome(e, 7, false, null, "interrupted"), stopped);
        Training resumed = new Training(e, file), whole = new Training(e);
        assertEquals(whole.run(Progress.NONE), resumed.run(Progress.NONE));
        same(whole.parameters(), resumed.parameters());
    }

    @Test
    void interruptedBeforeTheFirstUpdate() {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(Tasks.ADDING_2015, 10, Networks.TANH, 40);
        Thread.currentThread().interrupt();
        Outcome stopped = new Training(e, file).run(Progress.NONE);
        assertTrue(Thread.interrupted());
        assertEquals(new Outcome(e, 0, false, null, "interrupted"), stopped);
        assertEquals(new Training(e).run(Progress.NONE), new Training(e, file).run(Progress.NONE));
    }

    /** The interruption comes where the loop ends by itself: nothing of it may get lost. */
    @Test
    void interruptedInTheLastUpdate() {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(Tasks.ADDING_2015, 10, Networks.TANH, 30);
        Outcome got = new Training(e, file).run((update, limit, loss, last) -> {
            if (last) {
                Thread.currentThread().interrupt();
            }
        });
        assertTrue(Thread.interrupted());
        assertEquals(new Training(e).run(Progress.NONE), got);
        assertEquals(30, Checkpoint.read(file, e).updates());
    }

    /** Every so many seconds, and at the end. */
    @Test
    void checkpointsOnTheWay() {
        Path each = folder.resolve("each.json"), end = folder.resolve("end.json");
        Experiment e = experiment(Tasks.ADDING_2015, 10, Networks.TANH, 4);
        List<Integer> saved = new ArrayList<>();
        new Training(e, each)
                .run(
                        4,
                        (update, limit, loss, last) ->
                                saved.add(Checkpoint.read(each, e).updates()),
                        0);
        assertEquals(List.of(1, 2, 3, 4), saved);
        new Training(e, end).run(4, (update, limit, loss, last) -> assertFalse(Files.exists(end)), 60);
        assertEquals(4, Checkpoint.read(end, e).updates());
    }

    /** The losses are means over 25 updates; a run up to where the training is makes none. */
    @Test
    void lossesAndOutcome() {
        Experiment e = experiment(Tasks.ADDING_2015, 10, Networks.TANH, 60);
        Training training = new Training(e);
        assertNull(training.outcome());
        List<Double> told = new ArrayList<>();
        Outcome outcome = training.run(50, (update, limit, loss, last) -> told.add(loss));
        assertEquals(outcome, training.outcome());
        assertEquals(e, training.experiment());
        assertEquals(400, outcome.sequences());
        assertEquals(3_000_000_000L, new Outcome(with(x -> x.batch = 1000), 3_000_000, false, null, "").sequences());
        assertEquals(outcome, training.run(50, (update, limit, loss, last) -> told.add(loss)));
        assertEquals(50, told.size());
        assertArrayEquals(
                new double[] {mean(told.subList(0, 25)), mean(told.subList(25, 50))}, training.losses(), 1e-15);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(v -> v).average().orElseThrow();
    }

    /** Silence, that is of either class by turns: an indifferent network stays so. */
    private record Turns(double near, List<Integer> drawn) implements Task {
        @Override
        public String name() {
            return "TURNS";
        }

        @Override
        public int inputs() {
            return 1;
        }

        @Override
        public int outputs() {
            return 2;
        }

        @Override
        public Batch batch(int T, int B, Random random) {
            drawn.add(B);
            int[] classes = IntStream.range(0, B).map(b -> b % 2).toArray();
            return new Batch(List.of(Task.empty(1, T, B)), new TreeMap<>(Map.of(T, Loss.oneHot(2, classes))), true);
        }

        @Override
        public double near(int T) {
            return near;
        }

        @Override
        public boolean solved(Batch.Score score, int T) {
            return score.errors() < 1;
        }
    }

    private record Indifferent() implements Network {
        @Override
        public String name() {
            return "INDIFFERENT";
        }

        @Override
        public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
            return Parameters.zeros(Rnn.tanh(inputs, hidden), outputs);
        }
    }

    private static Experiment turns(double near, List<Integer> drawn) {
        return experiment(new Turns(near, drawn), 2, new Indifferent(), 60);
    }

    /** 2560 unseen sequences, or a few more where that is not a whole number of batches. */
    @Test
    void aTest() {
        for (int[] size : new int[][] {{32, 80}, {30, 86}}) {
            List<Integer> drawn = new ArrayList<>();
            Batch.Score score = new Training(turns(1, drawn).with(s -> s.batch = size[0])).test();
            assertEquals(Collections.nCopies(size[1], size[0]), drawn);
            assertEquals(0.5, score.errors(), 1e-12);
            assertEquals(Math.log(2), score.loss(), 1e-12);
            assertEquals(0, score.worst());
        }
    }

    /** It is tested at the first look if the loss is below what is near, and otherwise at the end. */
    @Test
    void testedWhereTheLossIsNear() {
        Training always = new Training(turns(Double.POSITIVE_INFINITY, new ArrayList<>()));
        assertEquals(25, always.run(Progress.NONE).updates());
        double loss = always.losses()[0];
        for (double near : new double[] {loss, Math.nextUp(loss)}) {
            Outcome outcome = new Training(turns(near, new ArrayList<>())).run(Progress.NONE);
            assertTrue(outcome.solved());
            assertEquals(near > loss ? 25 : 60, outcome.updates());
        }
    }

    /** A checkpoint of a training that is done: it is done still. */
    @Test
    void resumedWhereItWasSolved() {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(Tasks.ADDING_2015, 2, Networks.GRU, 2000);
        Outcome solved = new Training(e, file).run(Progress.NONE);
        assertTrue(solved.solved());
        assertEquals(solved, new Training(e, file).run(Progress.NONE));
    }

    @Test
    void checkpointsOfOthersAndDamagedOnesAreRefusedAndLeft() throws Exception {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(Tasks.ADDING_2015, 10, Networks.TANH, 2);
        new Training(e, file).run(Progress.NONE);
        byte[] good = Files.readAllBytes(file);
        String message = assertThrows(IllegalArgumentException.class, () -> new Training(e.withSeed(4), file))
                .getMessage();
        assertTrue(message.contains("expected a checkpoint of Experiment[") && message.contains("seed=4"), message);
        assertArrayEquals(good, Files.readAllBytes(file));

        byte[] half = java.util.Arrays.copyOf(good, good.length / 2);
        Files.write(file, half);
        message = assertThrows(IllegalArgumentException.class, () -> new Training(e, file))
                .getMessage();
        assertTrue(message.contains("ends early or is damaged"), message);
        assertArrayEquals(half, Files.readAllBytes(file));
    }

    @Test
    void anOverflowSaysWhereAndKeepsWhatWasLearnt() {
        Experiment e = experiment(Tasks.ADDING_2015, 400, Networks.IRNN, 100).with(s -> {
            s.hidden = 20;
            s.rule = Rules.SGD;
            s.rate = 10;
            s.clipping = Clipping.NONE;
            s.seed = 1;
        });
        Path file = folder.resolve("c.json");
        Training training = new Training(e, file);
        String message = assertThrows(ArithmeticException.class, () -> training.run(Progress.NONE))
                .getMessage();
        assertTrue(message.matches("update \\d+: ∂L/∂h at t = 400 is -?Infinity: the pass overflowed there"), message);
        Parameters kept = training.parameters();
        assertEquals(training.updates(), Checkpoint.read(file, e).updates());
        Training before = new Training(e);
        before.run(training.updates(), Progress.NONE);
        same(before.parameters(), kept);
        assertEquals(
                message,
                assertThrows(ArithmeticException.class, () -> training.run(Progress.NONE))
                        .getMessage());
        same(kept, training.parameters());
    }

    @Test
    void badNumbersAreRefused() {
        record Case(String message, Runnable make) {}
        for (Case c : List.of(
                new Case(
                        "ADDING_1997: expected T ≥ 24, got 23",
                        () -> experiment(Tasks.ADDING_1997, 23, Networks.GRU, 1)),
                new Case("learning rate: expected more than 0, got 0.0", () -> rate(0)),
                new Case("learning rate: expected more than 0, got NaN", () -> rate(Double.NaN)),
                new Case("limit: expected 1 update or more, got 0", () -> experiment(Tasks.COPY, 5, Networks.GRU, 0)),
                new Case("learning rate: expected more than 0, got Infinity", () -> rate(1 / 0.0)),
                new Case("hidden: expected 1 unit or more, got 0", () -> with(s -> s.hidden = 0)),
                new Case("window: expected 0 (none) or more steps, got -1", () -> with(s -> s.window = -1)),
                new Case("batch: expected 1 sequence or more, got 0", () -> with(s -> s.batch = 0)),
                new Case("ECHO: expected T ≥ 1, got 0", () -> experiment(new Echo(), 0, Networks.GRU, 1)),
                new Case("COPY: expected T ≤ 1000000, got 1000001", () -> with(s -> s.T = 1_000_001)),
                new Case(
                        "batch: expected inputs of one step or more, and targets, got none",
                        () -> new Batch(List.of(), new TreeMap<>(), false)),
                new Case(
                        "batch: expected targets at the steps 1 … 2, got one at 3",
                        () -> echo(new Echo().batch(3, 1, new Random(1)).x().subList(0, 2), 3)),
                new Case(
                        "batch: expected targets at the steps 1 … 3, got one at 0",
                        () -> echo(new Echo().batch(3, 1, new Random(1)).x(), 0)),
                new Case("batch: expected targets at the steps 1 … 3, got one at 4", () -> {
                    List<SimpleMatrix> x = new Echo().batch(3, 1, new Random(1)).x();
                    new Batch(x, new TreeMap<>(Map.of(1, x.get(0), 4, x.get(0))), false);
                }),
                new Case(
                        "NONE: expected a target at one of the steps at least, got none",
                        () -> new Training(experiment(new Aimless("NONE"), 2, Networks.GRU, 1)).run(Progress.NONE)),
                new Case(
                        "learning rate: expected more than 0, got -1.0",
                        () -> new Optimiser(Rules.SGD, -1, with(s -> {}).initial())),
                new Case(
                        "learning rate: expected more than 0, got Infinity",
                        () -> new Optimiser(Rules.SGD, 1 / 0.0, with(s -> {}).initial())),
                new Case(
                        "learning rate: expected more than 0, got 0.0",
                        () -> new Optimiser(Rules.SGD, 0, with(s -> {}).initial())),
                new Case("clipping: expected a kind, or Clipping.NONE, got null", () -> new Clipping(null, 1)),
                new Case("clipping: expected a threshold above 0, got 0.0", () -> Clipping.norm(0)))) {
            assertEquals(
                    c.message(),
                    assertThrows(IllegalArgumentException.class, () -> c.make().run())
                            .getMessage());
        }
    }

    private static Batch echo(List<SimpleMatrix> x, int target) {
        return new Batch(x, new TreeMap<>(Map.of(target, x.get(0))), false);
    }

    /** A task that forgets to say what is to be answered. */
    private record Aimless(String name) implements Numbers {
        @Override
        public Batch batch(int T, int B, Random random) {
            return new Batch(List.of(Task.empty(1, T, B)), new TreeMap<>(), false);
        }

        @Override
        public boolean solved(Batch.Score score, int T) {
            return false;
        }
    }

    private static Experiment rate(double rate) {
        return with(s -> s.rate = rate);
    }

    private static Experiment with(Consumer<Experiment.Settings> set) {
        return experiment(Tasks.COPY, 5, Networks.GRU, 1).with(set);
    }

    @Test
    void theSmallestExperiment() {
        with(s -> s.T = 1_000_000); // and the longest
        Experiment e = with(s -> s.hidden = s.batch = 1);
        assertEquals(1, e.initial().cell().hidden());
        assertEquals(1, e.trainingBatch(1).x().get(0).getNumCols());
    }

    @Test
    void experimentsInASet() {
        Experiment e = experiment(Tasks.COPY, 5, Networks.GRU, 1);
        assertEquals(e.hashCode(), e.withSeed(3).hashCode());
        assertNotEquals(e.hashCode(), e.withSeed(4).hashCode());
    }

    /** Two updates of each rule on one number, against its paper's formula worked out by hand. */
    @ParameterizedTest
    @EnumSource(Rules.class)
    void rules(Rules rule) {
        double eta = 0.1, g1 = 3, g2 = -1, theta = 0.5;
        double want =
                switch (rule) {
                    case SGD -> theta - eta * g1 - eta * g2;
                    case MOMENTUM -> theta - eta * g1 + (0.9 * -eta * g1 - eta * g2);
                    case RMSPROP -> theta - eta * g1 / Math.sqrt(0.1 * 9) - eta * g2 / Math.sqrt(0.9 * 0.1 * 9 + 0.1);
                    case ADAM ->
                        theta
                                - eta * 1
                                - eta
                                        * ((0.9 * 0.3 - 0.1) / (1 - 0.81))
                                        / Math.sqrt((0.999 * 0.009 + 0.001) / (1 - 0.999 * 0.999));
                };
        Parameters zero = Parameters.zeros(Rnn.tanh(1, 1), 0);
        Optimiser optimiser = new Optimiser(rule, eta, zero);
        Parameters p = zero.with("b_h", theta);
        for (double g : new double[] {g1, g2}) {
            p = optimiser.update(p, zero.with("b_h", g));
        }
        assertEquals(want, p.get("b_h").get(0), 1e-8);
        assertEquals(0, p.get("W_hh").get(0));
    }

    @Test
    void clipping() {
        Parameters g = Parameters.zeros(Rnn.tanh(1, 2), 0)
                .with("b_h", new SimpleMatrix(2, 1, true, 3.0, 0.0))
                .with("W_xh", new SimpleMatrix(2, 1, true, 0.0, -4.0));
        assertEquals(5, Clipping.norm(g), 1e-15);
        assertEquals(5e200, Clipping.norm(g.map((name, a) -> a.scale(1e200))), 1e186);
        Parameters three = Parameters.zeros(Rnn.tanh(1, 1), 0)
                .with("W_xh", 2)
                .with("W_hh", 3)
                .with("b_h", 6);
        assertEquals(7, Clipping.norm(three));
        Parameters shorter = Clipping.norm(1).apply(g);
        assertEquals(0.6, shorter.get("b_h").get(0), 1e-15);
        assertEquals(-0.8, shorter.get("W_xh").get(1), 1e-15);
        same(g, Clipping.norm(5.1).apply(g));
        Parameters cut = Clipping.value(3.5).apply(g);
        assertEquals(3, cut.get("b_h").get(0));
        assertEquals(-3.5, cut.get("W_xh").get(1));
        same(g, Clipping.NONE.apply(g));
    }

    /** With windows the gradient is that of each window's loss with its first state held constant. */
    @Test
    void truncation() {
        Experiment cut = experiment(Tasks.COPY, 6, Networks.TANH, 1).with(s -> {
            s.rule = Rules.SGD;
            s.rate = 1;
            s.clipping = Clipping.NONE;
            s.window = 9;
            s.batch = 3;
        });
        Parameters p = cut.initial();
        Batch batch = cut.trainingBatch(1);
        int T = batch.x().size();
        Map<String, SimpleMatrix> want = new TreeMap<>();
        State state = State.zero(p.cell(), 3);
        for (int from = 0; from < T; from += 9) {
            int to = Math.min(T, from + 9);
            List<SimpleMatrix> targets = new ArrayList<>();
            for (int t = from + 1; t <= to; t++) {
                targets.add(batch.y().get(t));
            }
            Trace trace = Bptt.forward(p, batch.x().subList(from, to), state);
            Gradients g = Bptt.backward(trace, Loss.crossEntropy(targets));
            g.parameters().asMap().forEach((name, a) -> want.merge(name, a, SimpleMatrix::plus));
            state = trace.state(to - from);
        }
        Training training = new Training(cut);
        double loss = batch.loss().value(Bptt.forward(p, batch.x())) / T;
        training.run((update, limit, told, last) -> assertEquals(loss, told, 1e-14));
        Training whole = new Training(cut.with(s -> s.window = 0));
        whole.run(Progress.NONE);
        for (String name : p.names()) {
            SimpleMatrix expected = p.get(name).minus(want.get(name).divide(T));
            assertTrue(expected.isIdentical(training.parameters().get(name), 1e-14), name);
        }
        assertFalse(
                whole.parameters().get("W_hh").isIdentical(training.parameters().get("W_hh"), 1e-6));
    }

    @ParameterizedTest
    @EnumSource(
            value = Tasks.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"DIGITS", "DIGITS_PERMUTED"}) // see DigitsTest
    void tasks(Tasks task) {
        int T = 40, B = 500;
        Batch batch = task.batch(T, B, new Random(5));
        assertEquals(task.inputs(), batch.x().get(0).getNumRows());
        for (SimpleMatrix y : batch.y().values()) {
            assertEquals(task.outputs(), y.getNumRows());
        }
        for (int b = 0; b < B; b++) {
            int column = b;
            double[][] x = batch.x().stream()
                    .map(x_t -> x_t.getColumn(column).getDDRM().data)
                    .toArray(double[][]::new);
            SimpleMatrix last = batch.y().get(batch.y().lastKey()).getColumn(b);
            switch (task) {
                case ADDING_2015 -> {
                    assertEquals(T, x.length);
                    assertEquals(marked(x), last.get(0), 0);
                }
                case ADDING_1997 -> {
                    List<Integer> places = places(x, 1);
                    assertTrue(places.get(0) < 10 && places.get(1) <= T / 2, "marks at " + places);
                    assertEquals(places.get(0) == 0 ? 0 : -1, places.get(0) == 0 ? x[0][0] : x[0][1], 0);
                    assertTrue(x.length >= T && x.length <= T + T / 10);
                    assertEquals(0.5 + marked(x) / 4, last.get(0), 1e-16);
                    assertEquals(-1, x[x.length - 1][1]);
                    assertTrue(Arrays.stream(x).allMatch(x_t -> Math.abs(x_t[0]) <= 1));
                }
                case TEMPORAL_ORDER -> {
                    List<Integer> relevant = new ArrayList<>(), at = new ArrayList<>();
                    for (int t = 0; t < T; t++) {
                        if (x[t][0] + x[t][1] == 1) {
                            at.add(t);
                        }
                    }
                    assertTrue(at.get(0) >= T / 10 && at.get(0) <= T / 5, "first at " + at);
                    assertTrue(at.get(1) >= 2 * T / 5 && at.get(1) <= T / 2, "second at " + at);
                    for (double[] x_t : x) {
                        if (x_t[0] + x_t[1] == 1) {
                            relevant.add((int) x_t[1]);
                        }
                    }
                    assertEquals(2, relevant.size());
                    assertEquals(1, last.get(2 * relevant.get(0) + relevant.get(1)));
                }
                case COPY -> {
                    assertEquals(T + 20, x.length);
                    for (int i = 0; i < 10; i++) {
                        SimpleMatrix y = batch.y().get(T + 10 + i + 1).getColumn(b);
                        for (int symbol = 0; symbol < 8; symbol++) {
                            assertEquals(x[i][symbol], y.get(symbol));
                        }
                        assertEquals(1, batch.y().get(i + 1).get(8, b));
                    }
                    for (int t = 10; t < T + 20; t++) {
                        assertEquals(1, x[t][t == T + 9 ? 9 : 8]);
                    }
                }
            }
        }
    }

    /** Values on either side of 0, and each length from T to 1.1 T. */
    @Test
    void theValuesAndLengthsOf1997() {
        Random random = new Random(6);
        List<Batch> batches = IntStream.range(0, 200)
                .mapToObj(i -> Tasks.ADDING_1997.batch(40, 1, random))
                .toList();
        assertEquals(
                Set.of(40, 41, 42, 43, 44),
                batches.stream().map(batch -> batch.x().size()).collect(Collectors.toSet()));
        DoubleSummaryStatistics values = batches.stream()
                .flatMap(batch -> batch.x().stream())
                .mapToDouble(x_t -> x_t.get(0))
                .summaryStatistics();
        assertEquals(0, values.getAverage(), 0.05);
        assertTrue(values.getMin() < -0.99 && values.getMax() > 0.99);
    }

    private static List<Integer> places(double[][] x, double marker) {
        return java.util.stream.IntStream.range(0, x.length)
                .filter(t -> x[t][1] == marker)
                .boxed()
                .toList();
    }

    /** The sum of the two values marked 1. */
    private static double marked(double[][] x) {
        double sum = 0;
        int found = 0;
        for (double[] x_t : x) {
            if (x_t[1] == 1) {
                sum += x_t[0];
                found++;
            }
        }
        assertEquals(2, found);
        return sum;
    }

    /** Always answering the mean: Var(U + U) = 1/6, not the 0.1767 that is often quoted. */
    @Test
    void theBaselineOfTheAddingProblem() {
        Batch batch = Tasks.ADDING_2015.batch(10, 200_000, new Random(1));
        SimpleMatrix y = batch.y().get(10).minus(1);
        double error = y.elementMult(y).elementSum() / y.getNumElements();
        assertEquals(1.0 / 6, error, 2e-3);
        assertTrue(Math.abs(error - 0.1767) > 5e-3);
    }

    private Engine local() {
        return Engine.local(folder.resolve("checkpoints"));
    }

    /** The same, one training at a time. */
    private Engine oneByOne() {
        return oneByOne((experiment, stop) -> local().run(experiment, stop));
    }

    static Engine oneByOne(BiFunction<Experiment, BooleanSupplier, Outcome> run) {
        return new Engine() {
            @Override
            public int slots() {
                return 1;
            }

            @Override
            public Outcome run(Experiment experiment, BooleanSupplier stop) {
                return run.apply(experiment, stop);
            }
        };
    }

    @Test
    void aSweepKeepsItsOutcomesAndStopsALineWhereNothingIsSolved() {
        Experiment easy = experiment(Tasks.ADDING_2015, 2, Networks.GRU, 2000);
        Experiment hopeless = experiment(Tasks.ADDING_2015, 200, Networks.TANH, 25);
        List<Outcome> told = new ArrayList<>();
        Plan plan = Plan.line(List.of(List.of(easy), List.of(hopeless), List.of(easy.withSeed(9))));
        var outcomes = new Sweep(folder).run(plan, local(), told::add);
        assertEquals(2, outcomes.size());
        assertEquals(List.of(outcomes.get(easy.name()), outcomes.get(hopeless.name())), told);
        assertTrue(outcomes.get(easy.name()).solved());
        assertFalse(outcomes.get(hopeless.name()).solved());
        assertEquals(outcomes, Sweep.read(folder));
        assertEquals(new Training(easy).run(Progress.NONE), Sweep.read(folder).get(easy.name()));
        assertNull(Sweep.read(folder).get(easy.withSeed(9).name()));
    }

    /** A training that overflows has its outcome; one that cannot go on at all is no reason to stop the others. */
    @Test
    void linesThatFail() {
        Experiment overflows = experiment(Tasks.ADDING_2015, 400, Networks.IRNN, 100)
                .with(s -> {
                    s.hidden = 20;
                    s.rule = Rules.SGD;
                    s.rate = 10;
                    s.clipping = Clipping.NONE;
                    s.seed = 1;
                });
        Experiment impossible = experiment(
                new Slow("IMPOSSIBLE", () -> {
                    throw new IllegalStateException("no sequences");
                }),
                2,
                Networks.GRU,
                1);
        Experiment slow = experiment(new Slow("SLOW", () -> Thread.sleep(300)), 2, Networks.GRU, 1)
                .with(s -> s.batch = Task.UNSEEN);
        Plan plan = Plan.of(List.of(impossible, overflows, slow));
        Sweep sweep = new Sweep(folder);
        assertThrows(IllegalStateException.class, () -> sweep.run(plan, local(), outcome -> {}));
        Map<String, Outcome> outcomes = Sweep.read(folder);
        assertEquals(Set.of(overflows.name(), slow.name()), outcomes.keySet());
        Outcome failed = outcomes.get(overflows.name());
        assertTrue(failed.failure().startsWith("update " + (failed.updates() + 1) + ": "), failed.failure());
    }

    /** Told to end, as by Ctrl-C, while it draws the seventh batch of its first training. */
    @Test
    void aSweepThatIsStopped() throws Exception {
        List<Thread> hooks = new CopyOnWriteArrayList<>();
        AtomicInteger drawn = new AtomicInteger();
        Experiment first = experiment(
                new Slow("FIRST", () -> {
                    if (drawn.incrementAndGet() == 7) {
                        hooks.get(0).start();
                    }
                    if (drawn.get() >= 7) {
                        Thread.sleep(50);
                    }
                }),
                2,
                Networks.GRU,
                200);
        List<Outcome> told = new ArrayList<>();
        Sweep sweep = new Sweep(folder, hooks::add, hook -> {
            throw new IllegalStateException("Shutdown in progress"); // as Java does then
        });
        assertEquals(Map.of(), sweep.run(Plan.of(List.of(first, first.withSeed(4))), oneByOne(), told::add));
        hooks.get(0).join(30_000);
        assertFalse(hooks.get(0).isAlive());
        assertEquals(List.of(new Outcome(first, told.get(0).updates(), false, null, "interrupted")), told);
        Path checkpoint = folder.resolve("checkpoints").resolve(first.name() + ".json");
        assertEquals(told.get(0).updates(), Checkpoint.read(checkpoint, first).updates());
        assertTrue(told.get(0).updates() >= 7);
    }

    /** What goes to another machine and back; and what it is called. */
    @Test
    void anExperimentAsText() {
        Experiment e = with(s -> s.network = Networks.LSTM_CHRONO);
        assertEquals(e, Store.record(Store.json(e), Experiment.class));
        assertEquals("LSTM, chrono", e.network().title());
    }

    /** Not more at a time than the engine has slots for; and what a listener throws is thrown. */
    @Test
    void oneAtATime() {
        AtomicInteger now = new AtomicInteger(), most = new AtomicInteger();
        List<Experiment> four = LongStream.rangeClosed(1, 4)
                .mapToObj(seed -> experiment(
                                new Slow("SLOW", () -> {
                                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                                    Thread.sleep(20);
                                    now.decrementAndGet();
                                }),
                                2,
                                Networks.GRU,
                                1)
                        .with(s -> {
                            s.seed = seed;
                            s.batch = Task.UNSEEN;
                        }))
                .toList();
        assertThrows(
                UnsupportedOperationException.class, () -> new Sweep(folder).run(Plan.of(four), oneByOne(), outcome -> {
                    throw new UnsupportedOperationException();
                }));
        assertEquals(
                4,
                new Sweep(folder).run(Plan.of(four), oneByOne(), outcome -> {}).size());
        assertEquals(1, most.get());
    }

    /** As by the square of a notebook. */
    @Test
    @Timeout(60)
    void aSweepThatIsInterruptedCanBeRunAgain() throws Exception {
        Thread sweeper = Thread.currentThread();
        AtomicInteger drawn = new AtomicInteger();
        Experiment e = experiment(
                new Slow("SLOW", () -> {
                    if (drawn.incrementAndGet() == 2) {
                        sweeper.interrupt();
                    }
                    Thread.sleep(drawn.get() <= 100 ? 20 : 0);
                }),
                2,
                Networks.GRU,
                10_000);
        Sweep sweep = new Sweep(folder);
        List<Outcome> told = new CopyOnWriteArrayList<>();
        assertEquals(Map.of(), sweep.run(Plan.of(List.of(e)), oneByOne(), told::add));
        assertTrue(Thread.interrupted());
        while (told.isEmpty()) {
            Thread.sleep(10);
        }
        assertEquals("interrupted", told.get(0).failure());
        assertTrue(told.get(0).updates() < 100, "" + told.get(0).updates());
        drawn.set(1000);
        sweep.run(Plan.of(List.of(e.withSeed(9).with(s -> s.limit = 5))), oneByOne(), told::add);
        assertEquals(Set.of(e.withSeed(9).name()), Sweep.read(folder).keySet());
        Engine elsewhere =
                oneByOne((experiment, stop) -> new Outcome(experiment, 7, true, new Batch.Score(0, 0, 0), ""));
        sweep.run(Plan.of(List.of(e)), elsewhere, told::add);
        assertEquals(7, sweep.known(e).updates());
    }

    /** One that needs more memory than there is ends, is said with its name, and the others go on. */
    @Test
    @Timeout(60)
    void anErrorEndsOneTrainingOnly() {
        Experiment large = experiment(
                new Slow("LARGE", () -> {
                    throw new ExceptionInInitializerError(new OutOfMemoryError("Java heap space"));
                }),
                2,
                Networks.GRU,
                1);
        Experiment fine = experiment(Tasks.ADDING_2015, 2, Networks.GRU, 1);
        for (Engine engine : List.of(local(), oneByOne())) {
            Sweep sweep = new Sweep(folder);
            Plan plan = Plan.all(List.of(Plan.of(List.of(large)), Plan.of(List.of(fine))));
            String message = assertThrows(IllegalStateException.class, () -> sweep.run(plan, engine, outcome -> {}))
                    .getMessage();
            assertEquals(large.name() + ": java.lang.OutOfMemoryError: Java heap space", message);
            assertEquals(Set.of(fine.name()), Sweep.read(folder).keySet());
        }
    }

    /** A sweep that ended by itself has nothing to be told any more. */
    @Test
    void aSweepThatIsDone() {
        List<Thread> hooks = new ArrayList<>();
        Experiment e = experiment(Tasks.ADDING_2015, 2, Networks.GRU, 1);
        new Sweep(folder, hooks::add, hooks::remove)
                .run(Plan.of(List.of(e)), local(), outcome -> assertEquals(1, hooks.size()));
        assertEquals(List.of(), hooks);
    }

    /** One number in, one out. */
    private interface Numbers extends Task {
        @Override
        default int inputs() {
            return 1;
        }

        @Override
        default int outputs() {
            return 1;
        }
    }

    /** Echo, with something that happens whenever sequences are drawn. */
    private record Slow(String name, Executable draws) implements Numbers {
        @Override
        public Batch batch(int T, int B, Random random) {
            try {
                draws.execute();
            } catch (RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            return new Echo().batch(T, B, random);
        }

        @Override
        public double near(int T) {
            return 0;
        }

        @Override
        public boolean solved(Batch.Score score, int T) {
            return false;
        }
    }

    /** As a notebook would write them. */
    private record Echo() implements Numbers {
        @Override
        public String name() {
            return "ECHO";
        }

        @Override
        public Batch batch(int T, int B, Random random) {
            List<SimpleMatrix> x = Draw.uniform(T, 1, B, -1, 1, random);
            return new Batch(x, new TreeMap<>(Map.of(T, x.get(T - 1))), false);
        }

        @Override
        public boolean solved(Batch.Score score, int T) {
            return score.loss() < 0.01;
        }
    }

    private record Mine() implements Network, Rule {
        @Override
        public String name() {
            return "MINE";
        }

        @Override
        public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
            return Init.uniform(new MinGru(inputs, hidden), outputs, random);
        }

        @Override
        public int moments() {
            return 1;
        }

        @Override
        public Parameters change(
                Parameters g, double rate, int n, Parameters[] m) { // steps of equal size, signs of a mean
            m[0] = m[0].map((name, a) -> a.scale(0.9).plus(g.get(name)));
            return m[0].map((name, a) -> a.elementDiv(
                            a.elementPower(2).elementPower(0.5).plus(1e-12))
                    .scale(-rate));
        }
    }

    /**
     * Trained, checkpointed, stored and found again; another program, which has the names alone, can read and compare.
     */
    @Test
    void tasksNetworksAndRulesOfOnesOwn() {
        Experiment e = Experiment.of(s -> {
            s.task = new Echo();
            s.T = 4;
            s.network = new Mine();
            s.rule = new Mine();
            s.rate = 0.01;
            s.limit = 1000;
        });
        assertEquals("echo-T4-mine-H32-mine-0.01-seed1", e.name());
        assertEquals("MINE", e.network().title());
        Path file = folder.resolve("c.json");
        Training whole = new Training(e);
        Outcome want = whole.run(Progress.NONE);
        assertTrue(want.solved(), want::toString);
        assertTrue(want.updates() < 1000, "tested at the end alone");
        new Training(e, file).run(want.updates() / 2, Progress.NONE);
        Training resumed = new Training(e, file);
        assertEquals(want.updates() / 2, resumed.updates());
        assertEquals(want, resumed.run(Progress.NONE));
        same(whole.parameters(), resumed.parameters());

        new Sweep(folder).run(Plan.of(List.of(e)), local(), outcome -> {});
        Outcome stored = Sweep.read(folder).get(e.name());
        assertEquals(want, stored);
        Task task = stored.experiment().task();
        assertEquals("ECHO", task.name());
        assertEquals(Set.of(task), Set.copyOf(List.of(task, Task.named("ECHO"), Task.named("ECHO"))));
        assertFalse(task.equals(Task.named("OTHER")) || task.equals("ECHO") || task.equals(null));
        assertEquals(Rules.ADAM, Rule.named("ADAM"));
        assertEquals(
                "“ECHO” is no task of the library, and the file has its name alone",
                assertThrows(IllegalStateException.class, () -> stored.experiment()
                                .initial())
                        .getMessage());
    }

    @Test
    void aTrainingThatIsStopped() {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(Tasks.ADDING_2015, 10, Networks.TANH, 40);
        Training training = new Training(e, file);
        Outcome stopped = training.run((update, limit, loss, last) -> {
            if (update == 7) {
                training.stop();
            }
        });
        assertEquals(new Outcome(e, 7, false, null, "interrupted"), stopped);
        assertFalse(Thread.interrupted());
        assertEquals(new Training(e).run(Progress.NONE), training.run(Progress.NONE));
        assertEquals(40, Checkpoint.read(file, e).updates());
    }

    @Test
    void anExperimentNeedsItsParts() {
        for (var c : Map.<String, Consumer<Experiment.Settings>>of(
                        "task: expected one whose name has letters, digits and _ alone, got null", s -> s.task = null,
                        "network: expected one whose name has letters, digits and _ alone, got null",
                                s -> s.network = null,
                        "rule: expected one whose name has letters, digits and _ alone, got null", s -> s.rule = null,
                        "clipping: expected one, or Clipping.NONE, got null", s -> s.clipping = null)
                .entrySet()) {
            Experiment good = experiment(Tasks.COPY, 5, Networks.GRU, 1);
            assertEquals(
                    c.getKey(),
                    assertThrows(IllegalArgumentException.class, () -> good.with(c.getValue()))
                            .getMessage());
        }
    }
}
