package bptt.cell;

import java.util.Random;
import java.util.function.DoubleSupplier;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.simple.SimpleMatrix;
import org.ejml.simple.SimpleOperations.ElementOpReal;

/**
 * Initial values of parameters. Random numbers come from a generator that is passed in, element by
 * element in row order, parameter by parameter in the order of {@link Parameters#names()}, so a
 * seed names a network.
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
        double bound = 1 / Math.sqrt(cell.hidden());
        Parameters p = Parameters.zeros(cell, outputs);
        for (String name : p.names()) {
            p = p.with(name, fill(p.get(name), () -> bound * (2 * random.nextDouble() - 1)));
        }
        return p;
    }

    /**
     * The identity-initialised ReLU network of Le, Jaitly and Hinton 2015, section 2: W_hh = I,
     * biases 0, every other weight N(0, 0.001²).
     *
     * @param inputs I
     * @param hidden H
     * @param outputs O, 0 for no readout
     * @param random source of randomness
     * @return parameters of a ReLU {@link Rnn}
     */
    public static Parameters irnn(int inputs, int hidden, int outputs, Random random) {
        Parameters p = Parameters.zeros(Rnn.relu(inputs, hidden), outputs);
        for (String name : p.names()) {
            if (name.equals("W_hh")) {
                p = p.with(name, SimpleMatrix.identity(hidden));
            } else if (name.startsWith("W_")) {
                p = p.with(name, fill(p.get(name), () -> 0.001 * random.nextGaussian()));
            }
        }
        return p;
    }

    /**
     * A square matrix of independent entries N(0, gain²/n); its spectral radius tends to the gain as
     * n grows.
     *
     * @param n size
     * @param gain g ≥ 0
     * @param random source of randomness
     * @return n×n
     */
    public static SimpleMatrix gaussian(int n, double gain, Random random) {
        double deviation = requireGain(gain) / Math.sqrt(n);
        return fill(new SimpleMatrix(n, n), () -> deviation * random.nextGaussian());
    }

    /**
     * A random orthogonal matrix times a gain, uniform over the orthogonal group: Q of the QR
     * decomposition of a Gaussian matrix, its columns multiplied by the signs of R's diagonal (Saxe,
     * McClelland and Ganguli 2014; Mezzadri 2007).
     *
     * @param n size
     * @param gain g ≥ 0: every singular value of the result
     * @param random source of randomness
     * @return n×n
     */
    public static SimpleMatrix orthogonal(int n, double gain, Random random) {
        requireGain(gain);
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(n, n);
        qr.decompose(gaussian(n, 1, random).getDDRM());
        SimpleMatrix q = SimpleMatrix.wrap(qr.getQ(null, false));
        DMatrixRMaj r = qr.getR(null, false);
        ElementOpReal signed = (i, j, v) -> r.get(j, j) < 0 ? -gain * v : gain * v;
        return q.elementOp(signed);
    }

    /**
     * A column of one value, for a bias.
     *
     * @param n size
     * @param value every entry; 1 for the usual forget bias (Gers et al. 2000, Jozefowicz et al.
     *     2015)
     * @return n×1
     */
    public static SimpleMatrix constant(int n, double value) {
        return fill(new SimpleMatrix(n, 1), () -> value);
    }

    /**
     * Chrono initialisation of an LSTM (Tallec and Ollivier 2018, equation 16): b_f = ln u with u
     * uniform on [1, Tmax − 1], b_i = −b_f. A unit with forget gate σ(ln u) = u/(u + 1) forgets with
     * a time constant of about u steps.
     *
     * @param p parameters of an {@link Lstm}
     * @param tMax longest dependency expected, in steps, &gt; 2
     * @param random source of randomness
     * @return p with b_f and b_i replaced
     */
    public static Parameters chrono(Parameters p, double tMax, Random random) {
        if (!(tMax > 2)) {
            throw new IllegalArgumentException("Tmax: expected more than 2 steps, got " + tMax);
        }
        SimpleMatrix b_f = fill(p.get("b_f"), () -> StrictMath.log(1 + (tMax - 2) * random.nextDouble()));
        return p.with("b_f", b_f).with("b_i", b_f.negative());
    }

    private static double requireGain(double gain) {
        if (!(gain >= 0 && gain < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("gain: expected 0 or more and finite, got " + gain);
        }
        return gain;
    }

    private static SimpleMatrix fill(SimpleMatrix a, DoubleSupplier value) {
        ElementOpReal next = (i, j, old) -> value.getAsDouble();
        return a.elementOp(next);
    }
}
