package bptt.cluster;

import bptt.train.Engine;
import bptt.train.Experiment;
import bptt.train.Learn;
import bptt.train.Networks;
import bptt.train.Plan;
import bptt.train.Tasks;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The sweep of test_cluster.py: experiments without end, so that each makes all its updates. */
public final class SmallSweep {
    private static final List<Networks> NETWORKS =
            List.of(Networks.TANH, Networks.IRNN, Networks.LSTM, Networks.GRU, Networks.MIN_GRU);

    private SmallSweep() {}

    /**
     * Runs it.
     *
     * @param args folder, {@code local} or {@code spark}, number of experiments, T, limit of updates
     */
    public static void main(String[] args) {
        Function<Path, Engine> engine = args[1].equals("spark")
                ? folder -> new SparkEngine(System.getProperty("spark.master", "local[*]"))
                : folder -> Engine.local(folder.resolve("checkpoints"));
        List<Experiment> experiments = IntStream.range(0, Integer.parseInt(args[2]))
                .mapToObj(n -> Experiment.of(s -> {
                    s.task = Tasks.ADDING_FAR;
                    s.T = Integer.parseInt(args[3]);
                    s.network = NETWORKS.get(n % NETWORKS.size());
                    s.hidden = 16;
                    s.rate = 1e-5;
                    s.limit = Integer.parseInt(args[4]);
                    s.seed = 1 + n / NETWORKS.size();
                }))
                .toList();
        Learn.sweep(Plan.of(experiments), Path.of(args[0]), engine);
    }
}
