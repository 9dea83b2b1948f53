package bptt.cell;

import static bptt.cell.Elementwise.oneMinus;
import static bptt.cell.Elementwise.sigmoid;
import static bptt.cell.Elementwise.tanh;

import bptt.math.Functions;
import java.util.List;
import org.ejml.simple.SimpleMatrix;

/**
 * Long short-term memory with a forget gate, without peepholes (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and
 * Cummins 2000):
 *
 * <pre>
 *    i = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
 *    C_t = f ∘ C_{t−1} + i ∘ g
 *    h_t = o ∘ tanh(C_t)
 * </pre>
 *
 * Backwards, with dC for ∂L/∂C_t through everything that C_t moves, h_t included:
 *
 * <pre>
 *    dC = ∂L/∂C_t + ∂L/∂h_t ∘ o ∘ (1 − tanh² C_t)
 *    ∂L/∂a_o = ∂L/∂h_t ∘ tanh(C_t) ∘ o ∘ (1 − o)     ∂L/∂a_f = dC ∘ C_{t−1} ∘ f ∘ (1 − f)
 *    ∂L/∂a_i = dC ∘ g ∘ i ∘ (1 − i)                  ∂L/∂a_g = dC ∘ i ∘ (1 − g²)
 *    ∂L/∂C_{t−1} = dC ∘ f                            ∂L/∂h_{t−1} = Σ_q W_hqᵀ ∂L/∂a_q
 * </pre>
 *
 * @param inputs I
 * @param hidden H
 */
public record Lstm(int inputs, int hidden) implements Cell {
    private static final List<String> STATES = List.of("h", "C");
    private static final List<List<String>> STAGES = List.of(List.of("i", "f", "g", "o"));

    /** Checks the sizes. */
    public Lstm {
        Require.sizes(inputs, hidden);
    }

    @Override
    public List<String> states() {
        return STATES;
    }

    @Override
    public List<List<String>> stages() {
        return STAGES;
    }

    @Override
    public void forward(int stage, Step s) {
        double[] i = s.gate[0], f = s.gate[1], g = s.gate[2], o = s.gate[3];
        double[] CBefore = s.before[1], C = s.after[1], h = s.after[0], tanhC = s.scratch[0];
        Functions.sigmoid(i, s.n);
        Functions.sigmoid(f, s.n);
        Functions.tanh(g, s.n);
        Functions.sigmoid(o, s.n);
        for (int j = 0; j < s.n; j++) {
            C[j] = f[j] * CBefore[j] + i[j] * g[j];
        }
        System.arraycopy(C, 0, tanhC, 0, s.n);
        Functions.tanh(tanhC, s.n);
        for (int j = 0; j < s.n; j++) {
            h[j] = o[j] * tanhC[j];
        }
    }

    @Override
    public void backward(int stage, Step s) {
        double[] i = s.gate[0], f = s.gate[1], g = s.gate[2], o = s.gate[3];
        double[] da_i = s.dGate[0], da_f = s.dGate[1], da_g = s.dGate[2], da_o = s.dGate[3];
        double[] CBefore = s.before[1], tanhC = s.scratch[0], dC = s.scratch[1];
        double[] dh = s.dAfter[0], dCAfter = s.dAfter[1], dCBefore = s.dBefore[1];
        if (!s.again) { // tanh C once more, because for a batch keeping it costs more, in memory traffic
            System.arraycopy(s.after[1], 0, tanhC, 0, s.n);
            Functions.tanh(tanhC, s.n);
        }
        // Three loops, because C2 gives up on vectorising one that writes five arrays (4.5 instead of 1.0 ns per unit).
        for (int j = 0; j < s.n; j++) {
            dC[j] = dCAfter[j] + dh[j] * o[j] * (1 - tanhC[j] * tanhC[j]);
            da_o[j] = dh[j] * tanhC[j] * o[j] * (1 - o[j]);
        }
        for (int j = 0; j < s.n; j++) {
            da_i[j] = dC[j] * g[j] * i[j] * (1 - i[j]);
            da_g[j] = dC[j] * i[j] * (1 - g[j] * g[j]);
        }
        for (int j = 0; j < s.n; j++) {
            dCBefore[j] += dC[j] * f[j];
            da_f[j] = dC[j] * CBefore[j] * f[j] * (1 - f[j]);
        }
    }

    @Override
    public List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before) {
        SimpleMatrix h = before.get(0), C = before.get(1);
        SimpleMatrix i = sigmoid(a.of("i", h)),
                f = sigmoid(a.of("f", h)),
                g = tanh(a.of("g", h)),
                o = sigmoid(a.of("o", h));
        C = f.elementMult(C).plus(i.elementMult(g));
        return List.of(o.elementMult(tanh(C)), C);
    }

    @Override
    public List<SimpleMatrix> adjoint(Gates a, List<SimpleMatrix> before, List<SimpleMatrix> dAfter) {
        SimpleMatrix h = before.get(0), C = before.get(1), dh = dAfter.get(0);
        SimpleMatrix i = sigmoid(a.of("i", h)),
                f = sigmoid(a.of("f", h)),
                g = tanh(a.of("g", h)),
                o = sigmoid(a.of("o", h));
        SimpleMatrix tanhC = tanh(f.elementMult(C).plus(i.elementMult(g)));
        SimpleMatrix dC = dAfter.get(1).plus(dh.elementMult(o).elementMult(oneMinus(tanhC.elementMult(tanhC))));
        SimpleMatrix dhBefore = a.back("i", h, dC.elementMult(g).elementMult(i).elementMult(oneMinus(i)))
                .plus(a.back("f", h, dC.elementMult(C).elementMult(f).elementMult(oneMinus(f))))
                .plus(a.back("g", h, dC.elementMult(i).elementMult(oneMinus(g.elementMult(g)))))
                .plus(a.back("o", h, dh.elementMult(tanhC).elementMult(o).elementMult(oneMinus(o))));
        return List.of(dhBefore, dC.elementMult(f));
    }
}
