package bptt.show;

import bptt.train.Store;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvWriteOptions;

/**
 * Files in {@code results/} beside the notebooks. A file appears whole or not at all: it is written beside and moved.
 */
public final class Results {
    private static final Path FOLDER = Path.of("results");

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
     * Writes a record, or a list of records, to {@code results/NAME.json}: an experiment and its outcome, beside the
     * data that it led to.
     *
     * @param name file name without extension
     * @param record anything made of records, lists, texts and numbers
     */
    public static void json(String name, Object record) {
        write(name + ".json", Store.json(record));
    }

    static void write(String file, byte[] bytes) {
        Store.write(FOLDER.resolve(file), bytes);
    }
}
