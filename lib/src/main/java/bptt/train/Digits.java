package bptt.train;

import bptt.Loss;
import bptt.math.Numbers;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.ejml.simple.SimpleMatrix;

/**
 * Handwritten digits, read pixel by pixel: 1,797 images of 8×8 pixels (Kaynak 1995; Alpaydin and Kaynak 1998; the file
 * beside this class and its licence say more). The last 360, by other writers than most, are held out.
 */
public final class Digits {
    /** Pixels of an image, one a step. */
    public static final int PIXELS = 64;

    private static final int IMAGES = 1797, HELD_OUT = 360, TESTED_AT_ONCE = 60, BRIGHTEST = 16, CLASSES = 10;
    private static final String FILE = "digits.csv.gz";

    /** Pixels 0 … 16, row by row, and the digit; one line an image. */
    private static final int[][] LINES = read();

    private Digits() {}

    private static int[][] read() {
        try (InputStream in = Digits.class.getResourceAsStream(FILE)) {
            return parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The images of a file. */
    static int[][] parse(InputStream file) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
            int[][] images = lines.lines().map(Digits::image).toArray(int[][]::new);
            if (images.length != IMAGES) {
                throw damaged(Numbers.format("%d images, got %d", IMAGES, images.length));
            }
            return images;
        } catch (EOFException | ZipException | UncheckedIOException e) {
            throw damaged(Numbers.format("a whole gzip file (%s)", e.getMessage()));
        }
    }

    private static int[] image(String line) {
        try {
            int[] image =
                    Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray();
            if (image.length == PIXELS + 1
                    && Arrays.stream(image).allMatch(v -> v >= 0 && v <= BRIGHTEST)
                    && image[PIXELS] < CLASSES) {
                return image;
            }
        } catch (NumberFormatException e) { // said below
        }
        throw damaged("64 pixels 0 … 16 and a digit in each line, got " + line);
    }

    private static IllegalStateException damaged(String expected) {
        return new IllegalStateException(Numbers.format("%s is damaged: expected %s", FILE, expected));
    }

    /** Fresh draws from the images that are not held out. */
    static Batch batch(int T, int B, Random random, boolean permuted) {
        return of(T, random.ints(B, 0, IMAGES - HELD_OUT).toArray(), permuted);
    }

    /** All that are held out. */
    static Stream<Batch> heldOut(int T, boolean permuted) {
        return IntStream.range(0, HELD_OUT / TESTED_AT_ONCE).mapToObj(i -> {
            int first = IMAGES - HELD_OUT + i * TESTED_AT_ONCE;
            return of(T, IntStream.range(first, first + TESTED_AT_ONCE).toArray(), permuted);
        });
    }

    /**
     * Some images as sequences: x_1 … x_64 the pixels row by row, 0 … 1, then nothing until T; the target is the digit
     * at T.
     *
     * @param T 64 or more
     * @param images by their number in the file, 0 … 1796
     * @param permuted whether the pixels come in another order, the same one for all
     * @return a batch
     */
    public static Batch of(int T, int[] images, boolean permuted) {
        if (T < PIXELS) {
            throw new IllegalArgumentException(Numbers.format("T: expected %d steps or more, got %d", PIXELS, T));
        }
        for (int image : images) {
            if (image < 0 || image >= IMAGES) {
                throw new IllegalArgumentException(Numbers.format("image: expected 0 … %d, got %d", IMAGES - 1, image));
            }
        }
        List<Integer> order = order(permuted);
        SimpleMatrix[] x = Task.empty(1, T, images.length);
        for (int t = 0; t < PIXELS; t++) {
            for (int b = 0; b < images.length; b++) {
                x[t].set(0, b, (double) LINES[images[b]][order.get(t)] / BRIGHTEST);
            }
        }
        int[] digits = Arrays.stream(images).map(i -> LINES[i][PIXELS]).toArray();
        return new Batch(List.of(x), new TreeMap<>(Map.of(T, Loss.oneHot(CLASSES, digits))), true);
    }

    /**
     * Which pixel is read when.
     *
     * @param permuted whether the order is shuffled
     * @return the pixel, 0 … 63 row by row, of each step
     */
    public static List<Integer> order(boolean permuted) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, PIXELS).boxed().toList());
        if (permuted) {
            Collections.shuffle(order, new Random(PIXELS));
        }
        return order;
    }
}
