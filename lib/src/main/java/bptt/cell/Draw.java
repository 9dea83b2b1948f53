package bptt.cell;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.simple.SimpleMatrix;
import org.ejml.simple.SimpleOperations.ElementOpReal;

/**
 * Random matrices and sequences of them, from a generator that is passed in: step by step, and element by element in
 * row order.
 */
public final class Draw {
    private Draw() {}

    /**
     * A matrix of independent entries, uniform between two numbers.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param low lower end
     * @param high upper end
     * @param random source of randomness
     * @return rows×cols
     */
    public static SimpleMatrix uniform(int rows, int cols, double low, double high, Random random) {
        Require.given(random, "random", "a source of randomness");
        return SimpleMatrix.random_DDRM(rows, cols, low, high, random);
    }

    /**
     * A sequence of such matrices.
     *
     * @param T its length
     * @param rows number of rows, I of an input
     * @param cols number of columns, B of a batch
     * @param low lower end
     * @param high upper end
     * @param random source of randomness
     * @return x_1 … x_T
     */
    public static List<SimpleMatrix> uniform(int T, int rows, int cols, double low, double high, Random random) {
        return IntStream.range(0, T)
                .mapToObj(t -> uniform(rows, cols, low, high, random))
                .toList();
    }

    /**
     * A matrix of independent normal entries of mean 0.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param deviation their standard deviation
     * @param random source of randomness
     * @return rows×cols
     */
    public static SimpleMatrix normal(int rows, int cols, double deviation, Random random) {
        Require.given(random, "random", "a source of randomness");
        return like(new SimpleMatrix(rows, cols), () -> deviation * random.nextGaussian());
    }

    /**
     * A sequence of such matrices.
     *
     * @param T its length
     * @param rows number of rows, I of an input
     * @param cols number of columns, B of a batch
     * @param deviation standard deviation of the entries
     * @param random source of randomness
     * @return x_1 … x_T
     */
    public static List<SimpleMatrix> normal(int T, int rows, int cols, double deviation, Random random) {
        return IntStream.range(0, T)
                .mapToObj(t -> normal(rows, cols, deviation, random))
                .toList();
    }

    /**
     * A square matrix of independent entries N(0, gain²/n); its spectral radius tends to the gain as n grows.
     *
     * @param n size
     * @param gain g ≥ 0
     * @param random source of randomness
     * @return n×n
     */
    public static SimpleMatrix gaussian(int n, double gain, Random random) {
        return normal(n, n, requireGain(gain) / Math.sqrt(n), random);
    }

    /**
     * A random orthogonal matrix times a gain, uniform over the orthogonal group: Q of the QR decomposition of a
     * Gaussian matrix, its columns multiplied by the signs of R's diagonal (Saxe, McClelland and Ganguli 2014; Mezzadri
     * 2007).
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

    /** A matrix of that shape, each entry the next value. */
    static SimpleMatrix like(SimpleMatrix a, DoubleSupplier value) {
        ElementOpReal next = (i, j, old) -> value.getAsDouble();
        return a.elementOp(next);
    }

    private static double requireGain(double gain) {
        if (!(gain >= 0 && gain < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("gain: expected 0 or more and finite, got " + gain);
        }
        return gain;
    }
}
