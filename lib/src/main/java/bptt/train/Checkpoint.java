package bptt.train;

import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.math.Numbers;
import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.ejml.simple.SimpleMatrix;

/**
 * A training between two updates, as a file of JSON: doubles are written with the digits that lead back to the same
 * bits.
 *
 * @param experiment whose training it is
 * @param updates made so far
 * @param parameters θ by name, row by row
 * @param moments what the rule remembers, likewise
 * @param recent losses of the updates since the last look
 * @param losses means of earlier ones
 */
record Checkpoint(
        Experiment experiment,
        int updates,
        Map<String, double[]> parameters,
        List<Map<String, double[]>> moments,
        double[] recent,
        double[] losses) {
    static Map<String, double[]> numbers(Parameters p) {
        Map<String, double[]> numbers = new LinkedHashMap<>();
        p.asMap().forEach((name, a) -> numbers.put(name, Require.values(a)));
        return numbers;
    }

    static Parameters parameters(Map<String, double[]> numbers, Parameters like) {
        return like.map((name, a) -> new SimpleMatrix(a.getNumRows(), a.getNumCols(), true, numbers.get(name)));
    }

    void write(Path file) {
        Store.write(file, Store.json(this));
    }

    /**
     * Reads a checkpoint.
     *
     * @param file written by {@link #write(Path)}
     * @param experiment whose it has to be
     * @throws IllegalArgumentException if it is another's, or damaged
     */
    static Checkpoint read(Path file, Experiment experiment) {
        Checkpoint c = Store.read(file, "a checkpoint", new TypeReference<Checkpoint>() {});
        if (!experiment.equals(c.experiment)) {
            throw new IllegalArgumentException(Numbers.format(
                    "%s: expected a checkpoint of %s, got one of %s; it is left as it is",
                    file, experiment, c.experiment));
        }
        int limit = experiment.limit(), moments = experiment.rule().moments();
        Store.require(c.updates >= 0 && c.updates <= limit, file, "updates", "0 … " + limit, c.updates);
        Parameters like = experiment.initial();
        requireNumbers(c.parameters, like, file, "parameters");
        int kept = c.moments == null ? -1 : c.moments.size();
        Store.require(kept == moments, file, "moments", moments + " of them", kept < 0 ? "null" : kept);
        for (Map<String, double[]> moment : c.moments) {
            requireNumbers(moment, like, file, "moments");
        }
        requireFinite(c.recent, c.updates % Training.LOOK, file, "recent");
        requireFinite(c.losses, c.updates / Training.LOOK, file, "losses");
        return c;
    }

    private static void requireNumbers(Map<String, double[]> numbers, Parameters like, Path file, String field) {
        Object names = numbers == null ? "null" : numbers.keySet();
        Store.require(
                numbers != null && numbers.keySet().equals(Set.copyOf(like.names())),
                file,
                field,
                "" + like.names(),
                names);
        like.asMap().forEach((name, a) -> {
            requireFinite(numbers.get(name), a.getNumElements(), file, field + ", " + name);
        });
    }

    private static void requireFinite(double[] values, int n, Path file, String field) {
        Store.require(
                values != null && values.length == n && DoubleStream.of(values).allMatch(Double::isFinite),
                file,
                field,
                n + " finite numbers",
                values == null ? "null" : Arrays.toString(values));
    }
}
