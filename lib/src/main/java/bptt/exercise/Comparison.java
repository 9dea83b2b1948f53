package bptt.exercise;

import bptt.check.Claim;
import bptt.exercise.Feedback.Kind;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * A value, or a function tried on several inputs, beside the truth. What is wrong is compared with the wrong forms that
 * have a name; one is recognised only if it is what was answered on every input.
 *
 * @param <I> what a function is given
 */
final class Comparison<I> implements Question {
    /** The relative error up to which code is right, and a number from paper. */
    private static final double BOUND = 1e-9, BY_HAND = 2e-3;

    /** Wrong forms of anything. */
    private static final Map<String, UnaryOperator<SimpleMatrix>> OF_ANYTHING = new LinkedHashMap<>();

    static {
        OF_ANYTHING.put("the right size with the wrong sign", a -> a.scale(-1));
        OF_ANYTHING.put("the transpose of what is asked for", SimpleMatrix::transpose);
        OF_ANYTHING.put("twice what is asked for", a -> a.scale(2));
        OF_ANYTHING.put("half of what is asked for", a -> a.scale(0.5));
    }

    /** How an answer is evaluated on an input. */
    private interface Adapter<I> {
        /** The answer as a function of the input. */
        Function<I, Object> of(Object answer) throws Unreadable;
    }

    private final List<I> inputs;
    private final Function<I, Object> truth;
    private final Map<String, Function<I, Object>> wrong = new LinkedHashMap<>();
    private final Adapter<I> adapter;
    private double bound = BOUND;
    private Given about;

