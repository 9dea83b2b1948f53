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

        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Learn.main(new String[] {folder.toString()});
        } finally {
            System.setOut(console);
        }
        List<String> said = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals("1 runs at most; Ctrl-C stops, make learn goes on", said.get(0));
        String line = "   \\d\\.\\d min     1 done, at most    0 and 0 min to go  %s *solved +\\d+ updates";
        assertTrue(said.get(1).matches(Numbers.format(line, missing.name())), said.get(1));
        assertEquals(2, said.size());
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
    }
}
