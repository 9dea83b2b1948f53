package bptt.cell;

import java.util.Random;
import org.ejml.simple.SimpleMatrix;

/**
 * Networks as they begin. Each method makes all parameters of a cell with O outputs; single ones are replaced by {@link
 * Parameters#with}, for example {@code Init.uniform(cell, 1, random).with("b_f", 1)}. Random numbers come from a
 * generator that is passed in, element by element in row order, parameter by parameter in the order of {@link
 * Parameters#names()}, so a seed names a network.
 */
public final class Init {
    private Init() {}

    /**
     * Every parameter uniform on ±1/√H: PyTorch's default for recurrent layers.
     *
     * @param cell the cell
     * @param outputs O, 0 for no readout
     * @param random source of randomness
     * @return parameters
     */
    public static Parameters uniform(Cell cell, int outputs, Random random) {
        Require.given(cell, "cell", "one");
        Require.given(random, "random", "a source of randomness");
        double bound = 1 / Math.sqrt(cell.hidden());
        return Parameters.zeros(cell, outputs)
                .map((name, a) -> Draw.like(a, () -> bound * (2 * random.nextDouble() - 1)));
    }

    /**
     * {@link #uniform}, but for the recurrent matrices W_h·, one for each gate, which are orthogonal (Saxe, McClelland
     * and Ganguli 2014).
     *
     * @param cell the cell
     * @param outputs O, 0 for no readout
     * @param random source of randomness
     * @return parameters
     */
    public static Parameters orthogonal(Cell cell, int outputs, Random random) {
        return uniform(cell, outputs, random)
                .map((name, a) ->
                        name.startsWith("W_h") && !name.equals("W_hy") ? Draw.orthogonal(cell.hidden(), 1, random) : a);
    }

    /**
     * The identity-initialised ReLU network of Le, Jaitly and Hinton 2015, section 2: W_hh = I, biases 0, every other
     * weight N(0, 0.001²).
     *
     * @param inputs I
     * @param hidden H
     * @param outputs O, 0 for no readout
     * @param random source of randomness
     * @return parameters of a ReLU {@link Rnn}
     */
    public static Parameters irnn(int inputs, int hidden, int outputs, Random random) {
        Require.given(random, "random", "a source of randomness");
        return Parameters.zeros(Rnn.relu(inputs, hidden), outputs).map((name, a) -> switch (name) {
            case "W_hh" -> SimpleMatrix.identity(hidden);
            case "b_h", "b_y" -> a;
            default -> Draw.like(a, () -> 0.001 * random.nextGaussian());
        });
    }

    /**
     * {@link #uniform}, but for the biases of chrono initialisation (Tallec and Ollivier 2018, equation 16): b_f = ln u
     * with u uniform on [1, Tmax − 1], b_i = −b_f. A unit with forget gate σ(ln u) = u/(u + 1) forgets with a time
     * constant of about u steps.
     *
     * @param cell the cell
     * @param outputs O, 0 for no readout
     * @param tMax longest dependency expected, in steps, &gt; 2
     * @param random source of randomness
     * @return parameters
     */
    public static Parameters chrono(Lstm cell, int outputs, double tMax, Random random) {
        if (!(tMax > 2)) {
            throw new IllegalArgumentException("Tmax: expected more than 2 steps, got " + tMax);
        }
        Parameters p = uniform(cell, outputs, random);
        SimpleMatrix b_f = Draw.like(p.get("b_f"), () -> StrictMath.log(1 + (tMax - 2) * random.nextDouble()));
        return p.with("b_f", b_f).with("b_i", b_f.negative());
    }
}
