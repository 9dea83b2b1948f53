package bptt.exercise;

/** An answer given as code: what it computes from the quantities that it is handed. */
@FunctionalInterface
public interface Derivation {
    /**
     * Computes the answer.
     *
     * @param q the quantities
     * @return a matrix, a number, or a map of them by name; null if there is no answer yet
     * @throws Exception if it cannot
     */
    Object of(Given q) throws Exception;
}
