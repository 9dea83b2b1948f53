package bptt.exercise;

import bptt.math.Numbers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ejml.simple.SimpleMatrix;

/**
 * The quantities that an answer in code may use, by name: {@code q.get("W_hh")}, {@code q.get("h", t)} for h_t, {@code
 * q.number("T")}. An answer is tried on several of them, of other sizes and other numbers.
 */
public final class Given {
    private final Map<String, SimpleMatrix> values;
    private final Graph graph;

    Given(Map<String, SimpleMatrix> values, Graph graph) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        this.graph = graph;
    }

    /** Quantities without a network behind them. */
    static Given of(Map<String, SimpleMatrix> values) {
        return new Given(values, null);
    }

    /**
     * One of the quantities.
     *
     * @param name for example {@code W_hh} or {@code h_2}
     * @return a copy of its value
     * @throws IllegalArgumentException if there is none of that name
     */
    public SimpleMatrix get(String name) {
        SimpleMatrix value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(Numbers.format(
                    "there is no “%s” here: expected one of %s", name, String.join(", ", values.keySet())));
        }
        return value.copy();
    }

    /**
     * A quantity of one step.
     *
     * @param name for example {@code h}
     * @param t the step
     * @return a copy of its value
     * @throws IllegalArgumentException if there is none of that name
     */
    public SimpleMatrix get(String name, int t) {
        return get(name + "_" + t);
    }

    /**
     * A quantity that is a single number.
     *
     * @param name for example {@code w}
     * @return its value
     * @throws IllegalArgumentException if there is none of that name, or it is a matrix
     */
    public double number(String name) {
        SimpleMatrix value = get(name);
        if (value.getNumElements() != 1) {
            throw new IllegalArgumentException(Numbers.format(
                    "%s is no number but a %s matrix: ask for get(\"%s\")", name, Value.shape(value), name));
        }
        return value.get(0);
    }

    /**
     * The number of steps.
     *
     * @return T
     */
    public int T() {
        return (int) number("T");
    }

    Set<String> names() {
        return values.keySet();
    }

    Graph graph() {
        return graph;
    }

    /** ∂L/∂(any quantity of the pass), by a complex step of the pass. */
    SimpleMatrix gradient(String name) {
        return graph.gradient(name);
    }

    /** The same with the quantities that are computed from these. */
    Given with(String name, Function<Given, SimpleMatrix> value) {
        Map<String, SimpleMatrix> more = new LinkedHashMap<>(values);
        more.put(name, value.apply(this));
        return new Given(more, graph);
    }

    /** Only some of them. */
    Given only(String... patterns) {
        Map<String, SimpleMatrix> some = new LinkedHashMap<>();
        for (String pattern : patterns) {
            values.forEach((name, value) -> {
                if (name.matches(pattern)) {
                    some.put(name, value);
                }
            });
        }
        return new Given(some, graph);
    }

    /** The names with their shapes, steps gathered. */
    @Override
    public String toString() {
        Map<String, TreeSet<Integer>> steps = new LinkedHashMap<>();
        Map<String, String> shapes = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            boolean step = name.matches(".*_\\d+");
            String family = step ? name.substring(0, name.lastIndexOf('_')) : name;
            steps.computeIfAbsent(family, key -> new TreeSet<>());
            if (step) {
                steps.get(family).add(Integer.parseInt(name.substring(name.lastIndexOf('_') + 1)));
            }
            shapes.put(family, value.getNumElements() == 1 ? "a number" : Value.shape(value));
        });
        return steps.entrySet().stream()
                .map(e -> e.getValue().isEmpty()
                        ? Numbers.format("%s: %s", e.getKey(), shapes.get(e.getKey()))
                        : Numbers.format(
                                "%s_%d … %s_%d: %s",
                                e.getKey(),
                                e.getValue().first(),
                                e.getKey(),
                                e.getValue().last(),
                                shapes.get(e.getKey())))
                .collect(Collectors.joining("\n"));
    }
}
