package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of a pass goes, by the flight recorder's samples of all threads: each counts for the first method on
 * its stack that belongs to a phase. Prints one line for each problem: cell, H, B, T, and the share of each phase.
 */
final class Phases {
    static final List<String> NAMES = List.of("products", "activations", "packing", "rest");

    private static final double SECONDS = 4;

    private Phases() {}

    public static void main(String[] args) throws IOException {
        for (String text : args) {
            String[] words = text.split(",");
            Problem problem = new Problem(
                    words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            BpttPeer peer = new BpttPeer();
            peer.prepare(problem);
            run(peer, SECONDS / 2);
            try (Recording recording = new Recording()) {
                recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(5));
                recording.start();
                run(peer, SECONDS);
                recording.stop();
                Path file = Files.createTempFile("phases", ".jfr");
                recording.dump(file);
                Map<String, Integer> samples = new TreeMap<>();
                for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                    if (event.getStackTrace() != null) {
                        samples.merge(phase(event.getStackTrace().getFrames()), 1, Integer::sum);
                    }
                }
                Files.delete(file);
                double all = samples.values().stream().mapToInt(n -> n).sum();
                StringBuilder line = new StringBuilder(String.join(" ", words));
                NAMES.forEach(name -> line.append(
                        String.format(Locale.ROOT, " %.3f", samples.getOrDefault(name, 0) / all)));
                System.out.println(line);
            }
        }
    }

    private static void run(Peer peer, double seconds) {
        for (long end = System.nanoTime() + (long) (1e9 * seconds); System.nanoTime() < end; ) {
            peer.pass();
        }
    }

    private static String phase(List<RecordedFrame> frames) {
        for (RecordedFrame frame : frames) {
            String type = frame.getMethod().getType().getName(), method = frame.getMethod().getName();
            if (Arrays.asList("pack", "columns", "room").contains(method) || type.equals("bptt.Weights")) {
                return "packing";
            }
            if (type.startsWith("bptt.math.VectorTile") || type.endsWith("Kernel")) {
                return "products";
            }
            if (type.equals("bptt.math.Functions") || type.startsWith("bptt.cell.") && !type.endsWith("Require")) {
                return "activations";
            }
            if (type.startsWith("bptt.")) {
                return "rest";
            }
        }
        return "rest";
    }
}
