package bptt.cell;

import static bptt.cell.Elementwise.oneMinus;

import bptt.math.Functions;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.ejml.simple.SimpleMatrix;

/**
 * The simple (Elman) recurrent network: h_t = φ(a_t), a_t = W_xh x_t + W_hh h_{t−1} + b_h. Elman 1990, “Finding
 * structure in time”; with φ = ReLU and W_hh = I the IRNN of Le, Jaitly and Hinton 2015. Backwards: ∂L/∂a_t = ∂L/∂h_t ∘
 * φ′(a_t), and ∂L/∂h_{t−1} = W_hhᵀ ∂L/∂a_t.
 *
 * @param inputs I
 * @param hidden H
 * @param activation φ
 */
public record Rnn(int inputs, int hidden, Activation activation) implements Cell {
    /** The element-wise function φ, with φ′ written in terms of h = φ(a). */
    public enum Activation {
        /** φ = tanh, φ′ = 1 − h². */
        TANH(
                Functions::tanh,
                (da, dh, h, n) -> {
                    for (int j = 0; j < n; j++) {
                        da[j] = dh[j] * (1 - h[j] * h[j]);
                    }
                },
                Elementwise::tanh,
                (dh, h) -> dh.elementMult(oneMinus(h.elementMult(h)))),
        /** φ = max(a, 0), φ′ = 1 if a &gt; 0, otherwise 0 (at the kink a = 0 too). NaN stays NaN. */
        RELU(
                (a, n) -> {
                    for (int j = 0; j < n; j++) {
                        a[j] = Math.max(a[j], 0);
                    }
                },
                (da, dh, h, n) -> {
                    // φ′ without a branch, for C2 does not vectorise those: 1 for every h > 0, the smallest too. + 0
                    // against −0.
                    for (int j = 0; j < n; j++) {
                        da[j] = Math.fma(dh[j], Math.min(1, h[j] * 0x1p1000 * 0x1p1000), 0);
                    }
                },
                Elementwise::relu,
                (dh, h) -> dh.elementMult(Elementwise.positive(h))),
        /** φ = σ, φ′ = h (1 − h). */
        SIGMOID(
                Functions::sigmoid,
                (da, dh, h, n) -> {
                    for (int j = 0; j < n; j++) {
                        da[j] = dh[j] * h[j] * (1 - h[j]);
                    }
                },
                Elementwise::sigmoid,
                (dh, h) -> dh.elementMult(h).elementMult(oneMinus(h))),
        /** φ(a) = a, φ′ = 1: the linear network. */
        IDENTITY((a, n) -> {}, (da, dh, h, n) -> System.arraycopy(dh, 0, da, 0, n), a -> a, (dh, h) -> dh);

        /**
         * a ← φ(a), the first n of them; the loop is in here because a call per element would cost more than the
         * arithmetic.
         */
        final Forward forward;

        /** da ← dh ∘ φ′. */
        final Backward backward;

        /** φ(a), of real or complex matrices. */
        final UnaryOperator<SimpleMatrix> of;

        /** dh ∘ φ′, likewise, from dh and h. */
        final BinaryOperator<SimpleMatrix> back;

        Activation(
                Forward forward, Backward backward, UnaryOperator<SimpleMatrix> of, BinaryOperator<SimpleMatrix> back) {
            this.forward = forward;
            this.backward = backward;
            this.of = of;
            this.back = back;
        }

        interface Forward {
            void apply(double[] a, int n);
        }

        interface Backward {
            void apply(double[] da, double[] dh, double[] h, int n);
        }
    }

    private static final List<List<String>> STAGES = List.of(List.of("h"));

    /** Require the sizes. */
    public Rnn {
        Require.sizes(inputs, hidden);
        Require.given(activation, "activation", "one of TANH, RELU, SIGMOID, IDENTITY");
    }

    /**
     * The network with φ = tanh.
     *
     * @param inputs I
     * @param hidden H
     * @return the cell
     */
    public static Rnn tanh(int inputs, int hidden) {
        return new Rnn(inputs, hidden, Activation.TANH);
    }

    /**
     * The network with φ = ReLU.
     *
     * @param inputs I
     * @param hidden H
     * @return the cell
     */
    public static Rnn relu(int inputs, int hidden) {
        return new Rnn(inputs, hidden, Activation.RELU);
    }

    @Override
    public List<List<String>> stages() {
        return STAGES;
    }

    @Override
    public int stateOf(int gate) {
        return 0;
    }

    @Override
    public void forward(int stage, Step s) {
        activation.forward.apply(s.gate[0], s.n);
    }

    @Override
    public void backward(int stage, Step s) {
        activation.backward.apply(s.dGate[0], s.dAfter[0], s.gate[0], s.n);
    }

    @Override
    public List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before) {
        return List.of(activation.of.apply(a.of("h", before.get(0))));
    }

    @Override
    public List<SimpleMatrix> adjoint(Gates a, List<SimpleMatrix> before, List<SimpleMatrix> dAfter) {
        SimpleMatrix h = activation.of.apply(a.of("h", before.get(0)));
        return List.of(a.back("h", before.get(0), activation.back.apply(dAfter.get(0), h)));
    }
}