    private Comparison(List<I> inputs, Function<I, Object> truth, Adapter<I> adapter) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("expected a case or more to try an answer on, got none");
        }
        this.inputs = inputs;
        this.truth = truth;
        this.adapter = adapter;
    }

    /** A number or a matrix. */
    static Comparison<Void> value(Supplier<Object> truth) {
        return new Comparison<>(Collections.singletonList(null), nothing -> truth.get(), answer -> {
            if (Value.type(answer).equals("a function")) {
                throw new Unreadable("expected a number or a matrix, got a function: call it");
            }
            return nothing -> answer;
        });
    }

    /** A function of a number. */
    static Comparison<Double> function(DoubleUnaryOperator truth, double... inputs) {
        return new Comparison<>(Arrays.stream(inputs).boxed().toList(), x -> truth.applyAsDouble(x), answer -> {
            if (answer instanceof DoubleUnaryOperator f) {
                return x -> f.applyAsDouble(x);
            }
            throw expected("a function of a number, such as t -> 2 * t", answer);
        });
    }

    /** A function of a matrix. */
    static Comparison<SimpleMatrix> function(UnaryOperator<SimpleMatrix> truth, List<SimpleMatrix> inputs) {
        return new Comparison<>(inputs, truth::apply, answer -> {
            if (answer instanceof Function<?, ?> f) {
                @SuppressWarnings("unchecked") // what it does not take, it refuses with an exception
                Function<SimpleMatrix, Object> of = (Function<SimpleMatrix, Object>) f;
                return a -> of.apply(a.copy());
            }
            throw expected("a Function<SimpleMatrix, SimpleMatrix>", answer);
        });
    }

    /** Code that derives it from the quantities. */
    static Comparison<Given> derivation(List<Given> inputs, Function<Given, Object> truth) {
        return new Comparison<>(inputs, truth, answer -> {
            if (answer instanceof Derivation d) {
                return q -> {
                    try {
                        return d.of(q);
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                };
            }
            throw expected("code by derive(q -> …)", answer);
        });
    }

    private static Unreadable expected(String what, Object answer) {
        return new Unreadable(Numbers.format("expected %s, got %s", what, Value.type(answer)));
    }

    /** A wrong form that people write: “this is …”. It may leave out names for which it is right. */
    Comparison<I> wrong(String name, Function<I, Object> form) {
        wrong.put(name, form);
        return this;
    }

    /** For numbers that somebody works out on paper, with rounded numbers on the way. */
    Comparison<I> byHand() {
        return within(BY_HAND);
    }

    Comparison<I> within(double relative) {
        bound = relative;
        return this;
    }

    /** For values of a network: what somebody begins with who computes them. */
    Comparison<I> about(Given q) {
        about = q;
        return this;
    }

    /** Quantities that belong to the exercise; null if there are none. */
    Given given() {
        return inputs.get(0) instanceof Given q ? q : about;
    }

    List<I> inputs() {
        return inputs;
    }

    Function<I, Object> truth() {
        return truth;
    }

    Map<String, Function<I, Object>> wrongForms() {
        return wrong;
    }

    @Override
    public Verdict judge(Object answer) throws Unreadable {
        Function<I, Object> f = adapter.of(answer);
        List<Map<String, SimpleMatrix>> truths = new ArrayList<>(), given = new ArrayList<>();
        for (I input : inputs) {
            truths.add(Value.of(truth.apply(input)));
        }
        for (Object raw : Limit.run(() -> evaluate(f))) {
            if (raw == null || raw instanceof Map<?, ?> map && map.isEmpty()) {
                return null;
            }
            given.add(Value.of(raw));
        }
        for (int n = 0; n < inputs.size(); n++) {
            requireComparable(given.get(n), truths.get(n), where(inputs.get(n)));
        }
        Set<String> names = new LinkedHashSet<>();
        truths.forEach(values -> names.addAll(values.keySet()));
        for (String name : names) {
            Column column = new Column(name, given, truths);
            if (!column.agrees(column.right)) {
                String form = recognise(column);
                String of = name.isEmpty() ? "" : name + ": ";
                return form != null
                        ? new Verdict(Kind.MISTAKE, of + "this is " + form)
                        : Verdict.off(of + howFar(column));
            }
        }
        return Verdict.right(inputs.size() == 1 ? "right" : Numbers.format("right, in all %d cases", inputs.size()));
    }

    /** What was answered under one name, and what is right, in every case that has it. */
    private final class Column {
        private final String name;
        private final List<I> of = new ArrayList<>();
        private final List<SimpleMatrix> given = new ArrayList<>(), right = new ArrayList<>();

        Column(String name, List<Map<String, SimpleMatrix>> given, List<Map<String, SimpleMatrix>> truths) {
            this.name = name;
            for (int n = 0; n < truths.size(); n++) {
                if (truths.get(n).containsKey(name)) {
                    of.add(inputs.get(n));
                    this.given.add(given.get(n).get(name));
                    right.add(truths.get(n).get(name));
                }
            }
        }

        boolean agrees(List<SimpleMatrix> others) {
            return off(others).isEmpty();
        }

        /** Where the answer is another. */
        List<Integer> off(List<SimpleMatrix> others) {
            return IntStream.range(0, given.size())
                    .filter(n -> !agree(given.get(n), others.get(n)))
                    .boxed()
                    .toList();
        }
    }

    private List<Object> evaluate(Function<I, Object> f) {
        List<Object> raw = new ArrayList<>();
        for (I input : inputs) {
            Object value = f.apply(input);
            raw.add(value);
            if (value == null) {
                break;
            }
        }
        return raw;
    }

    private boolean agree(SimpleMatrix a, SimpleMatrix b) {
        return a != null
                && b != null
                && a.getNumRows() == b.getNumRows()
                && a.getNumCols() == b.getNumCols()
                && Claim.error(a, b) <= bound;
    }

    /** The name of the wrong form that was answered, or null. */
    private String recognise(Column column) throws Unreadable {
        for (var form : wrong.entrySet()) {
            List<SimpleMatrix> values = new ArrayList<>();
            for (I input : column.of) {
                values.add(Value.of(form.getValue().apply(input)).get(column.name));
            }
            if (column.agrees(values)) {
                return form.getKey();
            }
        }
        for (var form : OF_ANYTHING.entrySet()) {
            if (column.agrees(column.right.stream().map(form.getValue()).toList())) {
                return form.getKey();
            }
        }
        return null;
    }

    private String howFar(Column column) {
        List<Integer> off = column.off(column.right);
        SimpleMatrix a = column.given.get(off.get(0)), b = column.right.get(off.get(0));
        String where = where(column.of.get(off.get(0)));
        String cases =
                inputs.size() == 1 ? "" : Numbers.format("wrong in %d of %d cases; ", off.size(), column.of.size());
        if (b.getNumElements() == 1) {
            return cases + "off by " + roughly(Claim.error(a, b)) + where;
        }
        int worst = 0, right = 0;
        double size = Math.max(a.elementMaxAbs(), b.elementMaxAbs());
        for (int k = 0; k < b.getNumElements(); k++) {
            double distance = Math.abs(a.get(k) - b.get(k));
            worst = distance > Math.abs(a.get(worst) - b.get(worst)) ? k : worst;
            right += distance <= bound * size ? 1 : 0;
        }
        return Numbers.format(
                "%s%d of %d entries are right; row %d, column %d is furthest off, by %s%s",
                cases,
                right,
                b.getNumElements(),
                worst / b.getNumCols() + 1,
                worst % b.getNumCols() + 1,
                roughly(Math.abs(a.get(worst) - b.get(worst)) / size),
                where);
    }

    /** No more digits than would give a number away. */
    private static String roughly(double error) {
        if (error < 0.01) {
            return "less than 1 %: was something rounded on the way?";
        }
        return error < 0.1 ? "less than 10 %" : error < 0.5 ? "less than half" : "more than half";
    }

    /** Which input, in words. */
    private static String where(Object input) {
        if (input instanceof Double x) {
            return " at " + Numbers.text(x, 4);
        }
        if (input instanceof SimpleMatrix a) {
            return Numbers.format(" for an argument of %s numbers", a.getNumElements());
        }
        if (input instanceof Given q) {
            String sizes = q.names().stream()
                    .filter(name -> name.matches("[BHIOT]"))
                    .map(name -> Numbers.format("%s = %.0f", name, q.number(name)))
                    .reduce((a, b) -> a + ", " + b)
                    .orElse("");
            return sizes.isEmpty() ? "" : " (" + sizes + ")";
        }
        return "";
    }

    private static void requireComparable(
            Map<String, SimpleMatrix> given, Map<String, SimpleMatrix> truth, String where) throws Unreadable {
        if (!given.keySet().containsAll(truth.keySet())) {
            String asked = truth.containsKey(Value.ALONE)
                    ? "one number or matrix, got a map"
                    : Numbers.format(
                            "a map with %s, got %s",
                            String.join(", ", truth.keySet()),
                            given.containsKey(Value.ALONE) ? "a single value" : String.join(", ", given.keySet()));
            throw new Unreadable("expected " + asked);
        }
        for (var entry : truth.entrySet()) {
            SimpleMatrix a = given.get(entry.getKey()), b = entry.getValue();
            String of = entry.getKey().isEmpty() ? "" : entry.getKey() + ": ";
            if (!a.getType().isReal()) {
                throw new Unreadable(of + "expected real numbers, got complex ones");
            }
            if (a.getNumRows() != b.getNumRows() || a.getNumCols() != b.getNumCols()) {
                throw new Unreadable(
                        Numbers.format("%sexpected %s, got %s%s", of, Value.type(b), Value.type(a), where));
            }
            requireFinite(a, of, where);
        }
    }

    static void requireFinite(SimpleMatrix a, String of, String where) throws Unreadable {
        for (int k = 0; k < a.getNumElements(); k++) {
            double v = a.get(k);
            if (!Double.isFinite(v)) {
                String entry = a.getNumElements() == 1
                        ? "it"
                        : Numbers.format("row %d, column %d", k / a.getNumCols() + 1, k % a.getNumCols() + 1);
                throw new Unreadable(Numbers.format(
                        "%sexpected finite numbers, but %s is %s%s",
                        of, entry, Double.isNaN(v) ? "NaN" : v > 0 ? "infinite" : "minus infinity", where));
            }
        }
    }
}
