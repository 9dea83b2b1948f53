package bptt.cell;

import static bptt.cell.Elementwise.exp;
import static bptt.cell.Elementwise.log;

import java.util.List;
import org.ejml.simple.SimpleMatrix;

/**
 * A simple network with layer normalisation (Ba, Kiros and Hinton 2016, equation 4): the pre-activations of one step
 * and sequence are brought to mean 0 and variance 1 over the H units, then scaled and shifted.
 *
 * <pre>
 *    μ = (1/H) Σ_j a_j     σ² = (1/H) Σ_j (a_j − μ)² + 10⁻⁵     â = (a − μ)/σ
 *    h_t = φ(gain ∘ â + shift)
 * </pre>
 *
 * The 10⁻⁵, which the paper leaves out, keeps σ from 0. Backwards, with ⟨·⟩ for the mean over units:
 *
 * <pre>
 *    dâ = ∂L/∂h_t ∘ φ′ ∘ gain     ∂L/∂a = (dâ − ⟨dâ⟩ − â ⟨dâ ∘ â⟩)/σ
 *    ∂L/∂gain = Σ ∂L/∂h_t ∘ φ′ ∘ â     ∂L/∂shift = Σ ∂L/∂h_t ∘ φ′
 * </pre>
 *
 * b_h enters a, before the normalisation; the paper's network is that with b_h = 0.
 *
 * @param inputs I
 * @param hidden H
 * @param activation φ
 */
public record LayerNormRnn(int inputs, int hidden, Rnn.Activation activation) implements Cell {
    private static final List<List<String>> STAGES = List.of(List.of("h"));
    private static final double EPSILON = 1e-5;

    /** Checks the sizes. */
    public LayerNormRnn {
        Require.sizes(inputs, hidden);
        Require.given(activation, "activation", "one of TANH, RELU, SIGMOID, IDENTITY");
    }

    @Override
    public List<List<String>> stages() {
        return STAGES;
    }

    @Override
    public List<String> vectors() {
        return List.of("gain", "shift");
    }

    @Override
    public void forward(int stage, Step s) {
        double[] h = s.after[0], gain = s.vector[0], shift = s.vector[1];
        normalise(s.gate[0], h, s.scratch[0]);
        for (int j = 0; j < s.n; j++) {
            h[j] = gain[j] * h[j] + shift[j];
        }
        activation.forward.apply(h, s.n);
    }

    @Override
    public void backward(int stage, Step s) {
        double[] da = s.dGate[0], gain = s.vector[0], dGain = s.dVector[0], dShift = s.dVector[1];
        double[] normal = s.scratch[0], sigma = s.scratch[1];
        if (!s.again) {
            normalise(s.gate[0], normal, sigma);
        }
        activation.backward.apply(da, s.dAfter[0], s.after[0], s.n);
        for (int j = 0; j < s.n; j++) {
            dShift[j] += da[j];
            dGain[j] += da[j] * normal[j];
            da[j] *= gain[j];
        }
        for (int from = 0; from < s.n; from += hidden) {
            double mean = 0, along = 0;
            for (int j = from; j < from + hidden; j++) {
                mean += da[j] / hidden;
                along += da[j] * normal[j] / hidden;
            }
            for (int j = from; j < from + hidden; j++) {
                da[j] = (da[j] - mean - along * normal[j]) / sigma[j];
            }
        }
    }

    /** â and, once for each unit, σ of every sequence. */
    private void normalise(double[] a, double[] normal, double[] sigma) {
        for (int from = 0; from < a.length; from += hidden) {
            double mean = 0, variance = EPSILON;
            for (int j = from; j < from + hidden; j++) {
                mean += a[j] / hidden;
            }
            for (int j = from; j < from + hidden; j++) {
                variance += (a[j] - mean) * (a[j] - mean) / hidden;
            }
            for (int j = from; j < from + hidden; j++) {
                sigma[j] = Math.sqrt(variance);
                normal[j] = (a[j] - mean) / sigma[j];
            }
        }
    }

    @Override
    public List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before) {
        SimpleMatrix normal = centred(a, before).elementMult(inverseSigma(centred(a, before)));
        return List.of(activation.of.apply(a.vector("gain").elementMult(normal).plus(a.vector("shift"))));
    }

    @Override
    public List<SimpleMatrix> adjoint(Gates a, List<SimpleMatrix> before, List<SimpleMatrix> dAfter) {
        SimpleMatrix inverse = inverseSigma(centred(a, before)),
                normal = centred(a, before).elementMult(inverse);
        SimpleMatrix dy =
                activation.back.apply(dAfter.get(0), formulas(a, before).get(0));
        a.backVector("gain", dy.elementMult(normal));
        a.backVector("shift", dy);
        SimpleMatrix d = dy.elementMult(a.vector("gain"));
        SimpleMatrix across = d.minus(mean(d)).minus(normal.elementMult(mean(d.elementMult(normal))));
        return List.of(a.back("h", before.get(0), across.elementMult(inverse)));
    }

    private SimpleMatrix centred(Gates a, List<SimpleMatrix> before) {
        SimpleMatrix a_h = a.of("h", before.get(0));
        return a_h.minus(mean(a_h));
    }

    private SimpleMatrix inverseSigma(SimpleMatrix c) { // e^{−½ ln σ²}, which is analytic
        SimpleMatrix epsilon = SimpleMatrix.ones(hidden, c.getNumCols()).scale(EPSILON);
        return exp(log(mean(c.elementMult(c)).plus(epsilon)).scale(-0.5));
    }

    /** The mean over units, H times. */
    private SimpleMatrix mean(SimpleMatrix A) {
        return SimpleMatrix.ones(hidden, hidden).mult(A).divide(hidden);
    }
}
