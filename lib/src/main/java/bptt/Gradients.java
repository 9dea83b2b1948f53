package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.math.Product;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * What a backward pass returns: the derivative of the loss L with respect to every parameter, input, state and
 * pre-activation. The gradient of the matrix named W has the name and the shape of W.
 */
public final class Gradients {
    /**
     * Steps over which a weight's gradient is one chain of fused multiply-adds. The chains of a longer pass are added
     * from the last to the first, the order in which {@link Segments} comes to them.
     */
    static final int BLOCK = 2048;

    private final Trace trace;

    /** One for each thread. */
    private final List<SequenceGradients> shares;

    /** ∂L/∂a by stage: row (t−1)B + b, the gates of the stage side by side. */
    private final double[][][] da;

    /** Set by the pass. */
    private Parameters parameters;

    /**
     * Room for the backward passes of a trace.
     *
     * @param steps for how many steps states' and inputs' derivatives are kept: all T + 1, or 2 if only parameters' are
     *     wanted
     */
    private Gradients(Trace trace, int steps) {
        this.trace = trace;
        shares = trace.shares.stream()
                .map(share -> new SequenceGradients(trace.cell(), share, steps))
                .toList();
        da = new double[trace.cell().stages().size()][trace.capacity * trace.sequences()][];
    }

    /** The backward pass of a trace, in memory of its own. */
    static Gradients of(Trace trace, Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates) {
        return new Gradients(trace, trace.steps() + 1).backward(dOutputs, dStates);
    }

    /** The same for ∂L/∂(every parameter) alone, in the memory of an earlier one if there is one that fits. */
    static Gradients ofParameters(Trace trace, Map<Integer, SimpleMatrix> dOutputs, Gradients memory) {
        boolean fits = memory != null && memory.trace.shares == trace.shares;
        return (fits ? new Gradients(trace, memory) : new Gradients(trace, 2)).backward(dOutputs, Map.of());
    }

    /** One more backward pass, of a segment of a longer one, in the memory of an earlier one if there is one. */
    static Gradients ofSegment(Trace trace, Gradients memory) {
        return memory == null ? new Gradients(trace, 2) : new Gradients(trace, memory);
    }

    private Gradients(Trace trace, Gradients memory) {
        this.trace = trace;
        shares = memory.shares;
        da = memory.da;
    }

    private Gradients backward(Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates) {
        dStates.forEach((t, d) -> {
            trace.requireStep(t, 0);
            Require.given(d, "∂L/∂(state at t = " + t + ")", "a state");
            d.require(trace.cell(), trace.sequences(), "∂L/∂(state at t = " + t + ")");
        });
        Parameters readout = readout(dOutputs);
        shares.forEach(SequenceGradients::clear);
        back(direct(dOutputs, dStates), true);
        parameters = parameters(readout, weights(null));
        return this;
    }

    /**
     * The way back through all steps.
     *
     * @param vectors whether the cell's vectors gain from these steps
     */
    void back(Map<Integer, State> direct, boolean vectors) {
        Parameters p = trace.parameters();
        double[][][] weights = Weights.backward(p, true);
        Overflow.first(Comparator.reverseOrder(), shares.size(), i -> shares.get(i)
                .backward(p, weights, trace.steps(), trace.sequences(), direct, da, vectors));
    }

    /**
     * Puts the gradients together.
     *
     * @param gradients those of the readout
     * @param dW by {@link #weights(double[][][])}
     */
    Parameters parameters(Parameters gradients, double[][][] dW) {
        Cell cell = trace.cell();
        List<String> vectors = cell.vectors();
        for (int v = 0; v < vectors.size(); v++) {
            int number = v;
            gradients = gradients.with(
                    vectors.get(v),
                    shares.stream()
                            .flatMap(share -> share.vector(number))
                            .map(SimpleMatrix::new)
                            .reduce(SimpleMatrix::plus)
                            .orElseThrow());
        }
        for (int stage = 0; stage < da.length; stage++) {
            List<String> gates = cell.stages().get(stage);
            for (int q = 0; q < gates.size(); q++) {
                for (double[] row : dW[stage]) {
                    String what = "∂L/∂(weights of gate " + gates.get(q) + ")";
                    Overflow.check(row, q * cell.hidden(), (q + 1) * cell.hidden(), what, -1);
                }
            }
            gradients = Weights.unpack(gradients, stage, dW[stage]);
        }
        return gradients;
    }

