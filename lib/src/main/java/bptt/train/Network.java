package bptt.train;

import bptt.cell.Parameters;
import java.util.Random;

/**
 * A kind of network, and how it begins. {@link Networks} has those of the course; another one is a class that implements this.
 * Files know it by its name.
 */
public interface Network {
    /**
     * The name, by which experiments are told apart.
     *
     * @return for example {@code LSTM_CHRONO}
     */
    String name();

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
