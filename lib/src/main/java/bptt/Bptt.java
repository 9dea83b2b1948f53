package bptt;

import bptt.cell.Cell;
import bptt.cell.Checks;
import bptt.cell.Parameters;
import bptt.cell.Step;
import bptt.math.Product;
import bptt.math.Split;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.ejml.simple.SimpleMatrix;

/**
 * Back-propagation through time, for every cell.
 *
 * <p>Forward, for t = 1 … T and each gate q: a_q = W_xq x_t + W_hq u + b_q, then the cell's step.
 * Backward, for t = T … 1: the cell turns ∂L/∂h_t into ∂L/∂a_q, and
 *
 * <pre>
 *    ∂L/∂h_{t−1} = (the cell's direct part) + Σ_q W_hqᵀ ∂L/∂a_q      ∂L/∂x_t = Σ_q W_xqᵀ ∂L/∂a_q
 *    ∂L/∂W_hq = Σ_t ∂L/∂a_q uᵀ       ∂L/∂W_xq = Σ_t ∂L/∂a_q x_tᵀ       ∂L/∂b_q = Σ_t ∂L/∂a_q
 * </pre>
 *
 * (Werbos 1990, “Backpropagation through time: what it does and how to do it”.)
 *
 * <p>The kinds of network are compositions of these two passes: one-to-one is T = 1; one-to-many
 * feeds x_1 and then zeros; many-to-one has its loss at the last step; many-to-many of equal length
 * at each step; many-to-many of another length is an encoder whose last state starts a decoder, and
 * whose backward pass starts from the decoder's {@code gradients.state(0)}.
 */
public final class Bptt {
    private Bptt() {}

    /**
     * Forward pass from the zero state.
     *
     * @param p parameters
     * @param x inputs x_1 … x_T, each I×B
     * @return what the backward pass needs
     * @throws IllegalArgumentException if T or B is 0, or an input has another shape or is not finite
     * @throws ArithmeticException if a state overflows; names the state and the first t
     */
    public static Trace forward(Parameters p, List<SimpleMatrix> x) {
        requireSteps(x);
        return forward(p, x, State.zero(p.cell(), x.get(0).getNumCols()));
    }

    /**
     * Forward pass.
     *
     * @param p parameters
     * @param x inputs x_1 … x_T, each I×B
     * @param start the state at t = 0
     * @return what the backward pass needs
     * @throws IllegalArgumentException if T or B is 0, or an input has another shape or is not finite
     * @throws ArithmeticException if a state overflows; names the state and the first t
     */
    public static Trace forward(Parameters p, List<SimpleMatrix> x, State start) {
        return new Pass().forward(p, x, start);
    }

    /** The same in the memory of an earlier pass, if that is there and fits. */
    static Trace forward(Trace memory, Parameters p, List<SimpleMatrix> x, State start) {
        requireSteps(x);
        Cell cell = p.cell();
        int T = x.size(), B = x.get(0).getNumCols(), H = cell.hidden(), I = cell.inputs();
        for (int t = 1; t <= T; t++) {
            Checks.shape(x.get(t - 1), I, B, "x at t = " + t);
            Checks.finite(x.get(t - 1), "x at t = " + t);
        }
        start.require(cell, B, "initial state");

        Trace trace = memory != null && memory.hasRoom(cell, T, B) ? memory : new Trace(cell, T, B);
        trace.parameters = p;
        trace.T = T;
        double[][][] weights = Weights.forward(p);
        List<Integer> overflows = Split.each(trace.cuts.length - 1, share -> forward(trace, weights, x, start, share));
        overflows.stream()
                .filter(t -> t > 0)
                .min(Integer::compare)
                .ifPresent(t -> requireNoOverflow(trace.state, trace, t, overflows.indexOf(t), ""));
        return trace;
    }

    /** The pass of one thread's share of the sequences. Returns the t at which a state overflowed, or 0. */
    private static int forward(Trace trace, double[][][] weights, List<SimpleMatrix> x, State start, int share) {
        Cell cell = trace.cell;
        int H = cell.hidden(), I = cell.inputs(), rows = trace.cuts[share + 1] - trace.cuts[share];
        Step step = new Step(cell, rows);
        double[][] input = new double[rows][H + I + 1]; // [u | x_t | 1]
        Product[] products = Arrays.stream(weights)
                .map(w -> new Product(w, w[0].length, rows))
                .toArray(Product[]::new);
        for (int s = 0; s < trace.state.length; s++) {
            trace.state[s].zeros(0, share);
            trace.state[s].add(0, share, start.parts().get(s));
        }
        for (int t = 1; t <= trace.T; t++) {
            trace.make(step, t, share);
            double[] x_t = trace.x.zeros(t, share);
            trace.x.add(t, share, x.get(t - 1));
            for (int r = 0; r < rows; r++) {
                System.arraycopy(x_t, r * I, input[r], H, I);
                input[r][H + I] = 1;
            }
            int q = 0;
            for (int stage = 0; stage < products.length; stage++) {
                int gates = cell.stages().get(stage).size();
                for (int r = 0; r < rows; r++) {
                    System.arraycopy(stage == 0 ? step.before[0] : step.u, r * H, input[r], 0, H);
                }
                double[][] a = products[stage].of(input, 0);
                for (int gate = 0; gate < gates; gate++, q++) {
                    for (int r = 0; r < rows; r++) {
                        System.arraycopy(a[r], gate * H, step.gate[q], r * H, H);
                    }
                }
                cell.forward(stage, step);
            }
            if (!areFinite(trace.state, t, share)) {
                return t;
            }
        }
        return 0;
    }

