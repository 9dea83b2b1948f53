package bench;

import ai.djl.ndarray.types.DataType;
import bptt.Bptt;
import bptt.Trace;
import bptt.cell.Rnn;
import bptt.flow.Decay;
import bptt.flow.Norm;
import bptt.math.Product;
import com.sun.management.ThreadMXBean;
import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One peer in a process of its own, told what to do line by line on standard input: {@code prepare CELL H B T},
 * {@code gradients}, {@code run}, {@code chain H T NORM}, {@code memory}, {@code peak}, {@code bandwidth}. Answers with
 * one line each.
 */
final class Worker {
    private static final long TURN = 200_000_000;

    private Worker() {}

    public static void main(String[] args) throws IOException {
        Peer peer = peer(args[0]);
        answer("ready " + (peer instanceof BpttPeer ? Product.kernel() : args[0]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "prepare" -> {
                    peer.prepare(new Problem(words[1], number(words[2]), number(words[3]), number(words[4])));
                    answer("ok");
                }
                case "gradients" -> {
                    peer.pass();
                    answer(fingerprint(peer.gradients()));
                }
                case "run" -> answer(turn(peer::pass));
                case "chain" -> {
                    int H = number(words[1]), T = number(words[2]);
                    answer(turn(() -> chain(H, T, words[3])));
                }
                case "memory" -> answer(memory(peer));
                case "peak" -> answer(String.format(Locale.ROOT, "%.1f", Peak.gigaflops()));
                case "bandwidth" -> answer(String.format(Locale.ROOT, "%.1f", Peak.bandwidth()));
                default -> throw new IllegalArgumentException("unknown request: " + line);
            }
        }
    }

    private static Peer peer(String name) {
        return switch (name) {
            case "bptt" -> new BpttPeer();
            case "pytorch-f64" -> new PyTorchPeer(DataType.FLOAT64);
            case "pytorch-f32" -> new PyTorchPeer(DataType.FLOAT32);
            case "dl4j" -> new Dl4jPeer();
            case "ejml" -> new StepPeer(StepPeer.EJML);
            case "netlib-java" -> new StepPeer(StepPeer.blas(JavaBLAS.getInstance()));
            case "netlib-native" -> new StepPeer(StepPeer.blas(NativeBLAS.getInstance()));
            default -> throw new IllegalArgumentException("unknown peer " + name);
        };
    }

    /**
     * A forward pass is part of it, for a chain of Jacobians needs the states. The last norm is returned against dead
     * code.
     */
    private static double chain(int H, int T, String norm) {
        Problem problem = new Problem("tanh", H, 1, T);
        Trace trace = Bptt.forward(
                problem.parameters(), IntStream.rangeClosed(1, T).mapToObj(problem::x).toList());
        int[] distances = IntStream.rangeClosed(0, T).toArray();
        return Decay.norms(trace, distances, norm.equals("spectral") ? Norm.SPECTRAL : Norm.FROBENIUS)[T];
    }

    /**
     * Milliseconds of one, in a turn of at least a fifth of a second: after a pause, cores take a while to reach their
     * clock.
     */
    private static String turn(Runnable work) {
        long start = System.nanoTime(), taken = 0;
        int count = 0;
        while (taken < TURN) {
            work.run();
            count++;
            taken = System.nanoTime() - start;
        }
        return String.format(Locale.ROOT, "%.3f", taken / 1e6 / count);
    }

    /** MB that all threads allocate in a pass, and the largest this process has been, in MB of memory. */
    private static String memory(Peer peer) throws IOException {
        int passes = 5;
        long before = allocated();
        for (int i = 0; i < passes; i++) {
            peer.pass();
        }
        double megabytes = (allocated() - before) / 1048576.0 / passes;
        Path status = Path.of("/proc/self/status");
        String peak = !Files.exists(status)
                ? "NaN"
                : Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .map(line -> line.replaceAll("\\D", ""))
                        .findFirst()
                        .orElse("NaN");
        return String.format(Locale.ROOT, "%.3f %.0f", megabytes, Double.parseDouble(peak) / 1024);
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    /** For each gradient a projection and the norm. */
    private static String fingerprint(Map<String, double[]> gradients) {
        StringBuilder text = new StringBuilder();
        gradients.forEach((name, g) -> {
            double dot = 0, square = 0;
            for (int k = 0; k < g.length; k++) {
                dot += g[k] * Math.cos(0.37 * k + 1);
                square += g[k] * g[k];
            }
            text.append(String.format(Locale.ROOT, "%s %.17g %.17g ", name, dot, Math.sqrt(square)));
        });
        return text.toString().strip();
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private static void answer(String line) {
        System.out.println("> " + line);
    }
}
