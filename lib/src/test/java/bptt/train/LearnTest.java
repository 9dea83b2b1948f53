package bptt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        assertTrue(said.get(1).matches(line.formatted(missing.name())), said.get(1));
        assertEquals(2, said.size());
    }
}
