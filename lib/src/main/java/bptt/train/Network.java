package bptt.train;

import bptt.cell.Parameters;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Random;

/**
 * A kind of network, and how it begins. {@link Networks} has those of the course; another one is a class that
 * implements this. Files know it by its name.
 */
public interface Network {
    /**
     * The name, by which experiments are told apart.
     *
     * @return for example {@code LSTM_CHRONO}
     */
    @JsonValue
    String name();

    /** The one of that name in {@link Networks}, or one that has the name alone. */
    @JsonCreator
    static Network named(String name) {
        return Store.named(Network.class, Networks.values(), Network::name, name);
    }

    /**
     * The name on charts.
     *
     * @return for example {@code LSTM, chrono}
     */
    default String title() {
        return name();
    }

    /**
     * Parameters to start from.
     *
     * @param inputs I
     * @param hidden H
     * @param outputs O
     * @param T the longest dependency expected, which chrono initialisation needs
     * @param random source of randomness
     * @return parameters
     */
    Parameters initial(int inputs, int hidden, int outputs, int T, Random random);
}
