package bptt.exercise;

import bptt.exercise.Question.Unreadable;
import bptt.math.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.ejml.simple.SimpleMatrix;

/** What is compared: a matrix, a number as a 1×1 matrix, or several of them by name. */
final class Value {
    /** The name of a value that is alone. */
    static final String ALONE = "";

    private Value() {}

    /** Reads what somebody answered, as far as it is numbers. */
    static Map<String, SimpleMatrix> of(Object answer) throws Unreadable {
        if (answer instanceof SimpleMatrix a) {
            return Map.of(ALONE, a);
        }
        if (answer instanceof Number n) {
            return Map.of(ALONE, number(n.doubleValue()));
        }
        if (answer instanceof Map<?, ?> map) {
            Map<String, SimpleMatrix> values = new TreeMap<>();
            for (var entry : map.entrySet()) {
                if (entry.getValue() instanceof SimpleMatrix a) {
                    values.put(String.valueOf(entry.getKey()), a);
                } else if (entry.getValue() instanceof Number n) {
                    values.put(String.valueOf(entry.getKey()), number(n.doubleValue()));
                } else {
                    throw new Unreadable(Numbers.format(
                            "expected a map of matrices, got %s for %s", type(entry.getValue()), entry.getKey()));
                }
            }
            return values;
        }
        throw new Unreadable("expected a number or a matrix, got " + type(answer));
    }

    static SimpleMatrix number(double v) {
        return new SimpleMatrix(1, 1, true, v);
    }

    /** By name, in that order: {@code named("W_hh", a, "b_h", b)}. */
    static Map<String, SimpleMatrix> named(Object... namesAndValues) {
        Map<String, SimpleMatrix> named = new LinkedHashMap<>();
        for (int k = 0; k < namesAndValues.length; k += 2) {
            named.put((String) namesAndValues[k], (SimpleMatrix) namesAndValues[k + 1]);
        }
        return named;
    }

    static String shape(SimpleMatrix a) {
        return Numbers.format("%d×%d", a.getNumRows(), a.getNumCols());
    }

    /** What somebody handed over, in words. */
    static String type(Object answer) {
        if (answer == null) {
            return "nothing";
        }
        if (answer instanceof SimpleMatrix a) {
            return a.getNumElements() == 1 ? "a number" : Numbers.format("a %s matrix", shape(a));
        }
        if (answer instanceof Number) {
            return "a number";
        }
        if (answer instanceof CharSequence || answer instanceof Character) {
            return "a text";
        }
        if (answer instanceof Map) {
            return "a map";
        }
        if (answer instanceof List) {
            return "a list";
        }
        if (answer.getClass().isArray()) {
            return "an array";
        }
        if (answer instanceof Derivation || answer instanceof DoubleUnaryOperator || answer instanceof Function) {
            return "a function";
        }
        String name = answer.getClass().getSimpleName();
        return name.isEmpty() ? "an object" : "a value of type " + name;
    }
}
