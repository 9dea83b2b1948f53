package bptt.train;

import bptt.cell.Parameters;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;

/**
 * A training between two updates, as a file of JSON: doubles are written with the digits that lead back to the same bits.
 *
 * @param experiment whose training it is
 * @param updates made so far
 * @param parameters θ by name, row by row
 * @param m the optimiser's
 * @param v the optimiser's
 * @param power1 the optimiser's
 * @param power2 the optimiser's
 * @param recent losses of the updates since the last look
 * @param losses means of earlier ones
 */
record Checkpoint(
        Experiment experiment,
        int updates,
        Map<String, double[]> parameters,
        Map<String, double[]> m,
        Map<String, double[]> v,
        double power1,
        double power2,
        double[] recent,
        double[] losses) {
    static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    static Map<String, double[]> numbers(Parameters p) {
        Map<String, double[]> numbers = new LinkedHashMap<>();
        p.asMap().forEach((name, a) -> {
            double[] values = new double[a.getNumElements()];
            for (int k = 0; k < values.length; k++) {
                values[k] = a.get(k);
            }
            numbers.put(name, values);
        });
        return numbers;
    }

    static Parameters parameters(Map<String, double[]> numbers, Parameters like) {
        return like.map((name, a) -> new SimpleMatrix(a.getNumRows(), a.getNumCols(), true, numbers.get(name)));
    }

    void write(Path file) {
        try {
            write(file, JSON.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file appears whole or not at all. */
    static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path beside = file.resolveSibling(file.getFileName() + ".tmp");
            try (FileOutputStream out =
                    new FileOutputStream(beside.toFile())) { // Files.write fails if the thread is interrupted
                out.write(bytes);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            checkpoint = JSON.readValue(Files.readAllBytes(file), Checkpoint.class);
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
