package bptt.cluster;

import bptt.math.Parallel;
import bptt.train.Engine;
import bptt.train.Experiment;
import bptt.train.Learn;
import bptt.train.Outcome;
import bptt.train.Store;
import bptt.train.Training;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Experiments on Apache Spark. Each is a job of one task: the experiment goes out as JSON, and its outcome comes back
 * as JSON. What a lost executor was at is run again, from its beginning.
 */
public final class SparkEngine implements Engine {
    private static final String LOCAL = "local(\\[(\\*|[1-9]\\d*)])?", HOST = "[^:/,\\s]+:\\d{1,5}";
    private static final int SECONDS = 60;

    private final JavaSparkContext spark;
    private final int slots;

    /**
     * Connects. Settings of Spark are taken from the system properties {@code spark.…}.
     *
     * @param master {@code spark://host:port}, several hosts with commas between, or {@code local[*]}
     * @throws IllegalArgumentException if it is something else, cannot be reached, or has no core free for a minute
     */
    public SparkEngine(String master) {
        if (!master.matches(LOCAL)) {
            reach(master);
        }
        SparkConf conf = new SparkConf()
                .setMaster(master)
                .setAppName("bptt")
                .setJars(jars())
                .setIfMissing("spark.ui.enabled", "false")
                .setIfMissing("spark.executor.cores", "1") // so that a lost executor takes one experiment with it
                .setIfMissing("spark.executor.memory", "1g");
        try {
            spark = new JavaSparkContext(conf);
        } catch (RuntimeException e) {
            throw refused(master, e.getMessage());
        }
        try {
            slots = slots(master);
        } catch (RuntimeException e) {
            spark.close();
            throw e;
        }
    }

    /**
     * Runs the experiments of notebook 11 on the master of the system property {@code spark.master}, {@code local[*]}
     * if there is none.
     *
     * @param args as those of {@link Learn#main(String[])}
     */
    public static void main(String[] args) {
        Learn.main(args, folder -> new SparkEngine(System.getProperty("spark.master", "local[*]")));
    }

    /** What is on the class path and not beside Spark's own jars. */
    private static String[] jars() {
        Path own =
                Path.of(JavaSparkContext.jarOfClass(JavaSparkContext.class)[0]).getParent();
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> p.endsWith(".jar") && !Path.of(p).toAbsolutePath().startsWith(own))
                .toArray(String[]::new);
    }

    /** Spark itself asks for a minute, and says nothing meanwhile. */
    private static void reach(String master) {
        if (!master.matches("spark://%s(,%<s)*".formatted(HOST))) {
            throw new IllegalArgumentException("MASTER: expected spark://host:port or local[*], got " + master);
        }
        String why = "";
        for (String host : master.substring("spark://".length()).split(",")) {
            int colon = host.indexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(host.substring(0, colon), Integer.parseInt(host.substring(colon + 1))),
                        5000);
                return;
            } catch (IOException | IllegalArgumentException e) {
                why = e.getMessage();
            }
        }
        throw refused(master, why);
    }

    private static IllegalArgumentException refused(String master, String why) {
        return new IllegalArgumentException("MASTER: expected one that can be reached, got %s (%s)"
                .formatted(master, String.valueOf(why).lines().findFirst().orElse("")));
    }

    /** Cores, as soon as no more executors have come for three seconds. */
    private int slots(String master) {
        if (!spark.isLocal()) {
            int executors = 0;
            for (int waited = 0, still = 0; executors == 0 || still < 3; waited++, still++) {
                if (waited == SECONDS || spark.sc().isStopped()) {
                    throw new IllegalArgumentException(
                            "MASTER: expected one with a core and %s free, got %s, which gave none in %d s"
                                    .formatted(spark.getConf().get("spark.executor.memory"), master, waited));
                }
                sleep(1000);
                int now = spark.sc().statusTracker().getExecutorInfos().length - 1; // the driver is one
                still = now == executors ? still : 0;
                executors = now;
            }
        }
        return spark.defaultParallelism();
    }

    private static void sleep(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public Outcome run(Experiment experiment, BooleanSupplier stop) {
        JavaFutureAction<List<String>> job = null;
        try {
            spark.setLocalProperty("spark.job.interruptOnCancel", "true");
            job = spark.parallelize(List.of(text(experiment)), 1)
                    .map(SparkEngine::train)
                    .collectAsync();
            while (!stop.getAsBoolean()) {
                try {
                    String outcome = job.get(200, TimeUnit.MILLISECONDS).get(0);
                    return Store.record(outcome.getBytes(StandardCharsets.UTF_8), Outcome.class);
                } catch (TimeoutException e) { // not yet
                }
            }
            job.cancel(true);
        } catch (InterruptedException e) {
            job.cancel(true);
            Thread.currentThread().interrupt();
        } catch (ExecutionException | IllegalStateException e) {
            if (!ending(stop)) {
                throw new IllegalStateException(
                        "%s: %s"
                                .formatted(
                                        experiment.name(),
                                        e.getMessage().lines().findFirst().orElse("")),
                        e);
            }
        }
        return new Outcome(experiment, 0, false, null, INTERRUPTED);
    }

    /** When the program is told to end, Spark may end before the sweep knows. */
    private static boolean ending(BooleanSupplier stop) {
        while (ShutdownHookManager.get().isShutdownInProgress() && !stop.getAsBoolean()) {
            sleep(10);
        }
        return stop.getAsBoolean();
    }

    private static String text(Object record) {
        return new String(Store.json(record), StandardCharsets.UTF_8);
    }

    /** What an executor does: on one core, for the others have tasks of their own. */
    private static String train(String experiment) {
        Training training = new Training(Store.record(experiment.getBytes(StandardCharsets.UTF_8), Experiment.class));
        return text(Parallel.alone(() -> Engine.train(training, () -> false)));
    }

    @Override
    public void close() {
        spark.close();
    }
}
