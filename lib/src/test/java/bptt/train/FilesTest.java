package bptt.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Progress;
import bptt.math.Numbers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of trainings and sweeps: nothing is lost, and what makes no sense is refused by its name and left as it is. */
class FilesTest {
    private static final int EACH = 20;

    @TempDir
    Path folder;

    private static Experiment experiment(long seed, int limit) {
        return Experiment.of(s -> {
            s.task = Tasks.ADDING_2015;
            s.T = 5;
            s.network = Networks.TANH;
            s.hidden = 3;
            s.batch = 2;
            s.limit = limit;
            s.seed = seed;
        });
    }

    private static List<Experiment> experiments(long from) {
        return LongStream.range(from, from + EACH)
                .mapToObj(seed -> experiment(seed, 1))
                .toList();
    }

    private static Map<String, Outcome> run(Path folder, List<Experiment> experiments) {
        return run(folder, new Sweep(folder), experiments);
    }

    private static Map<String, Outcome> run(Path folder, Sweep sweep, List<Experiment> experiments) {
        return sweep.run(Plan.of(experiments), Engine.local(folder.resolve("checkpoints")), outcome -> {});
    }

    /** A sweep in a process of its own: the folder, the first of its seeds. */
    public static void main(String[] args) {
        run(Path.of(args[0]), experiments(Long.parseLong(args[1])));
    }

