package bptt.train;

import bptt.cell.Parameters;
import bptt.cell.Require;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Checkpoint checkpoint;
        try {
            checkpoint = Store.JSON.readValue(Files.readAllBytes(file), Checkpoint.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s: expected a checkpoint, got a file that ends early or is damaged (%s)"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!experiment.equals(checkpoint.experiment())) {
            throw new IllegalArgumentException("%s: expected a checkpoint of %s, got one of %s; it is left as it is"
                    .formatted(file, experiment, checkpoint.experiment()));
        }
        return checkpoint;
    }
}
