package bptt.train;

/** Is told how a training gets on. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (update, limit, loss, last) -> {};

    /**
     * After an update.
     *
     * @param update number of updates so far
     * @param limit number of updates at most
     * @param loss of the latest batch
     * @param last whether the training has come to its end
     */
    void at(int update, int limit, double loss, boolean last);
}
