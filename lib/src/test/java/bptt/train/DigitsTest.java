package bptt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;

/** Handwritten digits as sequences. */
class DigitsTest {
    /** The first image of the file, a 0, written down from it. */
    private static final int[] FIRST = {
        0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0, 0, 3, 15, 2, 0, 11, 8, 0, 0, 4, 12, 0, 0, 8, 8, 0, 0, 5, 8,
        0, 0, 9, 8, 0, 0, 4, 11, 0, 1, 12, 7, 0, 0, 2, 14, 5, 10, 12, 0, 0, 0, 0, 6, 13, 10, 0, 0, 0
    };

    private static String pixels(Batch batch, int b) {
        StringBuilder all = new StringBuilder();
        batch.x().forEach(x_t -> all.append(x_t.get(0, b)).append(' '));
        return all.toString();
    }

    @Test
    void pixelByPixelAndThenNothing() {
        Batch batch = Digits.of(70, new int[] {3, 0}, false);
        for (int t = 0; t < 70; t++) {
            assertEquals(t < 64 ? FIRST[t] / 16.0 : 0, batch.x().get(t).get(0, 1));
        }
        assertEquals(List.of(70), List.copyOf(batch.y().keySet()));
        SimpleMatrix y = batch.y().get(70);
        assertEquals(1, y.get(0, 1)); // image 0 is a 0, image 3 a 3
        assertEquals(1, y.get(3, 0));
        assertEquals(2, y.elementSum());
        assertTrue(batch.classes());
        assertEquals(
                "T: expected 64 steps or more, got 63",
                assertThrows(IllegalArgumentException.class, () -> Digits.of(63, new int[] {0}, false))
                        .getMessage());
    }

    @Test
    void asTasks() {
        for (Tasks task : List.of(Tasks.DIGITS, Tasks.DIGITS_PERMUTED)) {
            assertFalse(task.solved(new Batch.Score(0, 0, 0), 64), "never, so that each is trained as long");
            Batch drawn = task.batch(64, 2, new Random(1));
            Batch own = Digits.batch(64, 2, new Random(1), task == Tasks.DIGITS_PERMUTED);
            for (int t = 0; t < 64; t++) {
                assertTrue(drawn.x().get(t).isIdentical(own.x().get(t), 0));
            }
        }
    }

    /** The same pixels in another order, the same for every image. */
    @Test
    void anotherOrder() {
        List<Integer> order = Digits.order(true);
        assertEquals(64, new HashSet<>(order).size());
        assertNotEquals(Digits.order(false), order);
        Batch batch = Digits.of(64, new int[] {0}, true);
        IntStream.range(0, 64)
                .forEach(t -> assertEquals(
                        FIRST[order.get(t)] / 16.0, batch.x().get(t).get(0, 0)));
    }

    /** 360 images, each once, and none of them is ever trained on. */
    @Test
    void whatIsHeldOut() {
        HashSet<String> held = new HashSet<>();
        Tasks.DIGITS.unseen(64, 32, new Random(1)).forEach(batch -> {
            assertEquals(60, batch.sequences());
            IntStream.range(0, 60).forEach(b -> held.add(pixels(batch, b)));
        });
        assertEquals(360, held.size());
        Batch trained = Tasks.DIGITS.batch(64, 5000, new Random(2));
        HashSet<String> seen = new HashSet<>();
        IntStream.range(0, 5000).forEach(b -> seen.add(pixels(trained, b)));
        assertTrue(seen.size() > 1300 && seen.size() <= 1437, "images drawn: " + seen.size());
        assertTrue(seen.stream().noneMatch(held::contains));
        assertEquals(6, Tasks.DIGITS_PERMUTED.unseen(64, 32, new Random(1)).count());
    }

    private static byte[] zipped(Stream<String> lines) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(lines.reduce("", (a, b) -> a + b + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void refused(String message, byte[] file) {
        assertEquals(
                "digits.csv.gz is damaged: expected " + message,
                assertThrows(IllegalStateException.class, () -> Digits.parse(new ByteArrayInputStream(file)))
                        .getMessage());
    }

    @Test
    void aDamagedFile() throws IOException {
        String zero = "0,".repeat(64);
        assertEquals(
                1797,
                Digits.parse(new ByteArrayInputStream(
                                zipped(Stream.generate(() -> zero + "9").limit(1797))))
                        .length);
        refused("1797 images, got 2", zipped(Stream.of(zero + "1", zero + "2")));
        for (String bad : List.of(zero + "10", zero + "-1", zero + "x", "17," + zero.substring(2) + "1", "0,1")) {
            refused("64 pixels 0 … 16 and a digit in each line, got " + bad, zipped(Stream.of(bad)));
        }
        byte[] whole = zipped(Stream.of(zero + "1")), half = java.util.Arrays.copyOf(whole, whole.length / 2);
        assertTrue(assertThrows(IllegalStateException.class, () -> Digits.parse(new ByteArrayInputStream(half)))
                .getMessage()
                .startsWith("digits.csv.gz is damaged: expected a whole gzip file ("));
        assertThrows(IllegalStateException.class, () -> Digits.parse(new ByteArrayInputStream(new byte[] {1, 2, 3})));
    }
}
