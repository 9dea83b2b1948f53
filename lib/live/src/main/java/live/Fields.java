package live;

import java.util.Arrays;
import java.util.Map;

/** What a reader typed, by the name of the field. A text that is none of a field's values is refused in a sentence. */
final class Fields {
    private final Map<String, String> texts;

    Fields(Map<String, String> texts) {
        this.texts = texts;
    }

    /** A whole number from min to max. */
    int whole(String name, int min, int max) {
        double value = parsed(name);
        if (!(value >= min && value <= max) || value != (int) value) {
            throw refused(name, "a whole number from " + min + " to " + max);
        }
        return (int) value;
    }

    /** A number from min to max. */
    double number(String name, double min, double max) {
        double value = parsed(name);
        if (!(value >= min && value <= max)) {
            throw refused(name, "a number from " + plain(min) + " to " + plain(max));
        }
        return value;
    }

    /** One of some texts. */
    String one(String name, String... values) {
        String text = text(name);
        if (!Arrays.asList(values).contains(text)) {
            throw refused(name, "one of " + String.join(", ", values));
        }
        return text;
    }

    /** NaN if it is not written as a number is. */
    private double parsed(String name) {
        String text = text(name);
        return text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?") ? Double.parseDouble(text) : Double.NaN;
    }

    private String text(String name) {
        return texts.getOrDefault(name, "").trim();
    }

    private IllegalArgumentException refused(String name, String expected) {
        String text = text(name);
        return new IllegalArgumentException(
                name + ": expected " + expected + ", got " + (text.isEmpty() ? "nothing" : "“" + text + "”"));
    }

    private static String plain(double limit) {
        return limit == (int) limit ? String.valueOf((int) limit) : String.valueOf(limit);
    }
}
