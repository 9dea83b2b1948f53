package bptt.cluster;

import bptt.math.Numbers;
import bptt.math.Parallel;
import bptt.train.Engine;
import bptt.train.Experiment;
import bptt.train.Learn;
import bptt.train.Outcome;
import bptt.train.Store;
import bptt.train.Training;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
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
    private static final int ANSWER = 30; // seconds

    /** What bits might depend on. */
    private static final String BUILD =
            Numbers.format("Java %s and a bptt.jar of CRC-32 %08x", System.getProperty("java.version"), crc());

    private static final String PATIENCE = "spark.scheduler.maxRegisteredResourcesWaitingTime";

    private final JavaSparkContext spark;
    private final int slots;

    /**
     * Connects. Settings of Spark are taken from the system properties {@code spark.…}.
     *
     * @param master {@code spark://host:port}, several hosts with commas between, or {@code local[*]}
     * @throws IllegalArgumentException if it is something else, does not answer within half a minute, has no core free
     *     for three minutes, or a worker has another Java or another version of the library
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
        spark = connect(conf, master);
        try {
            slots = slots(master);
            spark
                    .parallelize(Collections.nCopies(slots, 0), slots)
                    .map(any -> BUILD) // an executor's
                    .collect()
                    .stream()
                    .filter(build -> !build.equals(BUILD))
                    .findFirst()
                    .ifPresent(build -> {
                        throw new IllegalArgumentException(
                                Numbers.format("MASTER: expected workers with %s, got one with %s", BUILD, build));
                    });
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

    /** Spark itself waits for a minute. */
    private static JavaSparkContext connect(SparkConf conf, String master) {
        try {
            return CompletableFuture.supplyAsync(() -> new JavaSparkContext(conf))
                    .get(ANSWER, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw refused(master, Numbers.format("no answer within %d s", ANSWER));
        } catch (ExecutionException e) {
            throw refused(master, e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(master, "interrupted");
        }
    }

    /** What is on the class path and not beside Spark's own jars. */
    private static String[] jars() {
        Path own =
                Path.of(JavaSparkContext.jarOfClass(JavaSparkContext.class)[0]).getParent();
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> p.endsWith(".jar") && !Path.of(p).toAbsolutePath().startsWith(own))
                .toArray(String[]::new);
    }

    /** So that what is no master is told by its kind, and a closed port at once. */
    private static void reach(String master) {
        if (!master.matches(Numbers.format("spark://%s(,%<s)*", HOST))) {
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
        return new IllegalArgumentException(Numbers.format(
                "MASTER: expected one that can be reached, got %s (%s)",
                master, String.valueOf(why).lines().findFirst().orElse("")));
    }

    /** Cores, as soon as no more executors have come for three seconds. */
    private int slots(String master) {
        if (!spark.isLocal()) {
            int executors = 0;
            long seconds = spark.getConf().getTimeAsSeconds(PATIENCE, "180s");
            for (int waited = 0, still = 0; executors == 0 || still < 3; waited++, still++) {
                if (waited >= seconds || spark.sc().isStopped()) {
                    throw new IllegalArgumentException(Numbers.format(
                            "MASTER: expected one with a core and %s free, got %s, which gave none in %d s",
                            spark.getConf().get("spark.executor.memory"), master, waited));
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
        JavaFutureAction<List<byte[]>> job = null;
        try {
            spark.setLocalProperty("spark.job.interruptOnCancel", "true");
            String driver = BUILD;
            job = spark.parallelize(List.of(Store.json(experiment)), 1)
                    .map(json -> train(json, driver))
                    .collectAsync();
            while (!stop.getAsBoolean()) {
                try {
                    return Store.record(job.get(200, TimeUnit.MILLISECONDS).get(0), Outcome.class);
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
                        Numbers.format(
                                "%s: %s",
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

    private static long crc() {
        CRC32 crc = new CRC32();
        try (InputStream jar =
                Engine.class.getProtectionDomain().getCodeSource().getLocation().openStream()) {
            crc.update(jar.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return crc.getValue();
    }

    /** What an executor does: on one core, for the others have tasks of their own. */
    private static byte[] train(byte[] experiment, String driver) {
        if (!BUILD.equals(driver)) { // one that came later
            throw new IllegalStateException(
                    Numbers.format("expected a worker with %s, got one with %s", driver, BUILD));
        }
        Training training = new Training(Store.record(experiment, Experiment.class));
        return Store.json(Parallel.alone(() -> Engine.train(training, () -> false)));
    }

    @Override
    public void close() {
        spark.close();
    }
}
