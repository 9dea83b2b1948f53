package bptt.cell;

import static bptt.cell.Elementwise.oneMinus;
import static bptt.cell.Elementwise.sigmoid;

import bptt.math.Functions;
import java.util.List;
import org.ejml.simple.SimpleMatrix;

/**
 * The minimal gated unit of Feng et al. 2024, “Were RNNs all we needed?”, section 3.1: gate and candidate see x_t
 * alone.
 *
 * <pre>
 *    z = σ(W_xz x_t + b_z)   n = W_xn x_t + b_n
 *    h_t = (1 − z) ∘ h_{t−1} + z ∘ n
 * </pre>
 *
 * So ∂h_t/∂h_{t−1} = diag(1 − z) exactly, whatever the state. Backwards:
 *
 * <pre>
 *    ∂L/∂a_n = ∂L/∂h_t ∘ z     ∂L/∂a_z = ∂L/∂h_t ∘ (n − h_{t−1}) ∘ z ∘ (1 − z)     ∂L/∂h_{t−1} = ∂L/∂h_t ∘ (1 − z)
 * </pre>
 *
 * @param inputs I
 * @param hidden H
 */
public record MinGru(int inputs, int hidden) implements Cell {
    private static final List<List<String>> STAGES = List.of(List.of("z", "n"));

    /** Checks the sizes. */
    public MinGru {
        Require.sizes(inputs, hidden);
    }

    @Override
    public List<List<String>> stages() {
        return STAGES;
    }

    @Override
    public boolean recurrent() {
        return false;
    }

    @Override
    public void forward(int stage, Step s) {
        double[] z = s.gate[0], n = s.gate[1], hBefore = s.before[0], h = s.after[0];
        Functions.sigmoid(z, s.n);
        for (int j = 0; j < s.n; j++) {
            h[j] = (1 - z[j]) * hBefore[j] + z[j] * n[j];
        }
    }

    @Override
    public void backward(int stage, Step s) {
        double[] z = s.gate[0], n = s.gate[1], da_z = s.dGate[0], da_n = s.dGate[1];
        double[] hBefore = s.before[0], dh = s.dAfter[0], dhBefore = s.dBefore[0];
        for (int j = 0; j < s.n; j++) {
            da_n[j] = dh[j] * z[j];
            da_z[j] = dh[j] * (n[j] - hBefore[j]) * z[j] * (1 - z[j]);
            dhBefore[j] += dh[j] * (1 - z[j]);
        }
    }

    @Override
    public List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before) {
        SimpleMatrix h = before.get(0), z = sigmoid(a.of("z", h)), n = a.of("n", h);
        return List.of(oneMinus(z).elementMult(h).plus(z.elementMult(n)));
    }

    @Override
    public List<SimpleMatrix> adjoint(Gates a, List<SimpleMatrix> before, List<SimpleMatrix> dAfter) {
        SimpleMatrix h = before.get(0), dh = dAfter.get(0), z = sigmoid(a.of("z", h)), n = a.of("n", h);
        a.back("n", h, dh.elementMult(z));
        a.back("z", h, dh.elementMult(n.minus(h)).elementMult(z).elementMult(oneMinus(z)));
        return List.of(dh.elementMult(oneMinus(z)));
    }
}