    /** Two programs in one folder at the same time, and a third one in this. */
    @Test
    @Tag("process") // as TrainTest.killedAndResumed
    void sweepsThatShareAFolder() throws Exception {
        List<Process> others = new ArrayList<>();
        for (long from : new long[] {0, EACH}) {
            others.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            FilesTest.class.getName(),
                            folder.toString(),
                            "" + from)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log" + from).toFile())
                    .start());
        }
        run(folder, experiments(2 * EACH));
        for (Process other : others) {
            assertEquals(0, other.waitFor(), () -> "see " + folder);
        }
        assertEquals(3 * EACH, Sweep.read(folder).size());
        try (Stream<Path> files = Files.list(folder)) {
            assertFalse(files.anyMatch(f -> f.toString().endsWith(".tmp")));
        }
        assertEquals(
                experiment(7, 1),
                Sweep.read(folder).get(experiment(7, 1).name()).experiment());
    }

    /** What a sweep of another program has finished since is not run again. */
    @Test
    void outcomesOfOthersCount() throws IOException {
        Sweep early = new Sweep(folder);
        main(new String[] {folder.toString(), "0"});
        Path checkpoints = folder.resolve("checkpoints");
        assertTrue(Files.exists(checkpoints));
        try (Stream<Path> left = Files.list(checkpoints)) {
            assertEquals(List.of(), left.toList()); // what is stored needs none
        }
        assertEquals(EACH, run(folder, early, experiments(0)).size());
        Sweep late = new Sweep(folder);
        run(folder, early, experiments(EACH).subList(0, 1));
        run(folder, late, experiments(2 * EACH).subList(0, 1));
        assertEquals(EACH + 2, Sweep.read(folder).size());
    }

    /** An outcome in the file is taken as it is; one of the same name but other settings is not lost. */
    @Test
    void whatIsKnownIsNotRunAgain() {
        Experiment e = experiment(1, 3);
        Outcome known = new Outcome(e, 2, true, new Batch.Score(0.5, 0, 0), "");
        Store.write(folder.resolve("runs.json"), Store.json(List.of(known)));
        assertEquals(Map.of(e.name(), known), run(folder, List.of(e)));
        Experiment other = e.with(s -> s.batch = 3);
        String name = "expected one experiment of the name " + e.name() + ", got ", beside = " beside ";
        for (List<Experiment> plan : List.of(List.of(other), List.of(other, e))) {
            String message = assertThrows(IllegalArgumentException.class, () -> run(folder, plan))
                    .getMessage();
            assertEquals(folder + ": " + name + other + beside + e, message);
            assertEquals(Map.of(e.name(), known), Sweep.read(folder));
        }
        Path empty = folder.resolve("empty");
        String message = assertThrows(IllegalArgumentException.class, () -> run(empty, List.of(e, other)))
                .getMessage();
        assertTrue(message.equals(empty + ": " + name + other + beside + e), message);
        assertEquals(Map.of(e.name(), new Training(e).run(Progress.NONE)), Sweep.read(empty));
    }

    /** What is said of a file in which something is replaced. */
    private static String said(Path file, String text, String pattern, String by, Runnable reads) throws IOException {
        String changed = text.replaceFirst(pattern, by);
        assertNotEquals(text, changed);
        Files.writeString(file, changed);
        String message =
                assertThrows(IllegalArgumentException.class, reads::run, by).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        assertEquals(changed, Files.readString(file));
        return message.substring(file.toString().length());
    }

    /** What a hand or a tool may do to a file, and what a lenient reader would take for something else. */
    @Test
    void outcomesThatAreNotAsTheyWereWritten() throws IOException {
        Path file = folder.resolve("runs.json");
        run(folder, List.of(experiment(1, 1)));
        String good = Files.readString(file);
        for (String[] change : new String[][] {
            {"$", "[]"},
            {"$", "x"},
            {"\"T\" : 5", "\"T\" : 5.9"},
            {"\"T\" : 5", "\"T\" : \"5\""},
            {"\"T\" : 5", "\"T\" : 5, \"T\" : 6"},
            {"\"kind\" : \"NORM\"", "\"kind\" : 0"},
            {"\"kind\" : \"NORM\"", "\"kind\" : null"}
        }) {
            String said = said(file, good, change[0], change[1], () -> new Sweep(folder));
            assertTrue(
                    said.startsWith(": expected a list of outcomes, got a file that ends early or is damaged"), said);
        }
        String of = "(\"%s\" : )[^,\\s]+";
        for (String[] change : new String[][] {
            {"loss", "-0.1"},
            {"loss", "\"NaN\""},
            {"loss", "\"Infinity\""},
            {"worst", "-0.1"},
            {"errors", "-0.1"},
            {"errors", "1.1"}
        }) {
            String said = said(file, good, Numbers.format(of, change[0]), "$1" + change[1], () -> new Sweep(folder));
            String expected = ", outcome 1, unseen: expected numbers of 0 or more, errors of 1 at most, got Score";
            assertTrue(said.startsWith(expected), said);
        }
        String failed = good.replaceFirst("(?s)\"unseen\" : \\{.*?\\}", "\"unseen\" : null")
                .replace("\"failure\" : \"\"", "\"failure\" : \"update 1: the loss is NaN\"");
        Files.writeString(file, failed);
        assertEquals(1, Sweep.read(folder).size());
        assertEquals(
                ", outcome 1, solved: expected false where it failed, got true; it is left as it is",
                said(file, failed, "\"solved\" : false", "\"solved\" : true", () -> new Sweep(folder)));
    }

    @Test
    void coursesThatMakeNoSense() throws IOException {
        Path file = folder.resolve("courses.json");
        Store.write(
                file, Store.json(List.of(new Course(experiment(1, 3), List.of(new Course.Point(3, 0.5, 2)), false))));
        String good = Files.readString(file);
        assertEquals(1, Course.read(folder).size());
        Runnable reads = () -> Course.add(folder, List.of());
        assertEquals(
                ", course 1: expected one of an experiment, got null; it is left as it is",
                said(file, good, "(?s)\\{.*\\}", "null", reads));
        assertEquals(
                ", course 1, points: expected some, got null; it is left as it is",
                said(file, good, "(?s)(\"points\" : )\\[.*?\\]", "$1null", reads));
        assertEquals(
                ", course 1, points: expected some, got []; it is left as it is",
                said(file, good, "(?s)(\"points\" : )\\[.*?\\]", "$1[]", reads));
        for (String[] change :
                new String[][] {{"update", "-1"}, {"update", "4"}, {"loss", "\"NaN\""}, {"decades", "\"NaN\""}}) {
            String said = said(file, good, Numbers.format("(\"%s\" : )[^,\\s]+", change[0]), "$1" + change[1], reads);
            String expected = ", course 1, points: expected updates 0 … 3, with loss and decades, got Point";
            assertTrue(said.startsWith(expected), said);
        }
        String said = said(
                file,
                good,
                "(?s)\"experiment\" : \\{.*?\\},\\s*\"points\"",
                "\"experiment\" : null, \"points\"",
                reads);
        assertTrue(said.startsWith(", course 1: expected one of an experiment, got Course[experiment=null"), said);
    }

    /** A program that reads the courses before another one adds to them keeps what that one has added. */
    @Test
    void coursesOfOthersCount() throws Exception {
        List<Experiment> all = LongStream.rangeClosed(1, 6)
                .mapToObj(seed -> Experiment.of(s -> {
                    s.task = Tasks.RECALL;
                    s.T = 4;
                    s.network = Networks.TANH;
                    s.hidden = 3;
                    s.batch = 9;
                    s.limit = 100;
                    s.seed = seed;
                }))
                .toList();
        Thread other = new Thread(() -> Course.add(folder, all.subList(0, 4)));
        other.start();
        Course.add(folder, all.subList(2, 6));
        other.join();
        assertEquals(all, Course.read(folder).stream().map(Course::experiment).toList());
        assertEquals(
                "batch: expected 9 sequences to look at, got 8",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Course.of(all.get(0).with(s -> s.batch = 8)))
                        .getMessage());
    }

    /** What cannot be written is said with its name, and nothing stays beside it. */
    @Test
    void whatCannotBeWritten() throws IOException {
        Path file = folder.resolve("runs.json");
        Files.createDirectories(file.resolve("full"));
        String message = assertThrows(UncheckedIOException.class, () -> Store.write(file, new byte[1]))
                .getMessage();
        assertTrue(message.startsWith(file + " cannot be written: "), message);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    /** As little, and as much, as there can be of it; and what another program wrote since is taken as it is. */
    @Test
    void outcomesAtTheEndsOfTheirRange() {
        Sweep early = new Sweep(folder);
        Experiment first = experiment(1, 3), last = experiment(2, 3);
        List<Outcome> written = List.of(
                new Outcome(first, 0, false, null, "update 1: the loss is NaN"),
                new Outcome(last, 3, true, new Batch.Score(0, 0, 1), ""));
        Store.write(folder.resolve("runs.json"), Store.json(written));
        assertEquals(
                written, List.copyOf(run(folder, early, List.of(first, last)).values()));
    }

    private void refused(String message, Runnable call, Path file, JsonNode changed) throws IOException {
        byte[] bytes = Store.json(changed);
        Files.write(file, bytes);
        String got = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(got.startsWith(file.toString()), got);
        assertEquals(message, got.substring(file.toString().length()));
        assertArrayEquals(bytes, Files.readAllBytes(file));
    }

    @Test
    void checkpointsThatMakeNoSense() throws IOException {
        Path file = folder.resolve("c.json");
        Experiment e = experiment(1, 60);
        new Training(e, file).run(30, Progress.NONE);
        JsonNode good = Store.JSON.readTree(file.toFile());
        Map<String, Consumer<ObjectNode>> cases = Map.of(
                ", updates: expected 0 … 60, got -7; it is left as it is", c -> c.put("updates", -7),
                ", updates: expected 0 … 60, got 61; it is left as it is", c -> c.put("updates", 61),
                ", recent: expected 5 finite numbers, got [0.1]; it is left as it is",
                        c -> c.putArray("recent").add(0.1),
                ", losses: expected 1 finite numbers, got null; it is left as it is", c -> c.putNull("losses"),
                ", losses: expected 1 finite numbers, got [NaN]; it is left as it is",
                        c -> c.putArray("losses").add(Double.NaN),
                ", moments: expected 2 of them, got 1; it is left as it is",
                        c -> ((ArrayNode) c.get("moments")).remove(1),
                ", moments: expected [W_xh, W_hh, b_h, W_hy, b_y], got null; it is left as it is",
                        c -> ((ArrayNode) c.get("moments")).setNull(0),
                ", parameters: expected [W_xh, W_hh, b_h, W_hy, b_y], got [W_xh, W_hh, b_h, W_hy]; it is left as it is",
                        c -> ((ObjectNode) c.get("parameters")).remove("b_y"),
                ", parameters, b_y: expected 1 finite numbers, got [1.0, 2.0]; it is left as it is",
                        c -> ((ObjectNode) c.get("parameters"))
                                .putArray("b_y")
                                .add(1.0)
                                .add(2.0),
                ", parameters, b_y: expected 1 finite numbers, got null; it is left as it is",
                        c -> ((ObjectNode) c.get("parameters")).putNull("b_y"));
        for (var c : cases.entrySet()) {
            ObjectNode changed = good.deepCopy();
            c.getValue().accept(changed);
            refused(c.getKey(), () -> new Training(e, file), file, changed);
        }
        for (String moments : new String[] {"null", "[]"}) {
            ObjectNode changed = good.deepCopy();
            changed.set("moments", Store.JSON.readTree(moments));
            String got = moments.equals("[]") ? "0" : "null";
            refused(
                    ", moments: expected 2 of them, got " + got + "; it is left as it is",
                    () -> new Training(e, file),
                    file,
                    changed);
        }
        ObjectNode absent = good.deepCopy();
        absent.remove("updates");
        Files.write(file, Store.json(absent));
        String message = assertThrows(IllegalArgumentException.class, () -> new Training(e, file))
                .getMessage();
        assertTrue(message.startsWith(file + ": expected a checkpoint, got") && message.contains("updates"), message);
        Files.writeString(file, "null");
        assertEquals(
                file + ": expected a checkpoint, got null",
                assertThrows(IllegalArgumentException.class, () -> new Training(e, file))
                        .getMessage());
        Files.write(file, Store.json(good));
        assertEquals(new Training(e).run(Progress.NONE), new Training(e, file).run(Progress.NONE));
    }

    @Test
    void outcomesThatMakeNoSense() throws IOException {
        Path file = folder.resolve("runs.json");
        main(new String[] {folder.toString(), "0"});
        JsonNode good = Store.JSON.readTree(file.toFile());
        Map<String, Consumer<ArrayNode>> cases = Map.of(
                ", outcome 1: expected one of an experiment, got null; it is left as it is",
                all -> all.setNull(0),
                ", outcome 2, updates: expected 0 … 1, got -1; it is left as it is",
                all -> ((ObjectNode) all.get(1)).put("updates", -1),
                ", outcome 2, updates: expected 0 … 1, got 2; it is left as it is",
                all -> ((ObjectNode) all.get(1)).put("updates", 2),
                ", outcome 3, unseen: expected a score, or null where it failed, got null; it is left as it is",
                all -> ((ObjectNode) all.get(2)).putNull("unseen"),
                ", outcome 3, failure: expected a text, empty for none, got null; it is left as it is",
                all -> ((ObjectNode) all.get(2)).putNull("failure"),
                ", outcome 21: expected one outcome of each experiment, got adding-2015-T5-tanh-H3-adam-0.001-seed0; "
                        + "it is left as it is",
                all -> all.add(all.get(0)));
        for (var c : cases.entrySet()) {
            ArrayNode changed = good.deepCopy();
            c.getValue().accept(changed);
            refused(c.getKey(), () -> new Sweep(folder), file, changed);
        }
        Files.writeString(file, "[{");
        String message = assertThrows(IllegalArgumentException.class, () -> Sweep.read(folder))
                .getMessage();
        assertTrue(message.startsWith(file + ": expected a list of outcomes, got a file that ends early"), message);
    }
}
