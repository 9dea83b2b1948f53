package bptt.train;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import bptt.math.Numbers;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Files that appear whole or not at all, and records as JSON. */
public final class Store {
    /** Strict: what is not as it was written is damaged. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Numbers the files beside: no two writers, in this program or another, have the same one. */
    private static final AtomicInteger WRITES = new AtomicInteger();

    private Store() {}

    /**
     * Reads a file of JSON.
     *
     * @param file which
     * @param what it is expected to be
     * @param type of the record
     * @throws IllegalArgumentException if it is something else, or damaged; names the file, which is left as it is
     */
    static <R> R read(Path file, String what, TypeReference<R> type) {
        try {
            R record = JSON.readValue(Files.readAllBytes(file), type);
            if (record == null) {
                throw new IllegalArgumentException(Numbers.format("%s: expected %s, got null", file, what));
            }
            return record;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    Numbers.format(
                            "%s: expected %s, got a file that ends early or is damaged (%s)",
                            file, what, e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /**
     * The record that {@link #json} made a text of.
     *
     * @param json the text
     * @param type of the record
     * @return the record; doubles have the same bits
     * @throws IllegalArgumentException if the text is of another record
     */
    public static <R> R record(byte[] json, Class<R> type) {
        try {
            return JSON.readValue(json, type);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    Numbers.format(
                            "expected the JSON of an %s, got %s (%s)",
                            type.getSimpleName(), new String(json, StandardCharsets.UTF_8), e.getMessage()),
                    e);
        }
    }

    /** Refuses a file for one of its fields. */
    static void require(boolean good, Path file, String field, String expected, Object got) {
        if (!good) {
            throw new IllegalArgumentException(
                    Numbers.format("%s, %s: expected %s, got %s; it is left as it is", file, field, expected, got));
        }
    }

    /**
     * The known part of an experiment of that name; or one that was defined elsewhere, which has a name and can do
     * nothing.
     */
    static <P> P named(Class<P> type, P[] known, Function<P, String> nameOf, String name) {
        InvocationHandler handler = (proxy, method, args) -> switch (method.getName()) {
            case "name", "title", "toString" -> name;
            case "equals" ->
                type.isInstance(args[0]) && nameOf.apply(type.cast(args[0])).equals(name);
            case "hashCode" -> name.hashCode();
            case "shortest" -> Integer.MIN_VALUE;
            default ->
                throw new IllegalStateException(Numbers.format(
                        "“%s” is no %s of the library, and the file has its name alone",
                        name, type.getSimpleName().toLowerCase(Locale.ROOT)));
        };
        return Arrays.stream(known)
                .filter(part -> nameOf.apply(part).equals(name))
                .findAny()
                .orElseGet(
                        () -> type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler)));
    }

    /**
     * A record as JSON; doubles have the digits that lead back to the same bits.
     *
     * @param record anything made of records, lists, texts and numbers
     * @return the text
     */
    public static byte[] json(Object record) {
        try {
            return JSON.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a record that can be written as JSON: " + record, e);
        }
    }

    /**
     * Writes beside the file, then moves, so that the last good one stays until the new one is whole; also in a thread
     * that has been interrupted, in which {@link Files#write} would fail.
     *
     * @param file where; its folder is made
     * @param bytes what
     */
    public static void write(Path file, byte[] bytes) {
        Path beside = file.resolveSibling(Numbers.format(
                "%s.%d-%d.tmp", file.getFileName(), ProcessHandle.current().pid(), WRITES.incrementAndGet()));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileOutputStream out = new FileOutputStream(beside.toFile())) {
                out.write(bytes);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            beside.toFile().delete();
            throw new UncheckedIOException(Numbers.format("%s cannot be written: %s", file, e), e);
        }
    }

    /**
     * Something to be done with the files of a folder while no other thread or program does so.
     *
     * @param folder is made
     * @param action what
     */
    static void locked(Path folder, Runnable action) {
        synchronized (Store.class) { // of one program only one thread may ask for the lock
            try {
                Files.createDirectories(folder);
                try (FileChannel lock = FileChannel.open(folder.resolve("runs.lock"), CREATE, WRITE)) {
                    lock.lock();
                    action.run();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(Numbers.format("%s cannot be written: %s", folder, e), e);
            }
        }
    }
}
