package bptt.train;

/**
 * How a training ended, or stands.
 *
 * @param experiment what was trained
 * @param updates made
 * @param solved whether the task's criterion was met on unseen sequences
 * @param unseen the score on those, null if the training failed or was interrupted
 * @param failure why it stopped early, empty if it did not
 */
public record Outcome(Experiment experiment, int updates, boolean solved, Batch.Score unseen, String failure) {
    /**
     * Sequences seen.
     *
     * @return updates times batch
     */
    public long sequences() {
        return (long) updates * experiment.batch();
    }
}
