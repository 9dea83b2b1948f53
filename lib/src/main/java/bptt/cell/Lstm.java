package bptt.cell;

import bptt.math.Functions;
import java.util.List;

/**
 * Long short-term memory with a forget gate, without peepholes (Hochreiter and Schmidhuber 1997;
 * Gers, Schmidhuber and Cummins 2000):
 *
 * <pre>
 *    i = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
 *    C_t = f ∘ C_{t−1} + i ∘ g
 *    h_t = o ∘ tanh(C_t)
 * </pre>
 *
 * @param inputs I
 * @param hidden H
 */
public record Lstm(int inputs, int hidden) implements Cell {
    private static final List<List<String>> STAGES = List.of(List.of("i", "f", "g", "o"));

    /** Checks the sizes. */
    public Lstm {
        Parameters.requireSizes(inputs, hidden);
    }

    @Override
    public List<String> states() {
        return List.of("h", "C");
    }

    @Override
    public List<List<String>> stages() {
        return STAGES;
    }

    @Override
    public void forward(int stage, Step s) {
        double[] i = s.gate[0], f = s.gate[1], g = s.gate[2], o = s.gate[3];
        double[] CBefore = s.before[1], C = s.after[1], h = s.after[0];
        Functions.sigmoid(i, s.n);
        Functions.sigmoid(f, s.n);
        Functions.tanh(g, s.n);
        Functions.sigmoid(o, s.n);
        for (int j = 0; j < s.n; j++) {
            C[j] = f[j] * CBefore[j] + i[j] * g[j];
        }
        System.arraycopy(C, 0, h, 0, s.n);
        Functions.tanh(h, s.n);
        for (int j = 0; j < s.n; j++) {
            h[j] = o[j] * h[j];
        }
    }

    @Override
    public void backward(int stage, Step s) {
        double[] i = s.gate[0], f = s.gate[1], g = s.gate[2], o = s.gate[3];
        double[] da_i = s.dGate[0], da_f = s.dGate[1], da_g = s.dGate[2], da_o = s.dGate[3];
        double[] CBefore = s.before[1];
        double[] dh = s.dAfter[0], dCAfter = s.dAfter[1], dCBefore = s.dBefore[1];
        // Computed again, because for a batch keeping it costs more, in memory traffic; in da_g until the second loop.
        double[] tanhC = da_g;
        System.arraycopy(s.after[1], 0, tanhC, 0, s.n);
        Functions.tanh(tanhC, s.n);
        // Three loops, because C2 gives up on vectorising one that writes five arrays (4.5 instead of 1.0 ns per unit).
        double[] dC = da_f; // until the last loop
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
}
