package bptt.exercise;

import bptt.exercise.Feedback.Kind;

/** What an exercise asks, and how it judges an answer. */
interface Question {
    /** How an answer is, and what there is to say about it. */
    record Verdict(Kind kind, String text) {
        static Verdict right(String text) {
            return new Verdict(Kind.RIGHT, text);
        }

        static Verdict off(String text) {
            return new Verdict(Kind.OFF, "not yet: " + text);
        }
    }

    /** An answer that cannot be compared; the message is the sentence to say. */
    final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String sentence) {
            super(sentence);
        }
    }

    /**
     * Judges an answer.
     *
     * @param answer not null
     * @return right, or what is wrong about it; null if a function has no answer yet
     * @throws Unreadable if it cannot be compared
     */
    Verdict judge(Object answer) throws Unreadable;
}
