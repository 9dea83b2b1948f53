package bptt.exercise;

import bptt.math.Numbers;

/**
 * What an exercise says to an answer.
 *
 * @param id of the exercise
 * @param title what it asks for, in a few words
 * @param kind how the answer is
 * @param text what there is to say, in one sentence or two
 */
public record Feedback(String id, String title, Kind kind, String text) {
    /** How an answer is. */
    public enum Kind {
        /** It is right. */
        RIGHT("✓"),
        /** It is a mistake that has a name. */
        MISTAKE("✗"),
        /** It is wrong in a way that has no name here. */
        OFF("✗"),
        /** It cannot be compared: another shape or type, not a number, an exception, no end. */
        UNREADABLE("?"),
        /** There is none yet. */
        OPEN("○"),
        /** It was a question for a hint. */
        HINT("→");

        private final String mark;

        Kind(String mark) {
            this.mark = mark;
        }
    }

    /** The line that a card shows: a mark and the text. */
    public String line() {
        return kind.mark + " " + text;
    }

    @Override
    public String toString() {
        return Numbers.format("exercise %s · %s%n  %s", id, title, line()).replace("\r", "");
    }
}
