package bptt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.math.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What make learn trains, and what it says meanwhile. */
class LearnTest {
    @TempDir
    Path folder;

    private static void assertSettings(
            int hidden, Rule rule, double rate, int batch, int limit, double norm, Experiment e) {
        assertEquals(
                List.of(hidden, rule, rate, batch, limit, Clipping.norm(norm), 0),
                List.of(e.hidden(), e.rule(), e.rate(), e.batch(), e.limit(), e.clipping(), e.window()));
    }

    /** 240000 sequences of the adding problem are 15000 updates of 16, or 7500 of 32. */
    @Test
    void theSettingsOfThePapers() {
        for (Network simple : List.of(Networks.TANH, Networks.IRNN)) {
            assertSettings(100, Rules.ADAM, 1e-3, 16, 15_000, 1, Papers.adding(simple, 100));
            assertSettings(100, Rules.ADAM, 3e-4, 16, 15_000, 1, Papers.adding(simple, 101));
        }
        for (Network gated : List.of(Networks.LSTM, Networks.LSTM_CHRONO, Networks.GRU)) {
            assertSettings(32, Rules.ADAM, 1e-2, 32, 7500, 1, Papers.adding(gated, 1000));
        }
        assertSettings(32, Rules.ADAM, 1e-2, 32, 7500, 1, Papers.adding1997(100));
        assertSettings(100, Rules.SGD, 0.01, 16, 15_000, 100, Papers.irnn2015(150));
        Experiment old = Papers.lstm1997(100);
        assertEquals(
                List.of(4, Rules.SGD, 0.5, 1, 240_000, Clipping.NONE),
                List.of(old.hidden(), old.rule(), old.rate(), old.batch(), old.limit(), old.clipping()));
    }

    private static Outcome outcome(Experiment e) {
        return new Outcome(e, 40, false, new Batch.Score(0.25, 0, 0), "");
    }

    /** All that would be run is in the folder already but for one training, which does not take long. */
    @Test
    void whatItSays() {
        Plan plan = Plan.all(List.of(Study.plan(), Papers.plan()));
        Map<Experiment, Outcome> known = new LinkedHashMap<>();
        for (List<Experiment> due = plan.due(known::get); !due.isEmpty(); due = plan.due(known::get)) {
            due.forEach(e -> known.put(e, outcome(e)));
        }
        Experiment missing =
                Study.truncated(Tasks.ADDING_2015, Networks.LSTM_CHRONO, 0).get(4);
        known.remove(missing);
        Store.write(folder.resolve("runs.json"), Store.json(known.values()));
        Store.write(folder.resolve("courses.json"), Store.json(List.of()));

        List<String> said = printed(() -> Learn.main(new String[] {folder.toString()}))
                .lines()
                .toList();
        assertEquals("1 runs at most; Ctrl-C stops, make learn goes on", said.get(0));
        String line = "   \\d\\.\\d min     1 done, at most    0 and 0 min to go  %s *solved +\\d+ updates";
        assertTrue(said.get(1).matches(Numbers.format(line, missing.name())), said.get(1));
        assertEquals(2, said.size());
    }

