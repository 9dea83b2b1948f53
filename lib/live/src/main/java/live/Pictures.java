package live;

import bptt.Progress;
import bptt.show.Chart;
import bptt.show.Diagram;
import bptt.show.Figure;
import bptt.show.HeatMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** One picture of each figure, for readers whose browser runs no scripts. */
final class Pictures {
    private Pictures() {}

    /** Writes {@code decay.png}, {@code cliff.png}, {@code check.png} and {@code unrolled.png} into a folder. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        write(folder, "decay", decay());
        write(folder, "cliff", cliff());
        write(folder, "check", check());
        write(folder, "unrolled", unrolled());
    }

    private static void write(Path folder, String name, Figure figure) throws IOException {
        Files.write(folder.resolve(name + ".png"), figure.png());
    }

    private static Map<String, double[]> answer(String figure, Map<String, String> texts) {
        return Figures.answer(figure, texts, Progress.NONE);
    }

    private static Figure decay() {
        Map<String, double[]> rows = answer(
                "decay",
                Map.of(
                        "cell",
                        "tanh RNN",
                        "start",
                        "uniform",
                        "gain",
                        "1",
                        "b_f",
                        "1",
                        "input",
                        "1",
                        "H",
                        "32",
                        "T",
                        "200",
                        "seed",
                        "1"));
        return Chart.of("A tanh RNN, H = 32", "distance n (steps)", "‖∂s_T/∂s_{T−n}‖")
                .logY()
                .line("tanh RNN", rows.get("n"), rows.get("norm"))
                .predicted("tanh RNN", rows.get("n"), rows.get("predicted"))
                .figure("decay", "Dashed: what one matrix predicts.");
    }

    private static Figure cliff() {
        Map<String, double[]> map = answer("map", Map.of());
        Map<String, double[]> rows =
                answer("cliff", Map.of("w", "6.5", "b", "-2.6", "rate", "0.3", "theta", "1", "steps", "300"));
        double[] w = map.get("w"), b = map.get("b");
        double[][] L = IntStream.range(0, b.length)
                .mapToObj(j -> Arrays.copyOfRange(map.get("L"), j * w.length, (j + 1) * w.length))
                .toArray(double[][]::new);
        return HeatMap.of("L(w, b) after fifty steps, and two descents", "w", "b")
                .values(w, b, L)
                .labels(
                        Arrays.stream(w).mapToObj(Pictures::whole).toList(),
                        Arrays.stream(b).mapToObj(Pictures::whole).toList())
                .path("unclipped", rows.get("free.w"), rows.get("free.b"))
                .path("clipped", rows.get("clipped.w"), rows.get("clipped.b"))
                .figure("cliff", "Both descents walk to the wall and jump along it.");
    }

    private static String whole(double v) {
        return v == Math.rint(v) ? String.valueOf((int) v) : "";
    }

    private static Figure check() {
        Map<String, double[]> rows =
                answer("check", Map.of("network", "tanh RNN", "lg h", "-5", "H", "8", "T", "20", "seed", "1"));
        return Chart.of("Error of two derivatives without the chain rule", "step h", "relative error")
                .logX()
                .logY()
                .line("central difference", rows.get("h"), rows.get("central error"))
                .line("complex step", rows.get("h"), rows.get("complex error"))
                .figure("check", "The difference is best at one step; the complex step needs only be small.");
    }

    private static Figure unrolled() {
        Diagram diagram = Diagram.unrolled("Three steps, and the way back", 3, Set.of(1, 2, 3), Set.of(1, 2, 3));
        for (int t = 3; t >= 1; t--) {
            diagram.marked("l_" + t, "h_" + t, "").marked("h_" + t, "h_" + (t - 1), "");
        }
        return diagram.figure("unrolled", "Losses send their derivatives down and back.");
    }
}
