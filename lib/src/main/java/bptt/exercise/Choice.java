package bptt.exercise;

import bptt.exercise.Feedback.Kind;
import bptt.math.Numbers;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** One letter of several. Which one is right is computed, so it stands nowhere. */
final class Choice implements Question {
    private record Option(String says, BooleanSupplier holds) {}

    private final Map<String, Option> options = new LinkedHashMap<>();

    /** The next letter: what to say if it is chosen and does not hold, and whether it holds. */
    Choice option(String says, BooleanSupplier holds) {
        options.put(String.valueOf((char) ('a' + options.size())), new Option(says, holds));
        return this;
    }

    @Override
    public Verdict judge(Object answer) throws Unreadable {
        if (!(answer instanceof CharSequence) && !(answer instanceof Character)) {
            throw new Unreadable(Numbers.format("expected a letter, %s, got %s", letters(), Value.type(answer)));
        }
        String letter = answer.toString().strip().toLowerCase(Locale.ROOT);
        if (letter.isEmpty()) {
            return null;
        }
        Option option = options.get(letter);
        if (option == null) {
            throw new Unreadable(Numbers.format("expected a letter, %s, got “%s”", letters(), letter));
        }
        return option.holds.getAsBoolean() ? Verdict.right("right") : new Verdict(Kind.MISTAKE, option.says);
    }

    /** “a”, “b” or “c”. */
    private String letters() {
        String all = "“" + String.join("”, “", options.keySet()) + "”";
        int last = all.lastIndexOf(", ");
        return all.substring(0, last) + " or" + all.substring(last + 1);
    }

    Map<String, Boolean> held() {
        Map<String, Boolean> held = new LinkedHashMap<>();
        options.forEach((letter, option) -> held.put(letter, option.holds.getAsBoolean()));
        return held;
    }
}
