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
        Parameters p = trace.parameters(), gradients = readout(dOutputs);
        Map<Integer, State> direct = direct(dOutputs, dStates);
        double[][][] weights = Weights.backward(p, true);
        Overflow.first(Comparator.reverseOrder(), shares.size(), i -> shares.get(i)
                .backward(p, weights, trace.steps(), trace.sequences(), direct, da));
        List<String> vectors = p.cell().vectors();
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
            gradients = Weights.unpack(gradients, stage, weights(stage));
        }
        parameters = gradients;
        return this;
    }

    /** Zero gradients but for the readout's: ∂L/∂W_hy = Σ_t ∂L/∂o_t h_tᵀ, ∂L/∂b_y = Σ_t ∂L/∂o_t. */
    private Parameters readout(Map<Integer, SimpleMatrix> dOutputs) {
        int O = trace.parameters().outputs(), B = trace.sequences();
        Parameters gradients = Parameters.zeros(trace.cell(), O);
        if (dOutputs.isEmpty()) {
            return gradients;
        }
        if (O == 0) {
            throw new IllegalArgumentException("∂L/∂o: expected none, for this network has no readout");
        }
        SimpleMatrix dW_hy = gradients.get("W_hy"), db_y = gradients.get("b_y");
        for (var output : new TreeMap<>(dOutputs).entrySet()) {
            int t = output.getKey();
            SimpleMatrix do_t = output.getValue();
            trace.requireStep(t, 1);
            Require.shape(do_t, O, B, "∂L/∂o at t = " + t);
            Require.finite(do_t, "∂L/∂o at t = " + t);
            dW_hy = dW_hy.plus(do_t.mult(trace.h(t).transpose()));
            db_y = db_y.plus(do_t.mult(SimpleMatrix.ones(B, 1)));
        }
        Overflow.check(Require.values(dW_hy), "∂L/∂W_hy", -1);
        return gradients.with("W_hy", dW_hy).with("b_y", db_y);
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

    /** The gradients of a stage's weights: one row for each column of [u | x | 1], Σ_t Σ_b of it times ∂L/∂a. */
    private double[][] weights(int stage) {
        Cell cell = trace.cell();
        int B = trace.sequences(), H = cell.hidden(), columns = Weights.seen(cell) + cell.inputs();
        List<String> gates = cell.stages().get(stage);
        Product.Transposed inputs = (to, r, n) -> {
            for (int i = 0; i < n; ) {
                int t = (r + i) / B + 1, b = (r + i) % B;
                Sequences share = trace.share(b);
                int some = Math.min(share.first + share.count - b, n - i);
                share.columns(stage, t, b, some, to, i);
                i += some;
            }
            Arrays.fill(to[columns], 0, n, 1);
        };
        double[][] dW = Product.ofTransposed(inputs, columns + 1, da[stage], trace.steps() * B, gates.size() * H);
        for (int q = 0; q < gates.size(); q++) {
            for (double[] row : dW) {
                Overflow.check(row, q * H, (q + 1) * H, "∂L/∂(weights of gate " + gates.get(q) + ")", -1);
            }
        }
        return dW;
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
