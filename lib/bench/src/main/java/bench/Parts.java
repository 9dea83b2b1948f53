package bench;

import bptt.math.Functions;
import bptt.math.Product;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The parts of a pass by JMH, one thread: what a step of 8 sequences of an LSTM with 100 units needs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Parts {
    private static final int ROWS = 8, K = 103, N = 400;

    private final Random random = new Random(1);
    private final double[][] a = matrix(ROWS, K), w = matrix(K, N);
    private final Product product = new Product(w, N, ROWS);
    private final DMatrixRMaj A = new DMatrixRMaj(a), W = new DMatrixRMaj(w), Z = new DMatrixRMaj(ROWS, N);
    private final double[] units = matrix(1, ROWS * 100)[0];

    private double[][] matrix(int rows, int columns) {
        double[][] m = new double[rows][];
        for (int i = 0; i < rows; i++) {
            m[i] = random.doubles(columns, -0.01, 0.01).toArray();
        }
        return m;
    }

    /** Z = A·W, 8×103 times 103×400. */
    @Benchmark
    public double[][] product() {
        return product.of(a, 0);
    }

    /** The same by EJML. */
    @Benchmark
    public DMatrixRMaj productByEjml() {
        CommonOps_DDRM.mult(A, W, Z);
        return Z;
    }

    /** tanh of 800 units, in place: their values converge to 0 slowly, which costs the same. */
    @Benchmark
    public double[] tanh() {
        Functions.tanh(units, units.length);
        return units;
    }

    /** σ of 800 units. */
    @Benchmark
    public double[] sigmoid() {
        Functions.sigmoid(units, units.length);
        return units;
    }

    /** The same by the JDK. */
    @Benchmark
    public double[] tanhByJdk() {
        for (int j = 0; j < units.length; j++) {
            units[j] = Math.tanh(units[j]);
        }
        return units;
    }
}
