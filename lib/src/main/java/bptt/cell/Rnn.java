package bptt.cell;

import static bptt.cell.Elementwise.oneMinus;

import bptt.math.Functions;
import java.util.List;
import org.ejml.simple.SimpleMatrix;

/**
 * The simple (Elman) recurrent network: h_t = φ(a_t), a_t = W_xh x_t + W_hh h_{t−1} + b_h. Elman 1990, “Finding structure in
 * time”; with φ = ReLU and W_hh = I the IRNN of Le, Jaitly and Hinton 2015. Backwards: ∂L/∂a_t = ∂L/∂h_t ∘ φ′(a_t), and
 * ∂L/∂h_{t−1} = W_hhᵀ ∂L/∂a_t.
 *
 * @param inputs I
 * @param hidden H
 * @param activation φ
 */
public record Rnn(int inputs, int hidden, Activation activation) implements Cell {
    /** The element-wise function φ, with φ′ written in terms of h = φ(a). */
    public enum Activation {
        /** φ = tanh, φ′ = 1 − h². */
        TANH {
            @Override
            void apply(double[] a, int n) {
                Functions.tanh(a, n);
            }

            @Override
            void back(double[] da, double[] dh, double[] h, int n) {
                for (int j = 0; j < n; j++) {
                    da[j] = dh[j] * (1 - h[j] * h[j]);
                }
            }

            @Override
            SimpleMatrix of(SimpleMatrix a) {
                return Elementwise.tanh(a);
            }

            @Override
            SimpleMatrix back(SimpleMatrix dh, SimpleMatrix h) {
                return dh.elementMult(oneMinus(h.elementMult(h)));
            }
        },
        /** φ = max(a, 0), φ′ = 1 if a &gt; 0, otherwise 0 (at the kink a = 0 too). NaN stays NaN. */
        RELU {
            @Override
            void apply(double[] a, int n) {
                for (int j = 0; j < n; j++) {
                    a[j] = Math.max(a[j], 0);
                }
            }

            @Override
            void back(double[] da, double[] dh, double[] h, int n) {
                // φ′ without a branch, for C2 does not vectorise those: 1 for every h > 0, the smallest too. + 0
                // against −0.
                for (int j = 0; j < n; j++) {
                    da[j] = Math.fma(dh[j], Math.min(1, h[j] * 0x1p1000 * 0x1p1000), 0);
                }
            }

            @Override
            SimpleMatrix of(SimpleMatrix a) {
                return Elementwise.relu(a);
            }

            @Override
            SimpleMatrix back(SimpleMatrix dh, SimpleMatrix h) {
                return dh.elementMult(Elementwise.positive(h));
            }
        },
        /** φ = σ, φ′ = h (1 − h). */
        SIGMOID {
            @Override
            void apply(double[] a, int n) {
                Functions.sigmoid(a, n);
            }

            @Override
            void back(double[] da, double[] dh, double[] h, int n) {
                for (int j = 0; j < n; j++) {
                    da[j] = dh[j] * h[j] * (1 - h[j]);
                }
            }

            @Override
            SimpleMatrix of(SimpleMatrix a) {
                return Elementwise.sigmoid(a);
            }

            @Override
            SimpleMatrix back(SimpleMatrix dh, SimpleMatrix h) {
                return dh.elementMult(h).elementMult(oneMinus(h));
            }
        },
        /** φ(a) = a, φ′ = 1: the linear network. */
        IDENTITY {
            @Override
            void apply(double[] a, int n) {}

            @Override
            void back(double[] da, double[] dh, double[] h, int n) {
                for (int j = 0; j < n; j++) {
                    da[j] = dh[j];
                }
            }

            @Override
            SimpleMatrix of(SimpleMatrix a) {
                return a;
            }

            @Override
            SimpleMatrix back(SimpleMatrix dh, SimpleMatrix h) {
                return dh;
            }
        };

        abstract void apply(double[] a, int n);

        /** da ← dh ∘ φ′; the loop is in here because a call per element would cost more than the arithmetic. */
        abstract void back(double[] da, double[] dh, double[] h, int n);

        /** φ(a), of real or complex matrices. */
        abstract SimpleMatrix of(SimpleMatrix a);

        /** dh ∘ φ′, likewise. */
        abstract SimpleMatrix back(SimpleMatrix dh, SimpleMatrix h);
    }

    private static final List<List<String>> STAGES = List.of(List.of("h"));

    /** Require the sizes. */
    public Rnn {
        Require.sizes(inputs, hidden);
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
        activation.apply(s.gate[0], s.n);
    }

    @Override
    public void backward(int stage, Step s) {
        activation.back(s.dGate[0], s.dAfter[0], s.gate[0], s.n);
    }

    @Override
    public List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before) {
        return List.of(activation.of(a.of("h", before.get(0))));
    }

    @Override
    public List<SimpleMatrix> adjoint(Gates a, List<SimpleMatrix> before, List<SimpleMatrix> dAfter) {
        SimpleMatrix h = activation.of(a.of("h", before.get(0)));
        return List.of(a.back("h", before.get(0), activation.back(dAfter.get(0), h)));
    }
}
