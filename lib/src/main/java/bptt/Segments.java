package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * A pass that keeps the states at the beginning of its segments, and computes the steps of a segment once more when it
 * comes back to it (Chen et al. 2016, “Training deep nets with sublinear memory cost”; Gruslys et al. 2016,
 * “Memory-efficient backpropagation through time”). A step is computed forward twice and backward once.
 *
 * <p>A gradient of the weights is a sum with t ascending over {@link Gradients#BLOCK} steps, and the way back comes to
 * them descending. So where a segment is shorter than that, the way back through a block notes ∂L/∂(state) at the
 * beginnings of its segments, and they are gone through once more with t ascending: forward three times and backward
 * twice.
 */
final class Segments {
    /** For the objects around the numbers of a row, a state. */
    private static final int HEADERS = 32, STATE = 256;

    private final Parameters p;
    private final List<SimpleMatrix> x;
    private final Loss loss;
    private final SortedMap<Integer, SimpleMatrix> targets;
    private final int T;

    /** Steps of a segment; either less than those of a block, or some whole blocks, or T. */
    private final int length;

    /** By first step of the segments so far. */
    private final Map<Integer, State> starts = new HashMap<>();

    /** Of the segment after {@link #from}, in the memory of all of them. */
    private Trace trace;

    private Gradients gradients;
    private int from = -1;

    private Segments(Parameters p, List<SimpleMatrix> x, Loss loss, SortedMap<Integer, SimpleMatrix> y, int length) {
        this.p = p;
        this.x = x;
        this.loss = loss;
        targets = y;
        T = x.size();
        this.length = length;
    }

    static Pass pass(Parameters p, List<SimpleMatrix> x, State start, Loss loss, long bytes) {
        Trace.require(p, x, start);
        Require.given(loss, "loss", "one");
        int T = x.size(), B = Trace.sequences(x);
        SortedMap<Integer, SimpleMatrix> y = loss.targets(T, p.outputs(), B);
        return new Segments(p, x, loss, y, length(p.cell(), T, B, y.size() > 1, bytes)).pass(start);
    }

    /** The longest segments that there is room for. */
    private static int length(Cell cell, int T, long B, boolean manyTargets, long bytes) {
        long state = 8 * B * cell.hidden() * cell.states().size() + STATE;
        long step = B
                        * (Trace.bytes(cell)
                                + 8L * cell.gates().size() * cell.hidden()
                                + HEADERS * cell.stages().size())
                + (manyTargets ? state : 0);
        IntToLongFunction need = n -> n * step + (n < T ? (T / n + Math.min(T, Gradients.BLOCK) / n + 2) * state : 0);
        int length = IntStream.iterate(T, n -> n > 0, n -> n - 1)
                .filter(n -> need.applyAsLong(n) <= bytes)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(Numbers.format(
                        "a pass of T = %d steps, B = %d sequences and H = %d units: expected at least %d bytes, got %d",
                        T,
                        B,
                        cell.hidden(),
                        IntStream.rangeClosed(1, T).mapToLong(need).min().orElseThrow(),
                        bytes)));
        return length == T || length < Gradients.BLOCK ? length : length - length % Gradients.BLOCK;
    }

    private Pass pass(State start) {
        State state = start, dState = null;
        double value = 0;
        Gradients.Readout readout = new Gradients.Readout(Parameters.zeros(p.cell(), p.outputs()));
        int group = Math.max(length, Gradients.BLOCK);
        List<List<Integer>> groups = new ArrayList<>();
        for (int first = 0; first < T; first += group) {
            groups.add(new ArrayList<>());
            for (int s = first; s < Math.min(T, first + group); s += length) {
                groups.get(groups.size() - 1).add(s);
                starts.put(s, state);
                forward(s);
                state = trace.state(trace.steps());
                for (var target : targets.subMap(s + 1, end(s) + 1).entrySet()) {
                    int t = target.getKey();
                    SimpleMatrix h_t = trace.h(t - s), o_t = Trace.readout(p, h_t, t);
                    value = loss.add(value, o_t, target.getValue(), t);
                    readout.add(loss.outputGradient(o_t, target.getValue(), t), h_t);
                }
            }
        }
        Parameters ofReadout = readout.gradients();
        double[][][] dW = null;
        for (int g = groups.size() - 1; g >= 0; g--) {
            List<Integer> segments = groups.get(g);
            Map<Integer, State> given = new HashMap<>();
            for (int i = segments.size() - 1; i >= 0; i--) {
                given.put(segments.get(i), dState == null ? State.zero(p.cell(), sequences()) : dState);
                dState = backward(segments.get(i), given.get(segments.get(i)), true);
            }
            if (segments.size() == 1) {
                dW = gradients.weights(dW);
            } else {
                double[][][] block = gradients.noWeights();
                for (int s : segments) {
                    if (s != from) {
                        backward(s, given.get(s), false);
                    }
                    gradients.addWeights(block, 0, end(s) - s);
                }
                dW = Gradients.sum(dW, block);
            }
        }
        return new Pass(value, state, gradients.parameters(ofReadout, dW), dState);
    }

    private int end(int s) {
        int block = length < Gradients.BLOCK ? (s / Gradients.BLOCK + 1) * Gradients.BLOCK : T;
        return Math.min(Math.min(T, block), s + length);
    }

    private int sequences() {
        return x.get(0).getNumCols();
    }

    /** The steps after s once more, if they are not the last ones that were computed. */
    private void forward(int s) {
        if (s != from) {
            from = s;
            trace = shifted(s, () -> Trace.of(p, x.subList(s, end(s)), starts.get(s), trace));
        }
    }

    /**
     * The way back through the steps after s.
     *
     * @param given ∂L/∂(state at the end) through all later steps
     * @return ∂L/∂(state at s)
     */
    private State backward(int s, State given, boolean vectors) {
        forward(s);
        Map<Integer, State> direct = new HashMap<>();
        int end = end(s);
        // What l_s adds to ∂L/∂h_s comes before what these steps add, as in one pass: so it belongs to them.
        targets.subMap(Math.max(1, s), end == T ? T + 1 : end).forEach((t, y_t) -> {
            SimpleMatrix o_t = Trace.readout(p, trace.h(t - s), t);
            SimpleMatrix dh = p.get("W_hy").transpose().mult(loss.outputGradient(o_t, y_t, t));
            direct.put(t - s, State.zero(p.cell(), sequences()).plusH(dh));
        });
        direct.putIfAbsent(end - s, given);
        gradients = Gradients.ofSegment(trace, gradients);
        return shifted(s, () -> {
            gradients.back(direct, vectors);
            return gradients.state(0);
        });
    }

    private static <T> T shifted(int steps, Supplier<T> part) {
        try {
            return part.get();
        } catch (Overflow e) {
            throw e.after(steps);
        }
    }
}
