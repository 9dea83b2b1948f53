package bptt.show;

import bptt.exercise.Feedback;

/**
 * What an exercise says to an answer, as a notebook shows it.
 *
 * @param feedback what it says
 */
public record AnswerCard(Feedback feedback) {
    /**
     * The card.
     *
     * @return one HTML element
     */
    public String html() {
        String colour =
                switch (feedback.kind()) {
                    case RIGHT -> ClaimCard.BLUE;
                    case OPEN, HINT -> ClaimCard.GREY;
                    default -> ClaimCard.ORANGE;
                };
        return ClaimCard.framed(
                colour, ClaimCard.title(feedback.id(), feedback.title()) + ClaimCard.line(feedback.line()));
    }

    @Override
    public String toString() {
        return feedback.toString();
    }
}
