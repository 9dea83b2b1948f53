package bptt.exercise;

import static bptt.exercise.Exercise.exercise;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.check.Claim;
import bptt.check.Reference;
import bptt.exercise.Feedback.Kind;
import bptt.exercise.Question.Unreadable;
import bptt.math.Numbers;
import bptt.train.Batch;
import bptt.train.Clipping;
import bptt.train.Rules;
import bptt.train.Tasks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExerciseTest {
    private final List<Feedback> told = new ArrayList<>();

    @BeforeAll
    static void anew() {
        Exercise.gather();
    }

    @BeforeEach
    void listen() {
        Exercise.tell(told::add);
    }

    @AfterEach
    void reset() {
        Exercise.tell(System.out::println);
        Limit.seconds = 5;
    }

    static Stream<String> ids() {
        return Exercise.all().keySet().stream();
    }

    static Stream<String> comparisons() {
        return ids().filter(id -> exercise(id).question() instanceof Comparison);
    }

    static Stream<String> choices() {
        return ids().filter(id -> exercise(id).question() instanceof Choice);
    }

    /** What the notebooks hold before anybody has answered. */
    @ParameterizedTest
    @MethodSource("ids")
    void noAnswerYet(String id) {
        for (Feedback feedback :
                List.of(exercise(id).check((Object) null), exercise(id).check((DoubleUnaryOperator) null))) {
            assertEquals(Kind.OPEN, feedback.kind());
            assertEquals("no answer yet; exercise(\"" + id + "\").hint() gives a hint", feedback.text());
        }
        if (comparison(id).inputs().get(0) instanceof Given) {
            assertEquals(Kind.OPEN, exercise(id).derive(q -> null).kind());
        }
        assertEquals(0, exercise(id).points());
    }

    /** Every exercise of the library stands in a notebook, and the other way round. */
    @Test
    void eachStandsInItsNotebook() throws IOException {
        Set<String> found = new TreeSet<>();
        try (DirectoryStream<Path> notebooks = Files.newDirectoryStream(SolutionsTest.folder(), "[0-9][0-9]-*.ipynb")) {
            for (Path notebook : notebooks) {
                Pattern checked = Pattern.compile("exercise\\(\\\\\"([^\\\\]+)\\\\\"\\)\\.(check|derive)\\(");
                Matcher matcher = checked.matcher(Files.readString(notebook));
                while (matcher.find()) {
                    found.add(matcher.group(1));
                    assertTrue(notebook.getFileName()
                            .toString()
                            .startsWith(matcher.group(1).substring(0, 2)));
                }
            }
        }
        assertEquals(new TreeSet<>(Exercise.all().keySet()), found);
    }

    private static Comparison<?> comparison(String id) {
        return exercise(id).question() instanceof Comparison<?> comparison ? comparison : Comparison.value(() -> 1);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void hintsComeInSteps(String id) {
        List<String> hints = exercise(id).hints();
        for (int n = 1; n <= hints.size(); n++) {
            assertEquals(
                    Numbers.format("hint %d of %d: %s", n, hints.size(), hints.get(n - 1)),
                    exercise(id).hint().text());
        }
        assertEquals(
                Numbers.format("hint %d of %d", hints.size(), hints.size()),
                exercise(id).hint().text().split(":")[0]);
        assertEquals(Kind.HINT, told.get(0).kind());
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    <I> void theTruthIsRight(String id) {
        @SuppressWarnings("unchecked")
        Comparison<I> question = (Comparison<I>) exercise(id).question();
        Feedback feedback = exercise(id).check(answer(question, question.truth()));
        assertEquals(Kind.RIGHT, feedback.kind(), feedback::toString);
        assertEquals(1, exercise(id).points());
    }

    /** Each wrong form that an exercise knows, and each that is wrong for anything, is called by its name. */
    @ParameterizedTest
    @MethodSource("comparisons")
    <I> void wrongFormsAreRecognised(String id) throws Exception {
        @SuppressWarnings("unchecked")
        Comparison<I> question = (Comparison<I>) exercise(id).question();
        assertFalse(question.wrongForms().isEmpty());
        for (var form : question.wrongForms().entrySet()) {
            Feedback feedback = exercise(id).check(answer(question, input -> merged(question, form.getValue(), input)));
            String name = feedback.text().replaceFirst("^[\\w']+: (?=this is)", "");
            assertEquals("this is " + form.getKey(), name, () -> id + " with " + form.getKey());
            assertEquals(Kind.MISTAKE, feedback.kind());
            assertEquals(0, exercise(id).points());
        }
    }

    /** A wrong form, and what it leaves out as it should be. */
    private static <I> Object merged(Comparison<I> question, Function<I, Object> form, I input) {
        Object wrong = form.apply(input), right = question.truth().apply(input);
        if (wrong instanceof Map<?, ?> some && right instanceof Map<?, ?> all) {
            Map<Object, Object> merged = new HashMap<>(all);
            merged.putAll(some);
            return merged;
        }
        return wrong;
    }

    /** A function of an input as the exercise takes it. */
    private static <I> Object answer(Comparison<I> question, Function<I, Object> of) {
        I first = question.inputs().get(0);
        if (first instanceof Double) {
            @SuppressWarnings("unchecked")
            Function<Double, Object> f = (Function<Double, Object>) of;
            return (DoubleUnaryOperator) x -> ((Number) f.apply(x)).doubleValue();
        }
        if (first instanceof Given) {
            @SuppressWarnings("unchecked")
            Function<Given, Object> f = (Function<Given, Object>) of;
            return (Derivation) f::apply;
        }
        return first == null ? of.apply(null) : of;
    }

    @ParameterizedTest
    @MethodSource("choices")
    void oneLetterHolds(String id) {
        Map<String, Boolean> held = ((Choice) exercise(id).question()).held();
        assertEquals(1, held.values().stream().filter(holds -> holds).count(), held::toString);
        held.forEach((letter, holds) -> {
            Feedback feedback = exercise(id).check(" " + letter.toUpperCase() + "\n");
            assertEquals(holds ? Kind.RIGHT : Kind.MISTAKE, feedback.kind());
            assertTrue(feedback.text().length() > 4);
        });
    }

    /** What is wrong in a way that has no name: how far off, in which entry, and not more. */
    @Test
    void howFarOff() {
        SimpleMatrix truth = truth("13.rnn.dW_hh"), off = truth.copy();
        off.set(1, 2, off.get(1, 2) + 0.2 * truth.elementMaxAbs());
        Feedback feedback = exercise("13.rnn.dW_hh").check(off);
        assertEquals(Kind.OFF, feedback.kind());
        assertEquals(
                "not yet: 8 of 9 entries are right; row 2, column 3 is furthest off, by less than half",
                feedback.text());
        assertEquals(
                "not yet: off by more than half", exercise("02.2").check(1e3).text());
        assertEquals(
                "not yet: off by less than 10 %", exercise("02.2").check(25).text());
        assertEquals(
                "not yet: off by less than 1 %: was something rounded on the way?",
                exercise("02.2").check(24.1).text());
        assertEquals(
                "not yet: wrong in 4 of 5 cases; off by more than half at 0.5",
                exercise("00.4").check(c -> 0).text());
        String byName = exercise("02.4")
                .derive(q -> Value.named("b_h", q.gradient("b_h"), "W_hh", q.gradient("W_hh"), "W_xh", q.get("W_xh")))
                .text();
        assertTrue(
                byName.matches("not yet: W_xh: wrong in 4 of 4 cases; 0 of 6 entries are right; "
                        + "row \\d, column \\d is furthest off, by more than half \\(T = 3, H = 3\\)"),
                byName);
    }

    /** Entries count as right in proportion to the largest one, and the furthest is compared with that. */
    @Test
    void howFarOffALargeEntryIs() {
        SimpleMatrix truth = truth("13.rnn.dW_hh"), off = truth.copy();
        off.set(0, 0, truth.get(0, 0) + 1000);
        off.set(0, 1, truth.get(0, 1) + 5e-7);
        assertEquals(
                "not yet: 8 of 9 entries are right; row 1, column 1 is furthest off, by more than half",
                exercise("13.rnn.dW_hh").check(off).text());
        int largest = 0;
        for (int k = 0; k < 9; k++) {
            largest = Math.abs(truth.get(k)) > Math.abs(truth.get(largest)) ? k : largest;
        }
        SimpleMatrix near = truth.copy();
        near.set(largest, 1.05 * truth.get(largest));
        assertEquals(
                Numbers.format(
                        "not yet: 8 of 9 entries are right; row %d, column %d is furthest off, by less than 10 %%",
                        largest / 3 + 1, largest % 3 + 1),
                exercise("13.rnn.dW_hh").check(near).text());
    }

    @Test
    void inWhichCases() {
        assertEquals(
                "right", exercise("13.rnn.dW_hh").check(truth("13.rnn.dW_hh")).text());
        Comparison<?> question = comparison("00.4");
        assertEquals("right, in all 5 cases", answered(question).text());
        unreadable(
                "expected a 3×3 matrix, got a number for an argument of 3 numbers",
                exercise("04.2").check((Function<SimpleMatrix, Object>) a -> Value.number(77)));
        assertEquals(
                "expected a case or more to try an answer on, got none",
                assertThrows(IllegalArgumentException.class, () -> Comparison.function(x -> x))
                        .getMessage());
    }

    private Feedback answered(Comparison<?> question) {
        @SuppressWarnings("unchecked")
        Comparison<Double> of = (Comparison<Double>) question;
        return exercise("00.4").check(answer(of, of.truth()));
    }

    /** One letter holds; and what is right for one size only is not right: the cases have different ones. */
    @Test
    void madeAnew() {
        Exercise.gather();
        choices().forEach(this::oneLetterHolds);
        int some = 0;
        for (String id : Exercise.all().keySet()) {
            List<?> inputs = comparison(id).inputs();
            if (inputs.get(0) instanceof Given first && first.names().contains("H")) {
                assertTrue(
                        inputs.stream()
                                        .map(q -> ((Given) q).number("H"))
                                        .distinct()
                                        .count()
                                > 1,
                        id);
                some++;
            }
        }
        assertTrue(some > 10, "" + some);
    }

    /** Also where nobody is told H: an answer that takes 3 for it is right in some cases only. */
    @Test
    void squareOnesHaveAnotherSizeInAnotherCase() {
        int some = 0;
        for (String id : Exercise.all().keySet()) {
            List<?> inputs = comparison(id).inputs();
            if (inputs.size() < 2 || !(inputs.get(0) instanceof Given first)) {
                continue;
            }
            for (String name : first.names()) {
                if (name.matches("W_h.")) {
                    Stream<Integer> sizes =
                            inputs.stream().map(q -> ((Given) q).get(name).getNumRows());
                    assertTrue(sizes.distinct().count() > 1, id);
                    some++;
                }
            }
        }
        assertTrue(some > 10, "" + some);
    }

    private static SimpleMatrix truth(String id) {
        return (SimpleMatrix) ((Comparison<?>) exercise(id).question()).truth().apply(null);
    }

    @Test
    void mistakesOfAnything() {
        SimpleMatrix truth = truth("13.rnn.dW_hh");
        Map<String, SimpleMatrix> forms = new TreeMap<>(Map.of(
                "this is the right size with the wrong sign", truth.scale(-1),
                "this is the transpose of what is asked for", truth.transpose(),
                "this is twice what is asked for", truth.scale(2),
                "this is half of what is asked for", truth.scale(0.5)));
        forms.forEach((text, form) ->
                assertEquals(text, exercise("13.rnn.dW_hh").check(form).text()));
    }

    /** A form counts only if it is what was answered in every case. */
    @Test
    void aFormThatFitsSomeCasesOnlyIsNotNamed() {
        DoubleUnaryOperator half = c -> c < 1 ? 1 - c : 7;
        assertEquals(
                "not yet: wrong in 3 of 5 cases; off by more than half at 1",
                exercise("00.4").check(half).text());
    }

    @Test
    void anUnknownIdNamesThoseThatAreNear() {
        for (String id : new String[] {"2.1", "02.9", " 02.3", "13.rnn.dh2", "", null}) {
            IllegalArgumentException unknown = assertThrows(IllegalArgumentException.class, () -> exercise(id));
            assertTrue(unknown.getMessage().startsWith("there is no exercise “" + id + "”: is it one of "));
            assertEquals(0, unknown.getStackTrace().length);
        }
        assertTrue(message("2.1").contains("02.1"));
        assertTrue(message("13.rnn.dh2").contains("13.rnn.dh_2"));
        assertTrue(message("02.9").endsWith("one of 00.1, 02.1, 02.2, 02.3, 02.4, 02.5?"), message("02.9"));
        assertTrue(message("1").endsWith("one of 00.1, 01.1, 01.2, 01.3, 01.4, 01.5?"), message("1"));
    }

    private static String message(String id) {
        return assertThrows(IllegalArgumentException.class, () -> exercise(id)).getMessage();
    }

    private void unreadable(String expected, Feedback feedback) {
        assertEquals(expected, feedback.text());
        assertEquals(Kind.UNREADABLE, feedback.kind());
    }

    @Test
    void anotherTypeIsSaid() {
        unreadable("expected a number or a matrix, got a text", exercise("02.2").check("3"));
        unreadable("expected a number or a matrix, got a list", exercise("02.2").check(List.of(3)));
        unreadable(
                "expected a number or a matrix, got an array", exercise("02.2").check(new double[] {3}));
        unreadable(
                "expected a number or a matrix, got a function: call it",
                exercise("02.2").check(t -> 3));
        unreadable("expected a number, got a 2×1 matrix", exercise("02.2").check(new SimpleMatrix(2, 1)));
        unreadable("expected one number or matrix, got a map", exercise("02.2").check(Map.of("a", 1)));
        unreadable(
                "expected a number or a matrix, got a value of type Object",
                exercise("02.2").check(new Object()));
        unreadable(
                "expected a letter, “a”, “b”, “c” or “d”, got a number",
                exercise("02.1").check(1));
        unreadable(
                "expected a letter, “a”, “b”, “c” or “d”, got “e”",
                exercise("02.1").check("E"));
        assertEquals(Kind.OPEN, exercise("02.1").check("").kind());
        unreadable(
                "expected a function of a number, such as t -> 2 * t, got a number",
                exercise("00.4").check(1));
        unreadable(
                "expected code by derive(q -> …), got a number",
                exercise("02.3").check(new SimpleMatrix(1, 1)));
        unreadable(
                "expected code by derive(q -> …), got a function",
                exercise("02.3").check(t -> t));
        unreadable(
                "expected a Function<SimpleMatrix, SimpleMatrix>, got a function",
                exercise("04.2").check(t -> t));
        unreadable("expected a number or a matrix, got a text", exercise("02.3").derive(q -> "W"));
        unreadable("expected a 3×3 matrix, got a number", exercise("03.5").check(1));
        unreadable("expected a number, got a 3×3 matrix", exercise("00.5").check(new SimpleMatrix(3, 3)));
    }

    @Test
    void mapsAreReadByName() {
        unreadable(
                "expected a map with W_hh, W_xh, b_h, got b_h",
                exercise("02.4").derive(q -> Map.of("b_h", q.get("b_h"))));
        unreadable(
                "expected a map with W_hh, W_xh, b_h, got a single value",
                exercise("02.4").derive(q -> q.get("b_h")));
        assertEquals(Kind.OPEN, exercise("02.4").derive(q -> Map.of()).kind());
        unreadable(
                "expected a map of matrices, got a text for b_h",
                exercise("02.4").derive(q -> Map.of("b_h", "0")));
        unreadable(
                "expected a map of matrices, got a map for b_h",
                exercise("02.4").derive(q -> Map.of("b_h", Map.of())));
        unreadable(
                "expected a map of matrices, got nothing for b_h",
                exercise("02.4").derive(q -> Collections.singletonMap("b_h", null)));
    }

    /** A loop that does not begin at its end: with one step there is no next one. */
    @Test
    void aSingleStepIsOneOfTheCases() {
        for (String id : List.of("02.3", "02.4", "02.5", "03.3", "04.4")) {
            assertTrue(comparison(id).inputs().stream().anyMatch(q -> ((Given) q).T() == 1), id);
        }
    }

    /** The first case has no h_5, and its answers are right. */
    @Test
    void whatOnlySomeCasesHaveIsComparedToo() {
        Feedback feedback = exercise("04.4").derive(q -> {
            Map<String, SimpleMatrix> d = new TreeMap<>();
            for (int t = 1; t <= q.T(); t++) {
                d.put("h_" + t, q.gradient("h_" + t).plus(t == 5 ? 1 : 0));
            }
            return d;
        });
        assertTrue(feedback.text().startsWith("not yet: h_5: wrong in 1 of 1 cases; 0 of 2 entries"), feedback::text);
    }

    @Test
    void anotherShapeIsSaid() {
        unreadable(
                "expected a 3×3 matrix, got a 3×1 matrix",
                exercise("13.rnn.dW_hh").check(new SimpleMatrix(3, 1)));
        unreadable(
                "expected a 1×3 matrix, got a 3×1 matrix (T = 3, H = 3)",
                exercise("02.3").derive(q -> new SimpleMatrix(3, 1)));
    }

    @Test
    void whatIsNoNumberIsSaid() {
        SimpleMatrix a = new SimpleMatrix(3, 3);
        a.set(2, 0, Double.NaN);
        unreadable(
                "expected finite numbers, but row 3, column 1 is NaN",
                exercise("13.rnn.dW_hh").check(a));
        unreadable("expected finite numbers, but it is NaN", exercise("02.2").check(Double.NaN));
        unreadable(
                "expected finite numbers, but it is infinite at 0.1",
                exercise("00.4").check(c -> c < 0.2 ? 1 / 0.0 : 0));
        unreadable("expected finite numbers, but it is NaN", exercise("00.5").check(Double.NaN));
        SimpleMatrix complex = new SimpleMatrix(3, 3);
        complex.convertToComplex();
        unreadable(
                "expected real numbers, got complex ones",
                exercise("13.rnn.dW_hh").check(complex));
    }

    @Test
    void aFunctionThatThrows() {
        unreadable(
                "your function ended with NullPointerException: no h",
                exercise("02.3").derive(q -> {
                    throw new NullPointerException("no h");
                }));
        unreadable(
                "your function ended with StackOverflowError", exercise("00.4").check(ExerciseTest::endless));
        String message = exercise("02.3").derive(q -> q.get("V")).text();
        assertTrue(
                message.startsWith("your function ended with IllegalArgumentException: there is no “V” here: expected "
                        + "one of g_1, g_2"));
        assertEquals(
                200,
                exercise("02.3")
                        .derive(q -> {
                            throw new IllegalStateException("x".repeat(500));
                        })
                        .text()
                        .replaceFirst(".*: ", "")
                        .length());
        assertTrue(exercise("02.3")
                .derive(q -> q.number("J_1"))
                .text()
                .endsWith("J_1 is no number but a 3×3 matrix: ask for get(\"J_1\")"));
    }

    @Test
    void aMessageThatJustFits() {
        String longest = "x".repeat(200);
        unreadable(
                "your function ended with IllegalStateException: " + longest,
                exercise("02.3").derive(q -> {
                    throw new IllegalStateException(longest);
                }));
    }

    /** It sees what its caller sees, does not keep the program alive, and ends with an interrupted caller. */
    @Test
    void theThreadOfAnAnswer() throws Unreadable {
        Thread.currentThread().setContextClassLoader(new ClassLoader() {});
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        try {
            assertEquals(own, Limit.run(() -> Thread.currentThread().getContextClassLoader()));
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
        assertTrue(Limit.run(() -> Thread.currentThread().isDaemon()));
        Thread.currentThread().interrupt();
        Unreadable stopped = assertThrows(
                Unreadable.class,
                () -> Limit.run(() -> {
                    Thread.sleep(60_000);
                    return null;
                }));
        assertEquals("the check was interrupted", stopped.getMessage());
        assertTrue(Thread.interrupted());
    }

    private static double endless(double c) {
        return 1 + endless(c + 1);
    }

    @Test
    void aFunctionThatNeverEnds() {
        Limit.seconds = 0.2;
        long begun = System.nanoTime();
        unreadable(
                "your function did not come to an end within 0.2 seconds; does a loop never end? (Restart the "
                        + "kernel to stop it.)",
                exercise("02.3").derive(q -> {
                    while (!Thread.interrupted()) {
                        Thread.onSpinWait();
                    }
                    return null;
                }));
        assertTrue(System.nanoTime() - begun < 3e9);
    }

    /** An answer may not change what the next one is handed. */
    @Test
    void quantitiesAreCopies() {
        exercise("02.3").derive(q -> {
            q.get("g_1").fill(0);
            return null;
        });
        assertTrue(exercise("02.3").given().get("g_1").elementMaxAbs() > 0);
    }

    @Test
    void quantitiesNameThemselves() {
        assertEquals(
                "T: a number\nH: a number\ng_1 … g_3: 1×3\nJ_1 … J_3: 3×3",
                exercise("02.3")
                        .given()
                        .toString()
                        .lines()
                        .sorted(Comparator.comparingInt(line -> "THgJ".indexOf(line.charAt(0))))
                        .collect(Collectors.joining("\n")));
        assertThrows(IllegalStateException.class, () -> exercise("02.1").given());
        assertNotNull(exercise("13.rnn.dh_3").given().get("W_hh"));
        assertFalse(exercise("13.rnn.dh_3").given().names().contains("h_1"));
    }

    @Test
    void examplesMayBeAny() {
        assertEquals(
                Kind.RIGHT, exercise("03.5").check(SimpleMatrix.diag(1, 2, -3)).kind());
        assertTrue(exercise("03.5").check(SimpleMatrix.identity(3)).text().contains("all the same"));
        assertTrue(exercise("03.5").check(SimpleMatrix.diag(1, 2, 0)).text().contains("no inverse"));
        SimpleMatrix mixed = SimpleMatrix.diag(1, 2, 3);
        mixed.set(0, 1, 0.5);
        assertEquals(
                "not yet: for some slopes the two products differ",
                exercise("03.5").check(mixed).text());
        assertEquals(Kind.RIGHT, exercise("00.5").check(4).kind());
        assertEquals("not yet: that is the same c", exercise("00.5").check(0.25).text());
        assertTrue(exercise("00.5").check(1.75).text().contains("as far from 1"));
        assertEquals("not yet: it has a larger error", exercise("00.5").check(5).text());
    }

    private void missing(String id, String what, double... byRows) {
        int n = (int) Math.sqrt(byRows.length);
        Feedback feedback = exercise(id).check(new SimpleMatrix(n, n, true, byRows));
        assertTrue(feedback.text().startsWith(what.isEmpty() ? "right" : "not yet: " + what), feedback::text);
        assertEquals(what.isEmpty() ? Kind.RIGHT : Kind.OFF, feedback.kind());
    }

    /** Each property that an example is asked to have is missed by something, also by what lies on its border. */
    @Test
    void whatAnExampleMisses() {
        missing("00.5", "c has to be positive", 0);
        missing("00.5", "it has a smaller error", 0.5);
        missing("06.4", "", 1, 2, 2, 3);
        missing("06.4", "a diagonal matrix does hide it", 1, 0, 0, 2);
        missing("06.4", "with this one the error that travels back is another", 1, 2, 0, 1);
        missing("06.4", "with this one the error that travels back is another", 1, 0, 2, 1);
        missing("07.4", "", 2, -1, 4, -2);
        missing("07.4", "", -2, -1, 4, 2);
        missing("07.4", "", 200, -100, 400, -200);
        missing("07.4", "W² is not 0", 1, 0, 0, 0);
        missing("07.4", "W² is not 0", 2e-3, -1e-3, 4e-3, -2.001e-3);
        missing("07.4", "with a unit switched off nothing stays", 0, 5, 0, 0);
        missing("07.4", "with a unit switched off something stays, but it does not grow", 1, -1, 1, -1);
        missing("08.5", "", 0.105);
        missing("08.5", "", 0.11);
        missing("08.5", "all units stay active, but a smaller bias does it too", 0.12);
        missing("08.5", "with inputs that pull down at each step", 0.1);
        missing("08.5", "with inputs that pull down at each step", -0.2);
    }

    private static double truth(String id, double x) {
        @SuppressWarnings("unchecked")
        Comparison<Double> question = (Comparison<Double>) exercise(id).question();
        return (double) question.truth().apply(x);
    }

    private static List<Given> cases(String id) {
        return comparison(id).inputs().stream().map(Given.class::cast).toList();
    }

    @SuppressWarnings("unchecked")
    private static <R> R truth(String id, Given q) {
        return (R) ((Comparison<Given>) exercise(id).question()).truth().apply(q);
    }

    /** What 11 asks for is what its notebook computes with other programs. */
    @Test
    void anIntervalAndARankCorrelationAreThoseOfCommonsMath() {
        for (int n : new int[] {5, 36}) {
            double lower = new BetaDistribution(n, 1).inverseCumulativeProbability(0.025);
            assertEquals(lower, truth("11.4", n), 1e-9);
        }
        for (Given q : cases("11.7")) {
            double[] lost = q.get("lost").getDDRM().data,
                    needed = q.get("needed").getDDRM().data;
            double correlation = truth("11.7", q);
            assertEquals(new SpearmansCorrelation().correlation(lost, needed), correlation, 1e-12);
        }
    }

    @Test
    void theUpdatesAreThoseOfTheTrainings() {
        for (Given q : cases("11.6")) {
            int size = q.get("g_1").getNumRows();
            Parameters zero = Parameters.zeros(Rnn.tanh(1, size), 0);
            Parameters[] moments = {zero, zero};
            SimpleMatrix change = new SimpleMatrix(size, 1);
            for (int n = 1; n <= q.T(); n++) {
                Parameters g = zero.with("b_h", q.get("g", n));
                change = change.plus(
                        Rules.ADAM.change(g, q.number("rate"), n, moments).get("b_h"));
            }
            assertTrue(Claim.error(change, truth("11.6", q)) < 1e-12);
        }
    }

    @Test
    void theGradientsAreClippedAsInTheTrainings() {
        for (Given q : cases("11.5")) {
            SimpleMatrix dW = q.get("dW_hh"), db = q.get("db_h");
            Parameters g = Parameters.zeros(Rnn.tanh(1, db.getNumRows()), 0)
                    .with("W_hh", dW)
                    .with("b_h", db);
            Parameters clipped = Clipping.norm(q.number("threshold")).apply(g);
            Map<String, SimpleMatrix> asked = truth("11.5", q);
            asked.forEach((name, a) -> assertTrue(Claim.error(clipped.get(name), a) < 1e-12, name));
        }
    }

    /** Who knows when a symbol is due and guesses which. */
    @Test
    void theBaselineIsThatOfTheTask() {
        Batch batch = Tasks.COPY.batch(30, 1, new Random(1));
        int blank = 8;
        double sum = 0;
        for (SimpleMatrix y : batch.y().values()) {
            SimpleMatrix o = new SimpleMatrix(9, 1);
            o.set(blank, y.get(blank) == 1 ? 100 : -100);
            sum += Reference.crossEntropy(o, y).get(0);
        }
        assertEquals(sum / batch.y().size(), truth("11.3", 30), 1e-12);
    }

    /** The two ends of 10.8's law, and its middle. */
    @Test
    void theShareOfTheUnitsFallsFromOneToNothing() {
        assertEquals(0.5, truth("10.8", 0.5), 1e-3);
        assertEquals(0, truth("10.8", 0.99), 1e-3);
        assertEquals(1, truth("10.8", 0.01), 1e-3);
    }

    @Test
    void isToldAndRead() {
        Feedback feedback = exercise("02.2").check(12);
        assertEquals(List.of(feedback), told);
        assertEquals(
                "exercise 02.2 · what total derivatives behind the Jacobians add up to\n"
                        + "  ✗ this is the true derivative dh_3/dW = 3 W² h_0, with immediate derivatives",
                feedback.toString());
        assertNull(((Choice) exercise("02.1").question()).held().get("e"));
    }
}
