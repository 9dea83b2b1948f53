package bptt.train;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/**
 * What is to be learnt: sequences whose answer lies far back. {@link Tasks} has those of the literature; another one is
 * a class that implements this. Files know it by its name.
 */
public interface Task {
    /** Sequences of a test, where the task does not say otherwise. */
    int UNSEEN = 2560;

    /**
     * The name, by which experiments are told apart.
     *
     * @return for example {@code ADDING_2015}
     */
    @JsonValue
    String name();

    /** The one of that name in {@link Tasks}, or one that has the name alone. */
    @JsonCreator
    static Task named(String name) {
        return Store.named(Task.class, Tasks.values(), Task::name, name);
    }

    /**
     * I.
     *
     * @return number of inputs
     */
    int inputs();

    /**
     * O.
     *
     * @return number of outputs
     */
    int outputs();

    /**
     * The smallest T that the task makes sense for.
     *
     * @return T; 1 unless overridden
     */
    default int shortest() {
        return 1;
    }

    /**
     * Fresh sequences.
     *
     * @param T length, or what the task's paper calls T
     * @param B number of sequences
     * @param random source of randomness
     * @return inputs and targets
     */
    Batch batch(int T, int B, Random random);

    /**
     * Sequences of a test, none of which is trained on.
     *
     * @param T as in {@link #batch}
     * @param B sequences in a batch
     * @param random source of randomness, always the same
     * @return batches of equal size; of {@value #UNSEEN} fresh sequences or a few more, unless overridden
     */
    default Stream<Batch> unseen(int T, int B, Random random) {
        return Stream.generate(() -> batch(T, B, random)).limit((UNSEEN + B - 1) / B);
    }

    /**
     * The training loss below which it is worth testing.
     *
     * @param T length
     * @return a loss; any, unless overridden
     */
    default double near(int T) {
        return Double.POSITIVE_INFINITY;
    }

    /**
     * Whether unseen sequences with this score count as solved.
     *
     * @param score of unseen sequences
     * @param T length
     * @return whether
     */
    boolean solved(Batch.Score score, int T);

    /**
     * Inputs to be filled.
     *
     * @param inputs I
     * @param T number of steps
     * @param B number of sequences
     * @return T zero matrices, I×B
     */
    static SimpleMatrix[] empty(int inputs, int T, int B) {
        return IntStream.range(0, T).mapToObj(t -> new SimpleMatrix(inputs, B)).toArray(SimpleMatrix[]::new);
    }
}
