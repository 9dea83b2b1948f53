package bench;

import bptt.cell.Parameters;
import dev.ludovic.netlib.blas.BLAS;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.simple.SimpleMatrix;

/**
 * What one writes with a matrix library: the gates stacked, one product per step forward, two backward, {@code
 * Math.tanh} and {@code Math.exp}. The product is EJML's or a BLAS's.
 */
final class StepPeer implements Peer {
    /** C ← β C + op(A) op(B), all row-major. */
    interface Product {
        void run(boolean transA, boolean transB, DMatrixRMaj A, DMatrixRMaj B, double beta, DMatrixRMaj C);
    }

    /** EJML's. */
    static final Product EJML = (transA, transB, A, B, beta, C) -> {
        if (transA) {
            if (beta == 0) CommonOps_DDRM.multTransA(A, B, C);
            else CommonOps_DDRM.multAddTransA(A, B, C);
        } else if (transB) {
            if (beta == 0) CommonOps_DDRM.multTransB(A, B, C);
            else CommonOps_DDRM.multAddTransB(A, B, C);
        } else {
            if (beta == 0) CommonOps_DDRM.mult(A, B, C);
            else CommonOps_DDRM.multAdd(A, B, C);
        }
    };

    /** A BLAS's: column-major, so Cᵀ = op(B)ᵀ op(A)ᵀ. */
    static Product blas(BLAS blas) {
        return (transA, transB, A, B, beta, C) -> blas.dgemm(
                transB ? "T" : "N",
                transA ? "T" : "N",
                C.numCols,
                C.numRows,
                transA ? A.numRows : A.numCols,
                1,
                B.data,
                B.numCols,
                A.data,
                A.numCols,
                beta,
                C.data,
                C.numCols);
    }

    private final Product product;
    private Problem problem;
    private boolean lstm;
    private int G;
    private DMatrixRMaj W_h, W_x, W_hy;
    private double[] b;
    private double b_y;
    private DMatrixRMaj[] x, h, C, a;
    private double[] y;
    private DMatrixRMaj dW_h, dW_x, dW_hy;
    private double[] db;
    private double db_y;

    StepPeer(Product product) {
        this.product = product;
    }

    private static DMatrixRMaj stacked(Parameters p, String prefix, List<String> gates) {
        return gates.stream()
                .map(q -> p.get(prefix + q))
                .reduce(SimpleMatrix::concatRows)
                .orElseThrow()
                .getDDRM();
    }

    @Override
    public void prepare(Problem problem) {
        this.problem = problem;
        lstm = problem.name().equals("lstm");
        Parameters p = problem.parameters();
        G = problem.gates().size() * problem.H();
        W_h = stacked(p, "W_h", problem.gates());
        W_x = stacked(p, "W_x", problem.gates());
        b = stacked(p, "b_", problem.gates()).data;
        W_hy = p.get("W_hy").getDDRM();
        b_y = p.get("b_y").get(0);
        y = problem.y().getDDRM().data;
        int T = problem.T(), B = problem.B(), H = problem.H();
        x = new DMatrixRMaj[T + 1];
        h = new DMatrixRMaj[T + 1];
        C = new DMatrixRMaj[T + 1];
        a = new DMatrixRMaj[T + 1];
        for (int t = 0; t <= T; t++) {
            x[t] = t > 0 ? problem.x(t).getDDRM() : null;
            h[t] = new DMatrixRMaj(H, B);
            C[t] = new DMatrixRMaj(H, B);
            a[t] = new DMatrixRMaj(G, B);
        }
    }

    private static double sigma(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    @Override
    public void pass() {
        int T = problem.T(), B = problem.B(), H = problem.H(), n = H * B;
        boolean relu = problem.name().equals("relu");
        for (int t = 1; t <= T; t++) {
            product.run(false, false, W_h, h[t - 1], 0, a[t]);
            product.run(false, false, W_x, x[t], 1, a[t]);
            double[] z = a[t].data, h_t = h[t].data, C_t = C[t].data, before = C[t - 1].data;
            for (int i = 0; i < z.length; i++) {
                z[i] += b[i / B];
            }
            for (int i = 0; i < n; i++) {
                if (lstm) {
                    z[i] = sigma(z[i]);
                    z[n + i] = sigma(z[n + i]);
                    z[2 * n + i] = Math.tanh(z[2 * n + i]);
                    z[3 * n + i] = sigma(z[3 * n + i]);
                    C_t[i] = z[n + i] * before[i] + z[i] * z[2 * n + i];
                    h_t[i] = z[3 * n + i] * Math.tanh(C_t[i]);
                } else {
                    h_t[i] = relu ? Math.max(z[i], 0) : Math.tanh(z[i]);
                }
            }
        }
        dW_h = new DMatrixRMaj(G, H);
        dW_x = new DMatrixRMaj(G, Problem.I);
        db = new double[G];
        DMatrixRMaj dh = new DMatrixRMaj(H, B), da = new DMatrixRMaj(G, B), error = new DMatrixRMaj(1, B);
        product.run(false, false, W_hy, h[T], 0, error);
        db_y = 0;
        for (int i = 0; i < B; i++) {
            error.data[i] = 2 * (error.data[i] + b_y - y[i]) / B;
            db_y += error.data[i];
        }
        dW_hy = new DMatrixRMaj(1, H);
        product.run(false, true, error, h[T], 0, dW_hy);
        product.run(true, false, W_hy, error, 0, dh);
        double[] dC = new double[n], d = da.data;
        for (int t = T; t >= 1; t--) {
            double[] z = a[t].data, g = dh.data, before = C[t - 1].data;
            for (int i = 0; i < n; i++) {
                if (lstm) {
                    double tanhC = Math.tanh(C[t].data[i]), in = z[i], f = z[n + i], c = z[2 * n + i], o = z[3 * n + i];
                    double dc = dC[i] + g[i] * o * (1 - tanhC * tanhC);
                    d[i] = dc * c * in * (1 - in);
                    d[n + i] = dc * before[i] * f * (1 - f);
                    d[2 * n + i] = dc * in * (1 - c * c);
                    d[3 * n + i] = g[i] * tanhC * o * (1 - o);
                    dC[i] = dc * f;
                } else {
                    double v = h[t].data[i];
                    d[i] = g[i] * (relu ? (v > 0 ? 1 : 0) : 1 - v * v);
                }
            }
            product.run(false, true, da, h[t - 1], 1, dW_h);
            product.run(false, true, da, x[t], 1, dW_x);
            for (int i = 0; i < d.length; i++) {
                db[i / B] += d[i];
            }
            product.run(true, false, W_h, da, 0, dh);
        }
    }

    private double[] part(double[] all, int q, int size) {
        double[] part = new double[size];
        System.arraycopy(all, q * size, part, 0, size);
        return part;
    }

    @Override
    public Map<String, double[]> gradients() {
        Map<String, double[]> byName = new LinkedHashMap<>();
        int H = problem.H(), q = 0;
        for (String gate : problem.gates()) {
            byName.put("W_x" + gate, part(dW_x.data, q, H * Problem.I));
            byName.put("W_h" + gate, part(dW_h.data, q, H * H));
            byName.put("b_" + gate, part(db, q, H));
            q++;
        }
        byName.put("W_hy", dW_hy.data);
        byName.put("b_y", new double[] {db_y});
        return byName;
    }
}
