package live;

import bptt.Overflow;
import bptt.Progress;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The same figures on the JVM, for the tests: reads a question in each line, {@code ["decay", "H", "32", …]}, and
 * answers in one, the rows as the bits of their numbers in hexadecimal digits, or the sentence that refuses it.
 */
final class Terminal {
    private Terminal() {}

    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = json.readValue(line, String[].class);
            Map<String, String> texts = new LinkedHashMap<>();
            for (int i = 1; i < words.length; i += 2) {
                texts.put(words[i], words[i + 1]);
            }
            out.println(json.writeValueAsString(answer(words[0], texts)));
        }
    }

    private static Object answer(String figure, Map<String, String> texts) {
        try {
            Map<String, Object> bits = new LinkedHashMap<>();
            Figures.answer(figure, texts, Progress.NONE)
                    .forEach((name, row) -> bits.put(
                            name, Arrays.stream(row).mapToObj(Terminal::bits).toList()));
            return bits;
        } catch (IllegalArgumentException | Overflow e) {
            return e.getMessage();
        }
    }

    private static String bits(double v) {
        return "%016x".formatted(Double.doubleToLongBits(v));
    }
}