    /** Zero gradients but for the readout's: ∂L/∂W_hy = Σ_t ∂L/∂o_t h_tᵀ, ∂L/∂b_y = Σ_t ∂L/∂o_t. */
    private Parameters readout(Map<Integer, SimpleMatrix> dOutputs) {
        int O = trace.parameters().outputs(), B = trace.sequences();
        Parameters zeros = Parameters.zeros(trace.cell(), O);
        if (dOutputs.isEmpty()) {
            return zeros;
        }
        if (O == 0) {
            throw new IllegalArgumentException("∂L/∂o: expected none, for this network has no readout");
        }
        Readout sum = new Readout(zeros);
        for (var output : new TreeMap<>(dOutputs).entrySet()) {
            int t = output.getKey();
            SimpleMatrix do_t = output.getValue();
            trace.requireStep(t, 1);
            Require.shape(do_t, O, B, "∂L/∂o at t = " + t);
            Require.finite(do_t, "∂L/∂o at t = " + t);
            sum.add(do_t, trace.h(t));
        }
        return sum.gradients();
    }

    /** ∂L/∂W_hy = Σ_t ∂L/∂o_t h_tᵀ and ∂L/∂b_y = Σ_t ∂L/∂o_t, t ascending. */
    static final class Readout {
        private final Parameters zeros;
        private SimpleMatrix dW_hy, db_y;

        Readout(Parameters zeros) {
            this.zeros = zeros;
            dW_hy = zeros.get("W_hy");
            db_y = zeros.get("b_y");
        }

        void add(SimpleMatrix do_t, SimpleMatrix h_t) {
            dW_hy = dW_hy.plus(do_t.mult(h_t.transpose()));
            db_y = db_y.plus(do_t.mult(SimpleMatrix.ones(do_t.getNumCols(), 1)));
        }

        /** Zero but for the readout's. */
        Parameters gradients() {
            Overflow.check(Require.values(dW_hy), "∂L/∂W_hy", -1);
            return zeros.with("W_hy", dW_hy).with("b_y", db_y);
        }
    }

    /** ∂L/∂(state at t), direct dependence only: what is given, and W_hyᵀ ∂L/∂o_t. */
    private Map<Integer, State> direct(Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates) {
        Map<Integer, State> direct = new HashMap<>(dStates);
        dOutputs.forEach((t, do_t) -> {
            SimpleMatrix dh = trace.parameters().get("W_hy").transpose().mult(do_t);
            direct.merge(t, State.zero(trace.cell(), trace.sequences()).plusH(dh), (given, own) -> given.plusH(dh));
        });
        return direct;
    }

    /**
     * The gradients of the weights by stage: one row for each column of [u | x | 1], Σ_t Σ_b of it times ∂L/∂a.
     *
     * @param later those of later steps, changed; null for none
     */
    double[][][] weights(double[][][] later) {
        int T = trace.steps();
        for (int from = (T - 1) / BLOCK * BLOCK; from >= 0; from -= BLOCK) {
            later = sum(later, addWeights(noWeights(), from, Math.min(T, from + BLOCK)));
        }
        return later;
    }

    double[][][] noWeights() {
        Cell cell = trace.cell();
        int columns = Weights.seen(cell) + cell.inputs() + 1;
        return cell.stages().stream()
                .map(gates -> new double[columns][gates.size() * cell.hidden()])
                .toArray(double[][][]::new);
    }

    /** Goes on with the chains of {@code dW} from step {@code from} + 1 to step {@code to}. */
    double[][][] addWeights(double[][][] dW, int from, int to) {
        for (int stage = 0; stage < dW.length; stage++) {
            int B = trace.sequences();
            Product.addTransposed(dW[stage], inputs(stage), da[stage], from * B, to * B);
        }
        return dW;
    }

    /** a ← a + b, or b if there is no a. */
    static double[][][] sum(double[][][] a, double[][][] b) {
        if (a == null) {
            return b;
        }
        for (int stage = 0; stage < a.length; stage++) {
            for (int k = 0; k < a[stage].length; k++) {
                double[] row = a[stage][k];
                for (int j = 0; j < row.length; j++) {
                    row[j] += b[stage][k][j];
                }
            }
        }
        return a;
    }

