package bptt.flow;

import bptt.State;
import bptt.StateGradients;
import bptt.Trace;
import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * Jacobians of the joint state s = h, or s = (h, C) for an LSTM, h above C. Rows belong to the
 * later state, columns to the earlier one; N = H, or 2H for an LSTM.
 */
public final class Jacobians {
    private Jacobians() {}

    /**
     * One step: ∂s_t/∂s_{t−1}. For a simple network it is diag(φ′(a_t)) W_hh.
     *
     * @param trace a forward pass
     * @param sequence which of its B sequences
     * @param t 1 … T
     * @return N×N
     */
    public static SimpleMatrix step(Trace trace, int sequence, int t) {
        Require.given(trace, "trace", "that of a forward pass");
        if (t < 1 || t > trace.steps()) {
            throw new IllegalArgumentException(Numbers.format("t: expected 1 … %d, got %d", trace.steps(), t));
        }
        return unitSeeds(trace, sequence, t).rows(t - 1).get(0);
    }

    /**
     * ∂s_T/∂s_k for every k, by one backward pass of the unit vectors.
     *
     * @param trace a forward pass
     * @param sequence which of its B sequences
     * @return N×N each, at index k = 0 … T; the last is the identity
     */
    public static List<SimpleMatrix> toLast(Trace trace, int sequence) {
        Require.given(trace, "trace", "that of a forward pass");
        int T = trace.steps();
        int[] ks = IntStream.rangeClosed(0, T).map(n -> T - n).toArray();
        List<SimpleMatrix> jacobians =
                new ArrayList<>(unitSeeds(trace, sequence, T).rows(ks));
        Collections.reverse(jacobians);
        return jacobians;
    }

    /**
     * ∂s_t/∂s_k as the product of one-step Jacobians, the later step on the left: J_t J_{t−1} …
     * J_{k+1}. The slow twin of {@link #toLast}.
     *
     * @param trace a forward pass
     * @param sequence which of its B sequences
     * @param t 0 … T
     * @param k 0 … t
     * @return N×N
     */
    public static SimpleMatrix product(Trace trace, int sequence, int t, int k) {
        Require.given(trace, "trace", "that of a forward pass");
        if (k < 0 || k > t || t > trace.steps() || sequence < 0 || sequence >= trace.sequences()) {
            throw new IllegalArgumentException(Numbers.format(
                    "expected 0 ≤ k ≤ t ≤ %d and sequence 0 … %d, got k = %d, t = %d, sequence %d",
                    trace.steps(), trace.sequences() - 1, k, t, sequence));
        }
        SimpleMatrix product = SimpleMatrix.identity(trace.state(0).joint().getNumRows());
        for (int j = k + 1; j <= t; j++) {
            product = step(trace, sequence, j).mult(product);
        }
        return product;
    }

    /**
     * The total derivative dC_t/dC_k of an LSTM's cell state, where C_k also moves h_k = o_k ∘ tanh
     * C_k: the block row C of ∂s_t/∂s_k times [diag(o_k ∘ tanh′(C_k)); I].
     *
     * @param trace a forward pass of an LSTM
     * @param sequence which of its B sequences
     * @param k 0 … T
     * @param J ∂s_t/∂s_k, 2H×2H
     * @return H×H; the block of C alone, dC_t/dC_k with h_k held fixed, if k = 0, where h_0 is an
     *     input of its own
     */
    public static SimpleMatrix cellState(Trace trace, int sequence, int k, SimpleMatrix J) {
        Require.given(trace, "trace", "that of a forward pass");
        State s = trace.state(k);
        int H = s.C().getNumRows();
        Require.shape(J, 2 * H, 2 * H, "∂s_t/∂s_k");
        SimpleMatrix dC_dh = J.extractMatrix(H, 2 * H, 0, H);
        SimpleMatrix dC_dC = J.extractMatrix(H, 2 * H, H, 2 * H);
        if (k == 0) {
            return dC_dC;
        }
        SimpleMatrix through_h = new SimpleMatrix(H, H);
        for (int j = 0; j < H; j++) {
            double tanhC = StrictMath.tanh(s.C().get(j, sequence));
            through_h.set(j, j, trace.gate("o", k).get(j, sequence) * (1 - tanhC * tanhC));
        }
        return dC_dC.plus(dC_dh.mult(through_h));
    }

    static StateGradients unitSeeds(Trace trace, int sequence, int t) {
        int n = trace.state(0).joint().getNumRows();
        return new StateGradients(trace, sequence, SimpleMatrix.identity(n), t);
    }
}
