package bptt.exercise;

import bptt.exercise.Feedback.Kind;
import bptt.exercise.Question.Unreadable;
import bptt.exercise.Question.Verdict;
import bptt.math.Numbers;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/**
 * An exercise of a notebook, whose answer can be checked:
 *
 * <pre>
 *    exercise("01.2").check(-0.31)                      // a number or a matrix
 *    exercise("02.2").check("b")                        // a choice
 *    exercise("03.4").check(H -&gt; H * H)                 // a function of a number
 *    exercise("02.3").derive(q -&gt; q.get("g", 1) …)      // code that gets the quantities it needs
 *    exercise("02.3").hint()
 * </pre>
 *
 * The feedback is right, or which mistake it is, or how far off and where; never the answer. It is shown to whom {@link
 * #tell} says, and returned.
 */
public final class Exercise {
    private static final Map<String, Exercise> ALL = new LinkedHashMap<>();
    private static final int NEAR = 6;

    private static Consumer<Feedback> audience = System.out::println;

    static {
        gather();
    }

    private final String id;
    private final String title;
    private final Question question;
    private final List<String> hints;
    private int hinted;
    private Kind last = Kind.OPEN;

    Exercise(String id, String title, Question question, String... hints) {
        this.id = id;
        this.title = title;
        this.question = question;
        this.hints = List.of(hints);
    }

    /** Makes all exercises, none of them answered. */
    static void gather() {
        ALL.clear();
        Stream.of(
                        Chapter00.exercises(),
                        Chapter01.exercises(),
                        Chapter02.exercises(),
                        Chapter03.exercises(),
                        Chapter04.exercises(),
                        Chapter05.exercises(),
                        Chapter06.exercises(),
                        Chapter07.exercises(),
                        Chapter08.exercises(),
                        Chapter09.exercises(),
                        Chapter10.exercises(),
                        Chapter11.exercises(),
                        Chapter12.exercises(),
                        Ninja.exercises())
                .flatMap(Collection::stream)
                .forEach(exercise -> ALL.put(exercise.id, exercise));
    }

    /**
     * An exercise by its id.
     *
     * @param id the notebook's number, a point, and the exercise's number or name
     * @return the exercise, the same for every call
     * @throws IllegalArgumentException if there is none of that id; names those that are near
     */
    public static Exercise exercise(String id) {
        Exercise found = ALL.get(id);
        if (found == null) {
            IllegalArgumentException unknown = new IllegalArgumentException(
                    Numbers.format("there is no exercise “%s”: is it one of %s?", id, String.join(", ", near(id))));
            unknown.setStackTrace(new StackTraceElement[0]); // the sentence is what there is to read
            throw unknown;
        }
        return found;
    }

    /** The ids that are the most like it. */
    private static List<String> near(String id) {
        String wanted = id == null ? "" : id.strip();
        return ALL.keySet().stream()
                .sorted(Comparator.comparingInt(known -> distance(wanted, known)))
                .limit(NEAR)
                .sorted()
                .toList();
    }

    /** How many characters have to be inserted, left out or exchanged. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int same = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(same, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    /**
     * All exercises.
     *
     * @return by id, in their order
     */
    static Map<String, Exercise> all() {
        return ALL;
    }

    /**
     * Says who is told of the feedback; at first, the standard output.
     *
     * @param audience is given every feedback
     */
    public static void tell(Consumer<Feedback> audience) {
        Exercise.audience = audience;
    }

    /**
     * Checks an answer.
     *
     * @param answer a number, a matrix, a letter, or a function; null if there is none yet
     * @return what there is to say about it
     */
    public Feedback check(Object answer) {
        Feedback feedback = judge(answer);
        last = feedback.kind();
        audience.accept(feedback);
        return feedback;
    }

    /**
     * Checks a function of a number.
     *
     * @param answer for example {@code t -> 2 * t}; null if there is none yet
     * @return what there is to say about it
     */
    public Feedback check(DoubleUnaryOperator answer) {
        return check((Object) answer);
    }

    /**
     * Checks an answer that is given as code.
     *
     * @param answer gets the quantities and returns what is asked for; null if there is none yet
     * @return what there is to say about it
     */
    public Feedback derive(Derivation answer) {
        return check((Object) answer);
    }

    private Feedback judge(Object answer) {
        try {
            Verdict verdict = answer == null ? null : question.judge(answer);
            return verdict != null
                    ? new Feedback(id, title, verdict.kind(), verdict.text())
                    : new Feedback(id, title, Kind.OPEN, "no answer yet; exercise(\"" + id + "\").hint() gives a hint");
        } catch (Unreadable e) {
            return new Feedback(id, title, Kind.UNREADABLE, e.getMessage());
        }
    }

    /**
     * Gives the next hint, one more with every call.
     *
     * @return the hint; after the last one, that one again
     */
    public Feedback hint() {
        hinted = Math.min(hinted + 1, hints.size());
        Feedback feedback = new Feedback(
                id, title, Kind.HINT, Numbers.format("hint %d of %d: %s", hinted, hints.size(), hints.get(hinted - 1)));
        audience.accept(feedback);
        return feedback;
    }

    /**
     * Quantities like those that an answer in code is handed, to try it on.
     *
     * @return the first of them
     * @throws IllegalStateException if the exercise hands over none
     */
    public Given given() {
        if (question instanceof Comparison<?> comparison && comparison.given() != null) {
            return comparison.given();
        }
        throw new IllegalStateException(Numbers.format("exercise %s hands over no quantities: its text has them", id));
    }

    /**
     * For a grading tool: whether the last answer was right.
     *
     * @return 1 or 0
     */
    public double points() {
        return last == Kind.RIGHT ? 1 : 0;
    }

    Question question() {
        return question;
    }

    List<String> hints() {
        return hints;
    }
}
