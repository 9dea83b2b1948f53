package bench;

import java.util.Map;

/** Something that computes the gradients of a {@link Problem}. */
interface Peer {
    /** Makes ready for a problem; not timed. */
    void prepare(Problem problem);

    /** One forward and backward pass; timed. */
    void pass();

    /** The gradients of the last pass by parameter name, each row by row; not timed. */
    Map<String, double[]> gradients();
}
