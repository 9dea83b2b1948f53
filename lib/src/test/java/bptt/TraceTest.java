package bptt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.cell.Cell;
import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.MinGru;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.math.Numbers;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a trace and its gradients refuse, and what they name. */
class TraceTest {
    private final Trace trace =
            Bptt.forward(Init.uniform(new Lstm(2, 3), 1, new Random(1)), Cases.sequence(4, 2, 5, new Random(2)));

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
    }

    @Test
    void steps() {
        Gradients g = Bptt.backward(trace, Loss.meanSquared(new SimpleMatrix(1, 5)));
        for (IntFunction<Object> from0 : List.<IntFunction<Object>>of(trace::state, trace::h, g::state, g::h, g::C)) {
            refused("t: expected 0 … 4, got -1", () -> from0.apply(-1));
            refused("t: expected 0 … 4, got 5", () -> from0.apply(5));
            from0.apply(0);
            from0.apply(4);
        }
        for (IntFunction<Object> from1 :
                List.<IntFunction<Object>>of(trace::o, t -> trace.gate("f", t), g::x, t -> g.a("f", t))) {
            refused("t: expected 1 … 4, got 0", () -> from1.apply(0));
            refused("t: expected 1 … 4, got 5", () -> from1.apply(5));
            from1.apply(1);
            from1.apply(4);
        }
    }

    /** A simple network keeps x and h, where its gate's value is; a GRU x, h, three gates and r ∘ h. */
    @Test
    void memoryOfOtherCells() {
        int T = 3_000_000, B = 2, H = 1000;
        List<SimpleMatrix> endless = Collections.nCopies(T, new SimpleMatrix(3, B));
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        record Case(Cell cell, long numbers) {}
        for (Case c : List.of(new Case(Rnn.tanh(3, H), H + 3), new Case(new Gru(3, H), 5 * H + 3))) {
            refused(
                    Numbers.format(
                            "a trace of T = %d steps, B = %d sequences and H = %d units needs %d MB, "
                                    + "and the heap has %d MB (java -Xmx)",
                            T, B, H, c.numbers() * 8 * T * B >> 20, heap),
                    () -> Bptt.forward(Parameters.zeros(c.cell(), 0), endless));
        }
    }

    /** A simple network of 1 input and 1023 units keeps 1024 numbers, 8192 bytes, for each step. */
    @Test
    void asLongAsTheHeapHasRoom() {
        Parameters p = Parameters.zeros(Rnn.tanh(1, 1023), 0);
        long heap = Runtime.getRuntime().maxMemory();
        int T = (int) (heap / 8192);
        SimpleMatrix wrong = new SimpleMatrix(2, 1); // looked at only if the trace fits
        refused("x at t = 1: expected 1×1, got 2×1", () -> Bptt.forward(p, Collections.nCopies(T, wrong)));
        refused(
                Numbers.format(
                        "a trace of T = %d steps, B = 1 sequences and H = 1023 units needs %d MB, "
                                + "and the heap has %d MB (java -Xmx)",
                        T + 1, (T + 1) * 8192L >> 20, heap >> 20),
                () -> Bptt.forward(p, Collections.nCopies(T + 1, wrong)));
    }

    /** Steps of sequences are counted in an int, on however large a heap. */
    @Test
    void moreStepsOfSequencesThanCanBeCounted() {
        Parameters p = Parameters.zeros(new MinGru(1, 100_000), 0);
        int most = Integer.MAX_VALUE, half = 1 << 30;
        refused(
                "expected T·B of at most 2147483647, got T = 1073741824 steps of B = 2 sequences",
                () -> Bptt.forward(p, Collections.nCopies(half, new SimpleMatrix(1, 2))));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Bptt.forward(p, Collections.nCopies(most, new SimpleMatrix(1, 1))))
                .getMessage();
        assertTrue(
                message.startsWith("a trace of T = 2147483647 steps, B = 1 sequences and H = 100000 units"), message);
    }

    /** The memory of a pass serves the next one of the same cell, batch and length or less, and no other. */
    @Test
    void aWorkspaceForOnePassAfterTheOther() {
        Workspace workspace = new Workspace();
        for (int[] size :
                new int[][] {{3, 5, 4}, {3, 5, 4}, {3, 5, 2}, {3, 5, 4}, {3, 5, 6}, {3, 2, 4}, {7, 2, 4}, {3, 6, 4}}) {
            Parameters p = Init.uniform(Rnn.tanh(2, size[0]), 1, new Random(1));
            List<SimpleMatrix> x = Cases.sequence(size[2], 2, size[1], new Random(2));
            State start = State.zero(p.cell(), size[1]);
            Trace got = workspace.forward(p, x, start), want = Bptt.forward(p, x, start);
            assertTrue(want.h(size[2]).isIdentical(got.h(size[2]), 0));
            Loss loss = Loss.meanSquared(new SimpleMatrix(1, size[1]));
            SimpleMatrix dW = workspace.backward(loss).get("W_hh");
            assertTrue(Bptt.backward(want, loss).get("W_hh").isIdentical(dW, 0));
        }
        Parameters small = Init.uniform(Rnn.tanh(2, 3), 0, new Random(1));
        List<SimpleMatrix> x = Cases.sequence(4, 2, 6, new Random(2));
        Trace first = workspace.forward(small, x, State.zero(small.cell(), 6));
        SimpleMatrix before = first.h(4);
        workspace.forward(small.with("b_h", 1), x, State.zero(small.cell(), 6));
        assertTrue(!before.isIdentical(first.h(4), 1e-3)); // the same memory, overwritten
    }

    private static Parameters linear(double w) {
        return Parameters.zeros(new Rnn(1, 1, Rnn.Activation.IDENTITY), 0).with("W_hh", w);
    }

    /** ∂L/∂h_2 = 1, ∂L/∂h_1 = 1e200, and ∂L/∂h_0 is no double any more. */
    @Test
    void anOverflowAtTheVeryBeginning() {
        Trace two = Bptt.forward(
                linear(1e200),
                Cases.sequence(2, 1, 1, new Random(1)).stream()
                        .map(x -> x.scale(0))
                        .toList());
        State one = State.of(SimpleMatrix.ones(1, 1));
        refused("∂L/∂h at t = 0 is Infinity: the pass overflowed there", () -> Bptt.backward(two, one));
        StateGradients pass = new StateGradients(two, 0, SimpleMatrix.identity(1), 2);
        refused("∂s_2/∂s_0 overflowed", () -> pass.rows(0));
        refused(
                "seeds: expected finite numbers, got NaN in row 0, column 0",
                () -> new StateGradients(two, 0, new SimpleMatrix(1, 1).plus(Double.NaN), 2));
    }

    /** ∂L/∂x_t = 1e308 at each of four steps: a workspace, which keeps few of them, does not add one to another. */
    @Test
    void largeInputGradientsInAWorkspace() {
        Parameters p = Parameters.zeros(new Rnn(1, 1, Rnn.Activation.IDENTITY), 1)
                .with("W_xh", 1e308)
                .with("W_hh", 1)
                .with("W_hy", 1);
        Workspace workspace = new Workspace();
        workspace.forward(p, Collections.nCopies(4, new SimpleMatrix(1, 1)), State.zero(p.cell(), 1));
        Parameters g = workspace.backward(Loss.meanSquared(SimpleMatrix.filled(1, 1, -0.5)));
        assertEquals(4, g.get("b_h").get(0));
    }

    /** Where n = h_0 = 0, nothing reaches z = ½; and ∂L/∂W_xn = ½ · 1e200 · 1e200. */
    @Test
    void theGateWhoseGradientOverflows() {
        Parameters zero = Parameters.zeros(new MinGru(1, 2), 0);
        Trace one = Bptt.forward(zero, List.of(new SimpleMatrix(1, 1, true, 1e200)));
        refused(
                "∂L/∂(weights of gate n) is Infinity: the pass overflowed there",
                () -> Bptt.backward(one, State.of(SimpleMatrix.filled(2, 1, 1e200))));
    }

    @Test
    void oneClass() {
        assertEquals(1, Loss.oneHot(1, 0).get(0));
    }
}