    /**
     * Backward pass of a loss on the outputs.
     *
     * @param trace a forward pass of a network with readout
     * @param loss the loss
     * @return all gradients
     * @throws IllegalArgumentException if the loss does not fit the trace
     * @throws ArithmeticException if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, Loss loss) {
        return backward(trace, loss.outputGradients(trace), Map.of());
    }

    /**
     * Backward pass from the last state, when L is a function of the state at T alone; for example of
     * an encoder, whose ∂L/∂(state at T) is the decoder's ∂L/∂(state at 0).
     *
     * @param trace a forward pass
     * @param dLast ∂L/∂(state at T)
     * @return all gradients
     * @throws IllegalArgumentException if dLast has another shape or is not finite
     * @throws ArithmeticException if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, State dLast) {
        return backward(trace, Map.of(), Map.of(trace.T, dLast));
    }

    /**
     * Backward pass of any loss, from its direct derivatives.
     *
     * @param trace a forward pass
     * @param dOutputs ∂L/∂o_t by t, each O×B, where the loss depends on o_t
     * @param dStates ∂L/∂(state at t) by t = 0 … T, direct dependence only, where there is any
     * @return all gradients
     * @throws IllegalArgumentException if a derivative has another shape, is not finite, or t is out
     *     of range
     * @throws ArithmeticException if a gradient overflows; names it and the t where it began
     */
    public static Gradients backward(Trace trace, Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates) {
        return backward(new Gradients(trace, trace.T + 1), dOutputs, dStates);
    }

    /** The same in the memory of an earlier pass of the same trace, which may keep states and inputs of two steps only. */
    static Gradients backward(Gradients memory, Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates) {
        Trace trace = memory.trace;
        Cell cell = trace.cell;
        int H = cell.hidden(), I = cell.inputs(), R = trace.T * trace.B;
        dStates.forEach((t, d) -> {
            trace.requireStep(t, 0);
            d.require(cell, trace.B, "∂L/∂(state at t = " + t + ")");
        });
        Parameters gradients = readoutGradients(trace, dOutputs);

        double[][][] weights = Weights.backward(trace.parameters, H + I);
        BiConsumer<Integer, Integer> direct = direct(trace, dOutputs, dStates, memory.state);
        List<Integer> overflows = Split.each(trace.cuts.length - 1, share -> backward(memory, weights, direct, share));
        overflows.stream()
                .filter(t -> t > 0)
                .max(Integer::compare)
                .ifPresent(t -> requireNoOverflow(memory, t, overflows.indexOf(t)));

        for (int stage = 0; stage < cell.stages().size(); stage++) {
            Series u = stage == 0 ? trace.state[0] : trace.u[0];
            int late = stage == 0 ? 0 : 1; // u of the first stage is h at t − 1
            int gates = cell.stages().get(stage).size();
            Product.Transposed inputs = (to, r, count) -> {
                for (int i = 0; i < count; ) {
                    int t = (r + i) / trace.B, b = (r + i) % trace.B, sequences = Math.min(trace.B - b, count - i);
                    u.read(t + late, b, sequences, to, 0, i);
                    trace.x.read(t + 1, b, sequences, to, H, i);
                    i += sequences;
                }
                Arrays.fill(to[H + I], 0, count, 1);
            };
            double[][] dW = Product.ofTransposed(inputs, H + I + 1, memory.gate[stage], R, gates * H);
            for (int q = 0; q < gates; q++) {
                for (double[] row : dW) {
                    Trace.requireNoOverflow(
                            row,
                            q * H,
                            (q + 1) * H,
                            "∂L/∂(weights of gate " + cell.stages().get(stage).get(q) + ")");
                }
            }
            gradients = Weights.unpack(gradients, stage, dW);
        }
        memory.parameters = gradients;
        return memory;
    }