    /** All rows [u | x_t | 1] of a stage, row (t − 1)B + b. */
    private Product.Transposed inputs(int stage) {
        int B = trace.sequences(),
                ones = Weights.seen(trace.cell()) + trace.cell().inputs();
        return (at, from, to, r, count) -> {
            for (int i = 0; i < count; ) {
                int t = (r + i) / B + 1, b = (r + i) % B;
                Sequences share = trace.share(b);
                int some = Math.min(share.first + share.count - b, count - i);
                share.columns(stage, t, b, some, at, from, to, i);
                i += some;
            }
            if (to > ones) {
                Arrays.fill(at[ones - from], 0, count, 1);
            }
        };
    }

    private SimpleMatrix matrix(int n, Function<SequenceGradients, double[]> numbers) {
        SimpleMatrix m = new SimpleMatrix(n, trace.sequences());
        shares.forEach(share -> share.forward.copy(numbers.apply(share), m));
        return m;
    }

    /**
     * The derivative with respect to anything that went in, by its name: a parameter ({@code W_hf}), summed over steps
     * and sequences; an input ({@code x_3}); a state ({@code h_0}, {@code C_0}).
     *
     * @param name as {@code bptt.check.Reference} has it
     * @return the shape of what it is with respect to
     */
    public SimpleMatrix get(String name) {
        int cut = name.lastIndexOf('_') + 1,
                part = trace.cell().states().indexOf(name.substring(0, Math.max(0, cut - 1)));
        if (!name.substring(cut).matches("\\d{1,9}")) {
            return parameters.get(name);
        }
        int t = Integer.parseInt(name.substring(cut));
        return name.startsWith("x_") ? x(t) : part >= 0 ? state(t).parts().get(part) : parameters.get(name);
    }

    /**
     * All parameter gradients under the parameters' names.
     *
     * @return ∂L/∂(every parameter)
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * ∂L/∂x_t.
     *
     * @param t 1 … T
     * @return I×B
     */
    public SimpleMatrix x(int t) {
        trace.requireStep(t, 1);
        return matrix(trace.cell().inputs(), share -> share.x(t));
    }

    /**
     * ∂L/∂(state at t): the total derivative, through this step's output and through all later steps.
     *
     * <p>An LSTM's h_t and C_t are taken as two independent inputs of the steps after t: ∂L/∂h_t holds C_t fixed and
     * the other way round, at every t as at t = 0.
     *
     * @param t 0 … T
     * @return ∂L/∂h_t, and ∂L/∂C_t for an LSTM, each H×B
     */
    public State state(int t) {
        trace.requireStep(t, 0);
        Cell cell = trace.cell();
        return new State(IntStream.range(0, cell.states().size())
                .mapToObj(s -> matrix(cell.hidden(), share -> share.state(s, t)))
                .toList());
    }

    /**
     * ∂L/∂h_t.
     *
     * @param t 0 … T
     * @return H×B
     * @see #state(int)
     */
    public SimpleMatrix h(int t) {
        return state(t).h();
    }

    /**
     * ∂L/∂C_t with h_t held fixed.
     *
     * @param t 0 … T
     * @return H×B
     * @see #state(int)
     */
    public SimpleMatrix C(int t) {
        return state(t).C();
    }

    /**
     * ∂L/∂a_t of one gate: the error term with respect to its pre-activation.
     *
     * @param gate for example {@code f}; {@code h} for an {@link bptt.cell.Rnn}
     * @param t 1 … T
     * @return H×B
     */
    public SimpleMatrix a(String gate, int t) {
        trace.requireStep(t, 1);
        Cell cell = trace.cell();
        int q = Trace.number(cell, gate), stage = 0, B = trace.sequences(), H = cell.hidden();
        while (q >= cell.stages().get(stage).size()) {
            q -= cell.stages().get(stage++).size();
        }
        SimpleMatrix d = new SimpleMatrix(H, B);
        for (int b = 0; b < B; b++) {
            for (int j = 0; j < H; j++) {
                d.set(j, b, da[stage][(t - 1) * B + b][q * H + j]);
            }
        }
        return d;
    }
}
