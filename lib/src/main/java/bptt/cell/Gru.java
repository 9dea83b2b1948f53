package bptt.cell;

import static bptt.cell.Elementwise.oneMinus;
import static bptt.cell.Elementwise.sigmoid;
import static bptt.cell.Elementwise.tanh;

import bptt.math.Functions;
import java.util.List;
import org.ejml.simple.SimpleMatrix;

/**
 * Gated recurrent unit in the form of Cho et al. 2014, the reset gate applied before the product:
 *
 * <pre>
 *    r = σ(a_r)   z = σ(a_z)        (first stage)
 *    u = r ∘ h_{t−1}
 *    n = tanh(W_xn x_t + W_hn u + b_n)   (second stage)
 *    h_t = z ∘ h_{t−1} + (1 − z) ∘ n
 * </pre>
 *
 * Backwards:
 *
 * <pre>
 *    ∂L/∂a_n = ∂L/∂h_t ∘ (1 − z) ∘ (1 − n²)          ∂L/∂u = W_hnᵀ ∂L/∂a_n
 *    ∂L/∂a_r = ∂L/∂u ∘ h_{t−1} ∘ r ∘ (1 − r)         ∂L/∂a_z = ∂L/∂h_t ∘ (h_{t−1} − n) ∘ z ∘ (1 − z)
 *    ∂L/∂h_{t−1} = ∂L/∂h_t ∘ z + ∂L/∂u ∘ r + W_hrᵀ ∂L/∂a_r + W_hzᵀ ∂L/∂a_z
 * </pre>
 *
 * PyTorch's form applies r after the product with W_hn and is otherwise the same.
 *
 * @param inputs I
 * @param hidden H
 */
public record Gru(int inputs, int hidden) implements Cell {
    private static final List<List<String>> STAGES = List.of(List.of("r", "z"), List.of("n"));

    /** Checks the sizes. */
    public Gru {
        Require.sizes(inputs, hidden);
    }

    @Override
    public List<List<String>> stages() {
        return STAGES;
    }

    @Override
    public void forward(int stage, Step s) {
        double[] r = s.gate[0], z = s.gate[1], n = s.gate[2];
        double[] hBefore = s.before[0], h = s.after[0];
        if (stage == 0) {
            Functions.sigmoid(r, s.n);
            Functions.sigmoid(z, s.n);
            for (int j = 0; j < s.n; j++) {
                s.u[j] = r[j] * hBefore[j];
            }
        } else {
            Functions.tanh(n, s.n);
            for (int j = 0; j < s.n; j++) {
                h[j] = z[j] * hBefore[j] + (1 - z[j]) * n[j];
            }
        }
    }

    @Override
    public void backward(int stage, Step s) {
        double[] r = s.gate[0], z = s.gate[1], n = s.gate[2];
        double[] da_r = s.dGate[0], da_z = s.dGate[1], da_n = s.dGate[2];
        double[] hBefore = s.before[0], dh = s.dAfter[0], dhBefore = s.dBefore[0], du = s.dU;
        if (stage == 1) {
            for (int j = 0; j < s.n; j++) {
                da_n[j] = dh[j] * (1 - z[j]) * (1 - n[j] * n[j]);
                dhBefore[j] += dh[j] * z[j];
            }
        } else {
            for (int j = 0; j < s.n; j++) {
                da_r[j] = du[j] * hBefore[j] * r[j] * (1 - r[j]);
                da_z[j] = dh[j] * (hBefore[j] - n[j]) * z[j] * (1 - z[j]);
                dhBefore[j] += du[j] * r[j];
            }
        }
    }

    @Override
    public List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before) {
        SimpleMatrix h = before.get(0), r = sigmoid(a.of("r", h)), z = sigmoid(a.of("z", h));
        SimpleMatrix n = tanh(a.of("n", r.elementMult(h)));
        return List.of(z.elementMult(h).plus(oneMinus(z).elementMult(n)));
    }

    @Override
    public List<SimpleMatrix> adjoint(Gates a, List<SimpleMatrix> before, List<SimpleMatrix> dAfter) {
        SimpleMatrix h = before.get(0), dh = dAfter.get(0), r = sigmoid(a.of("r", h)), z = sigmoid(a.of("z", h));
        SimpleMatrix u = r.elementMult(h), n = tanh(a.of("n", u));
        SimpleMatrix du = a.back("n", u, dh.elementMult(oneMinus(z)).elementMult(oneMinus(n.elementMult(n))));
        return List.of(dh.elementMult(z)
                .plus(du.elementMult(r))
                .plus(a.back("r", h, du.elementMult(h).elementMult(r).elementMult(oneMinus(r))))
                .plus(a.back("z", h, dh.elementMult(h.minus(n)).elementMult(z).elementMult(oneMinus(z)))));
    }
}
