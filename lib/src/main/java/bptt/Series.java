package bptt;

import bptt.cell.Checks;
import java.util.Arrays;
import org.ejml.simple.SimpleMatrix;

/**
 * A quantity of n numbers for each sequence and step: the edge between the engine's arrays, one for each step and each
 * thread's share of the sequences, one sequence after the other, and public matrices, one column per sequence.
 */
final class Series {
    private final int n;
    private final int[] cuts;
    private final double[][][] blocks;

    /**
     * Room for steps 0 … T, with no arrays yet.
     *
     * @param n numbers per sequence
     * @param cuts the first sequence of each share, and B
     * @param T last step
     */
    Series(int n, int[] cuts, int T) {
        this.n = n;
        this.cuts = cuts;
        this.blocks = new double[cuts.length - 1][T + 1][];
    }

    /** The array of a share at t. */
    double[] at(int t, int share) {
        return blocks[share][t];
    }

    /** The array of a share at t, made when it is first asked for, by the thread that will use it; then used again. */
    double[] make(int t, int share) {
        if (blocks[share][t] == null) {
            blocks[share][t] = new double[n * (cuts[share + 1] - cuts[share])];
        }
        return blocks[share][t];
    }

    /** The same, filled with zeros. */
    double[] zeros(int t, int share) {
        double[] block = make(t, share);
        Arrays.fill(block, 0);
        return block;
    }

    /** Adds a matrix, n×B, to a share at t. */
    void add(int t, int share, SimpleMatrix m) {
        double[] block = blocks[share][t], values = Checks.values(m);
        int rows = cuts[share + 1] - cuts[share], B = m.getNumCols();
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < n; j++) {
                block[r * n + j] += values[j * B + cuts[share] + r];
            }
        }
    }

    /** All sequences at t: n×B. */
    SimpleMatrix matrix(int t) {
        SimpleMatrix m = new SimpleMatrix(n, cuts[cuts.length - 1]);
        for (int b = 0; b < m.getNumCols(); b++) {
            m.setColumn(b, 0, sequence(t, b));
        }
        return m;
    }

    /** A copy of one sequence's numbers at t. */
    double[] sequence(int t, int b) {
        double[] numbers = new double[n];
        int share = share(b);
        System.arraycopy(blocks[share][t], (b - cuts[share]) * n, numbers, 0, n);
        return numbers;
    }

    /** Writes one sequence's numbers at t below one another: to_{k+j, i} for j &lt; n. */
    void read(int t, int b, double[][] to, int k, int i) {
        int share = share(b), first = (b - cuts[share]) * n;
        double[] block = blocks[share][t];
        for (int j = 0; j < n; j++) {
            to[k + j][i] = block[first + j];
        }
    }

    /** The first number of a share at t that is NaN or infinite, or 0. */
    double firstNotFinite(int t, int share) {
        return firstNotFinite(blocks[share][t], 0, blocks[share][t].length);
    }

    static double firstNotFinite(double[] block, int from, int to) {
        for (int j = from; j < to; j++) {
            if (!Double.isFinite(block[j])) {
                return block[j];
            }
        }
        return 0;
    }

    private int share(int b) {
        int share = 0;
        while (cuts[share + 1] <= b) {
            share++;
        }
        return share;
    }
}
