package bptt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What make learn trains, and what it says meanwhile. */
class GridTest {
    @TempDir
    Path folder;

    private static List<Experiment> experiments(Sweep.Line line) {
        return line.groups().stream().flatMap(g -> g.experiments().stream()).toList();
    }

    /** The distances of one kind of network, five seeds at each. */
    private static void assertLine(String name, int[] distances, Sweep.Line line) {
        List<String> want = Arrays.stream(distances)
                .boxed()
                .flatMap(T -> List.of(1, 2, 3, 4, 5).stream().map(seed -> "%s-T%d-seed%d".formatted(name, T, seed)))
                .toList();
        assertEquals(want, experiments(line).stream().map(Experiment::name).toList());
        assertEquals(distances.length, line.groups().size());
    }

    @Test
    void theLinesInTheirOrder() {
        List<Sweep.Line> lines = Grid.grid();
        int[] far = {20, 50, 100, 150, 200, 400, 750, 1000}, order = {20, 50, 100, 150, 200}, copy = {5, 10, 20, 50};
        assertLine("adding-2015-lstm-chrono", far, lines.get(0));
        assertLine("adding-2015-tanh", far, lines.get(1));
        assertLine("adding-2015-gru", far, lines.get(2));
        assertLine("adding-1997-lstm-chrono", new int[] {100, 500, 1000}, lines.get(3));
        assertLine("temporal-order-tanh", order, lines.get(4));
        assertLine("temporal-order-irnn", order, lines.get(5));
        assertLine("temporal-order-lstm-chrono", order, lines.get(6));
        assertLine("copy-tanh", copy, lines.get(7));
        assertLine("copy-lstm-chrono", copy, lines.get(8));
        assertLine("copy-gru", copy, lines.get(9));
        assertLine("adding-2015-lstm", far, lines.get(10));
        assertLine("adding-2015-irnn", far, lines.get(11));
        assertEquals(12, lines.size());
    }

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
            assertSettings(100, Rules.ADAM, 1e-3, 16, 15_000, 1, Grid.adding(simple, 100));
            assertSettings(100, Rules.ADAM, 3e-4, 16, 15_000, 1, Grid.adding(simple, 101));
        }
        for (Network gated : List.of(Networks.LSTM, Networks.LSTM_CHRONO, Networks.GRU)) {
            assertSettings(32, Rules.ADAM, 1e-2, 32, 7500, 1, Grid.adding(gated, 1000));
        }
        assertSettings(32, Rules.ADAM, 1e-2, 32, 7500, 1, Grid.adding1997(100));
        assertSettings(50, Rules.ADAM, 1e-3, 20, 10_000, 1, Grid.temporalOrder(Networks.TANH, 20));
        assertSettings(64, Rules.RMSPROP, 1e-3, 20, 10_000, 1, Grid.copying(Networks.GRU, 5));
    }

    private static Outcome outcome(Experiment e, boolean solved, String failure) {
        Batch.Score score = new Batch.Score(0.25, 0, 0);
        return new Outcome(e, failure.isEmpty() ? 40 : 0, solved, failure.isEmpty() ? score : null, failure);
    }

    /** All that would be run is in the folder already: the first line's second group, and of all others the first. */
    @Test
    void whatItSays() {
        List<Outcome> known = new ArrayList<>();
        List<Sweep.Line> lines = Grid.grid();
        for (Sweep.Line line : lines) {
            line.groups().get(0).experiments().forEach(e -> known.add(outcome(e, false, "")));
        }
        Experiment first = lines.get(0).groups().get(0).experiments().get(2);
        known.set(2, outcome(first, true, ""));
        for (Experiment e : lines.get(0).groups().get(1).experiments()) {
            known.add(outcome(e, false, "overflow"));
        }
        Store.write(folder.resolve("runs.json"), Store.json(known));

        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Grid.main(new String[] {folder.toString()});
        } finally {
            System.setOut(console);
        }
        List<String> said = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals("350 runs at most; Ctrl-C stops, make learn goes on", said.get(0));
        assertEquals(66, said.size());
        String line = "   0\\.\\d min  [ \\d]{3} of 350  %-45s %-10s %6d updates";
        for (String each : List.of(
                line.formatted("adding-2015-lstm-chrono-T20-seed3", "solved", 40),
                line.formatted("adding-2015-irnn-T20-seed5", "not solved", 40),
                line.formatted("adding-2015-lstm-chrono-T50-seed1", "overflow", 0))) {
            assertEquals(1, said.stream().filter(s -> s.matches(each)).count(), each);
        }
        for (int done = 1; done <= 65; done++) {
            String count = " min  %3d of 350  ".formatted(done);
            assertTrue(said.stream().anyMatch(s -> s.contains(count)), count);
        }
    }
}