    /** The pass of one thread's share of the sequences. Returns the step t in which it overflowed, T + 1 before the first, or 0. */
    private static int backward(
            Gradients memory, double[][][] weights, BiConsumer<Integer, Integer> direct, int share) {
        Trace trace = memory.trace;
        Series[] dState = memory.state;
        Cell cell = trace.cell;
        int H = cell.hidden(), first = trace.cuts[share], rows = trace.cuts[share + 1] - first;
        BackwardStep back = new BackwardStep(cell, weights, 1, rows, H + cell.inputs());
        direct.accept(trace.T, share);
        if (!areFinite(dState, trace.T, share)) {
            return trace.T + 1;
        }
        for (int t = trace.T; t >= 1; t--) {
            int row = (t - 1) * trace.B + first, now = t;
            for (int stage = 0; stage < memory.gate.length; stage++) {
                for (int r = 0; r < rows; r++) {
                    memory.makeRow(stage, row + r);
                }
            }
            direct.accept(t - 1, share);
            trace.view(back.step, t, share);
            back.run(memory.gate, row, memory.x.make(t, share), (step, group) -> {
                for (int s = 0; s < dState.length; s++) {
                    step.dBefore[s] = dState[s].at(now - 1, share);
                    step.dAfter[s] = dState[s].at(now, share);
                }
            });
            if (!memory.x.isFinite(t, share) || !areFinite(dState, t - 1, share)) {
                return t;
            }
        }
        return 0;
    }

    /** What makes ∂L/∂(state at t) of one share, and sets it to the direct derivatives: W_hyᵀ ∂L/∂o_t and those given. */
    private static BiConsumer<Integer, Integer> direct(
            Trace trace, Map<Integer, SimpleMatrix> dOutputs, Map<Integer, State> dStates, Series[] dState) {
        SimpleMatrix W_yh =
                dOutputs.isEmpty() ? null : trace.parameters.get("W_hy").transpose();
        Map<Integer, SimpleMatrix> dh = new HashMap<>();
        dOutputs.forEach((t, do_t) -> dh.put(t, W_yh.mult(do_t)));
        return (t, share) -> {
            for (int s = 0; s < dState.length; s++) {
                dState[s].zeros(t, share);
                if (dStates.containsKey(t)) {
                    dState[s].add(t, share, dStates.get(t).parts().get(s));
                }
            }
            if (dh.containsKey(t)) {
                dState[0].add(t, share, dh.get(t));
            }
        };
    }

    /** Zero gradients but for the readout's: ∂L/∂W_hy = Σ_t ∂L/∂o_t h_tᵀ, ∂L/∂b_y = Σ_t ∂L/∂o_t. */
    private static Parameters readoutGradients(Trace trace, Map<Integer, SimpleMatrix> dOutputs) {
        int O = trace.parameters.outputs();
        Parameters gradients = Parameters.zeros(trace.cell, O);
        if (dOutputs.isEmpty()) {
            return gradients;
        }
        if (O == 0) {
            throw new IllegalArgumentException("∂L/∂o: expected none, for this network has no readout");
        }
        SimpleMatrix dW_hy = new SimpleMatrix(O, trace.cell.hidden());
        SimpleMatrix db_y = new SimpleMatrix(O, 1);
        for (var output : new TreeMap<>(dOutputs).entrySet()) {
            int t = output.getKey();
            SimpleMatrix do_t = output.getValue();
            trace.requireStep(t, 1);
            Checks.shape(do_t, O, trace.B, "∂L/∂o at t = " + t);
            Checks.finite(do_t, "∂L/∂o at t = " + t);
            dW_hy = dW_hy.plus(do_t.mult(trace.h(t).transpose()));
            db_y = db_y.plus(do_t.mult(SimpleMatrix.ones(trace.B, 1)));
        }
        Trace.requireNoOverflow(Checks.values(dW_hy), "∂L/∂W_hy");
        return gradients.with("W_hy", dW_hy).with("b_y", db_y);
    }

    private static void requireNoOverflow(Gradients memory, int t, int share) {
        if (t <= memory.trace.T) {
            Trace.requireNoOverflow(memory.x.at(t, share), "∂L/∂x at t = " + t);
        }
        requireNoOverflow(memory.state, memory.trace, t - 1, share, "∂L/∂");
    }

    private static void requireNoOverflow(Series[] state, Trace trace, int t, int share, String what) {
        for (int s = 0; s < state.length; s++) {
            Trace.requireNoOverflow(
                    state[s].at(t, share), what + trace.cell.states().get(s) + " at t = " + t);
        }
    }

    private static boolean areFinite(Series[] state, int t, int share) {
        for (Series part : state) {
            if (!part.isFinite(t, share)) {
                return false;
            }
        }
        return true;
    }

    private static void requireSteps(List<SimpleMatrix> x) {
        if (x.isEmpty()) {
            throw new IllegalArgumentException("x: expected at least one step, got T = 0");
        }
        if (x.get(0) == null) {
            throw new IllegalArgumentException("x at t = 1: expected a matrix, got null");
        }
        if (x.get(0).getNumCols() == 0) {
            throw new IllegalArgumentException("x at t = 1: expected at least one sequence, got B = 0");
        }
    }
}