    static String printed(Runnable program) {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static Experiment experiment(int T, int hidden, int batch, int limit) {
        return Experiment.of(s -> {
            s.task = Tasks.RECALL;
            s.T = T;
            s.network = Networks.TANH;
            s.hidden = hidden;
            s.batch = batch;
            s.limit = limit;
        });
    }

    /**
     * One update of 2 steps, 1 sequence and 1 unit, then two trainings of 3 updates, 200 steps, 100 sequences and 20
     * units: what is to go takes 2 · 3 · 100 · 100 · 481/6 times as long as what was done, whatever that was.
     */
    @Test
    void howLongItWillTake() throws Exception {
        Experiment first = experiment(2, 1, 1, 9), second = experiment(200, 20, 100, 3), third = second.withSeed(2);
        Engine engine = TrainTest.oneByOne((e, stop) -> {
            try {
                Thread.sleep(100);
            } catch (InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
            boolean overflows = e.equals(third);
            Batch.Score score = overflows ? null : new Batch.Score(0.5, 0, 0);
            return new Outcome(e, 1, e.equals(first), score, overflows ? "overflow" : "");
        });
        Plan plan = Plan.line(List.of(List.of(first), List.of(second, third)));
        long start = System.nanoTime();
        List<String> said =
                printed(() -> Learn.sweep(plan, folder, f -> engine)).lines().toList();
        double most = (System.nanoTime() - start) / 6e10, least = 0.1 / 60, ratio = 2 * 3 * 100 * 100 * 481 / 6.0;
        assertEquals("3 runs at most; Ctrl-C stops, make learn goes on", said.get(0));
        Matcher line = Pattern.compile(
                        " +0\\.\\d min     1 done, at most    2 and (\\d+) min to go  (\\S+) +solved +1 updates")
                .matcher(said.get(1));
        assertTrue(line.matches(), said.get(1));
        double minutes = Double.parseDouble(line.group(1));
        assertTrue(0.99 * least * ratio < minutes && minutes < 1.01 * most * ratio, said.get(1));
        assertEquals(first.name(), line.group(2));
        assertTrue(said.get(2).contains("     2 done, at most    1 and ")
                && said.get(2).contains(" not solved "));
        assertTrue(said.get(3).contains("     3 done, at most    0 and 0 min to go")
                && said.get(3).contains(" overflow "));
        List<String> times = Files.readAllLines(folder.resolve("times.csv"));
        assertEquals(3, times.size());
        assertTrue(times.get(0).startsWith(first.name() + ",1 updates,0.0 min after the start,JDK "), times.get(0));
    }

    /** Courses are of the whole plan: a part looks at none. */
    @Test
    void aShardLeavesTheCourses() throws Exception {
        Path courses = folder.resolve("courses.json");
        Files.writeString(courses, "nonsense");
        Learn.main(new String[] {folder.toString(), "999999/999999"});
        assertEquals("nonsense", Files.readString(courses));
    }

    /** Whatever ends how: the shards of a plan run all of it, each without an outcome of another. */
    @Test
    void shardsAreTheWhole() {
        for (int solvedOf : new int[] {1, 3, 1000}) {
            Function<Experiment, Outcome> ends =
                    e -> new Outcome(e, 1, e.hashCode() % solvedOf == 0, new Batch.Score(e.rate(), 0, 0), "");
            Set<Experiment> whole = carriedOut(Plan.all(List.of(Study.plan(), Papers.plan())), ends);
            Set<Experiment> parts = new HashSet<>();
            for (int i = 1; i <= 7; i++) {
                Set<Experiment> part = carriedOut(Learn.shard(i + "/7"), ends);
                assertTrue(part.size() < whole.size() / 4, i + "/7 has " + part.size() + " of " + whole.size());
                parts.addAll(part);
            }
            assertEquals(whole, parts);
        }
        assertEquals(Set.of(), carriedOut(Learn.shard("999999/999999"), e -> outcome(e)));
    }

    private static Set<Experiment> carriedOut(Plan plan, Function<Experiment, Outcome> ends) {
        Map<Experiment, Outcome> known = new HashMap<>();
        for (List<Experiment> due = plan.due(known::get); !due.isEmpty(); due = plan.due(known::get)) {
            due.forEach(e -> known.put(e, ends.apply(e)));
        }
        return known.keySet();
    }

    @Test
    void whatIsNoShard() {
        for (String text : List.of("", "3", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b", "1/9999999")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Learn.shard(text))
                    .getMessage();
            assertEquals("SHARD: expected i/n with 1 ≤ i ≤ n, such as 3/40, got " + text, message);
        }
    }

    /** The program as make learn starts it. */
    private String said(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "-Dsun.stderr.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                Learn.class.getName()));
        command.addAll(List.of(args));
        Process learn = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(learn.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, learn.waitFor(), said);
        return said.lines()
                .filter(line -> !line.startsWith("Picked up JAVA_TOOL_OPTIONS"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    @Test
    @Tag("process") // as TrainTest.killedAndResumed
    void badInputIsOneSentence() throws Exception {
        assertEquals("expected a folder for the outcomes, and which part if not all, such as 3/40; got []\n", said());
        assertEquals("SHARD: expected i/n with 1 ≤ i ≤ n, such as 3/40, got 41/40\n", said(folder.toString(), "41/40"));
        Path file = folder.resolve("runs.json");
        String other = "[{\"version\": 2}]";
        Files.writeString(file, other);
        String said = said(folder.toString());
        assertTrue(said.startsWith(file + ": expected a list of outcomes, got a file that"), said);
        assertEquals(1, said.lines().count(), said);
        assertEquals(other, Files.readString(file));

        Plan plan = Plan.all(List.of(Study.plan(), Papers.plan()));
        List<Outcome> all =
                carriedOut(plan, e -> outcome(e)).stream().map(e -> outcome(e)).toList();
        Store.write(file, Store.json(all)); // nothing is left to be trained, and then courses are asked for
        Path courses = folder.resolve("courses.json");
        Files.writeString(courses, other);
        said = said(folder.toString());
        assertTrue(said.lines().toList().get(1).startsWith(courses + ": expected a list of courses, got "), said);
    }
}
