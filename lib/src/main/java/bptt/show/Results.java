package bptt.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvWriteOptions;

/** Files in {@code results/} beside the notebooks. A file appears whole or not at all: it is written beside and moved. */
public final class Results {
    private static final Path FOLDER = Path.of("results");
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Results() {}

    /**
     * Writes a table to {@code results/NAME.csv}, doubles with ten significant digits, missing values empty.
     *
     * @param name file name without extension
     * @param table the data
     */
    public static void csv(String name, Table table) {
        StringWriter out = new StringWriter();
        Tables.formatted(table, 10, "")
                .write()
                .usingOptions(CsvWriteOptions.builder(out)
                        .usePrintFormatters(true)
                        .lineEnd("\n")
                        .build());
        write(name + ".csv", out.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a record, or a list of records, to {@code results/NAME.json}: an experiment and its outcome, beside the data that it
     * led to.
     *
     * @param name file name without extension
     * @param record anything made of records, lists, texts and numbers
     */
    public static void json(String name, Object record) {
        try {
            write(name + ".json", JSON.writeValueAsBytes(record));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + ": not a record that can be written as JSON", e);
        }
    }

    static void write(String file, byte[] bytes) {
        try {
            Files.createDirectories(FOLDER);
            Path beside = FOLDER.resolve(file + ".tmp");
            Files.write(beside, bytes);
            Files.move(
                    beside, FOLDER.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
