package bptt;

/** Is told how something long gets on: a training, a sweep over steps. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (done, limit, value, last) -> {};

    /**
     * After an update, or a step.
     *
     * @param done how many there were so far
     * @param limit how many there are at most
     * @param value what is watched: the loss of the latest batch, the largest Lyapunov exponent so far
     * @param last whether it has come to its end
     */
    void at(int done, int limit, double value, boolean last);
}
