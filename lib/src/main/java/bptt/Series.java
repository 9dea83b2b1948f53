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
     * Room with no arrays yet.
     *
     * @param n numbers per sequence
     * @param cuts the first sequence of each share, and B
     * @param steps how many steps are kept: t and t ± steps share a place
     */
    Series(int n, int[] cuts, int steps) {
        this.n = n;
        this.cuts = cuts;
        this.blocks = new double[cuts.length - 1][steps][];
    }

    /** The array of a share at t. */
    double[] at(int t, int share) {
        return blocks[share][t % blocks[share].length];
    }

    /** The array of a share at t, made when it is first asked for, by the thread that will use it; then used again. */
    double[] make(int t, int share) {
        int place = t % blocks[share].length;
        if (blocks[share][place] == null) {
            blocks[share][place] = new double[n * (cuts[share + 1] - cuts[share])];
        }
        return blocks[share][place];
    }

    /** The same, filled with zeros. */
    double[] zeros(int t, int share) {
        double[] block = make(t, share);
        Arrays.fill(block, 0);
        return block;
    }

    /** Adds a matrix, n×B, to a share at t. */
    void add(int t, int share, SimpleMatrix m) {
        double[] block = at(t, share), values = Checks.values(m);
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
        System.arraycopy(at(t, share), (b - cuts[share]) * n, numbers, 0, n);
        return numbers;
    }

    /** Writes the numbers of some sequences at t as columns: to_{k+j, i+s} for j &lt; n and sequences b + s, s &lt; count. */
    void read(int t, int b, int count, double[][] to, int k, int i) {
        for (int share = share(b), s = 0; s < count; share++) {
            double[] block = at(t, share);
            int first = (b + s - cuts[share]) * n, end = Math.min(count, cuts[share + 1] - b);
            for (; s + 3 < end; s += 4, first += 4 * n) {
                for (int j = 0; j < n; j++) {
                    double[] row = to[k + j];
                    row[i + s] = block[first + j];
                    row[i + s + 1] = block[first + n + j];
                    row[i + s + 2] = block[first + 2 * n + j];
                    row[i + s + 3] = block[first + 3 * n + j];
                }
            }
            for (; s < end; s++, first += n) {
                for (int j = 0; j < n; j++) {
                    to[k + j][i + s] = block[first + j];
                }
            }
        }
    }

    /** Whether no number of a share at t is NaN or infinite. */
    boolean isFinite(int t, int share) {
        double[] block = at(t, share);
        return Checks.firstNotFinite(block, 0, block.length) < 0;
    }

    private int share(int b) {
        int share = 0;
        while (cuts[share + 1] <= b) {
            share++;
        }
        return share;
    }
}
