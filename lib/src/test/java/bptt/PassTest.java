package bptt;

import static bptt.Cases.B;
import static bptt.Cases.I;
import static bptt.Cases.O;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.cell.Cell;
import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pass in bounded memory against the whole one, bit by bit. */
class PassTest {
    private final Random random = new Random(1);

    private static void same(SimpleMatrix want, SimpleMatrix got, String what) {
        assertArrayEquals(bits(want), bits(got), what);
    }

    private static long[] bits(SimpleMatrix m) {
        return Arrays.stream(m.getDDRM().data)
                .mapToLong(Double::doubleToRawLongBits)
                .toArray();
    }

    private static void same(State want, State got, String what) {
        for (int s = 0; s < want.parts().size(); s++) {
            same(want.parts().get(s), got.parts().get(s), what);
        }
    }

    /** Every budget from a factor times the least on. */
    private static void asOne(Parameters p, List<SimpleMatrix> x, State start, Loss loss, double... factors) {
        Trace trace = Bptt.forward(p, x, start);
        Gradients want = Bptt.backward(trace, loss);
        long least = least(p, x, start, loss);
        for (double factor : factors) {
            Pass got = Bptt.pass(p, x, start, loss, (long) (factor * least));
            String what = p.cell() + ", T = " + x.size() + ", " + factor + " times the least, ";
            assertEquals(loss.value(trace), got.loss(), what + "loss");
            same(trace.state(x.size()), got.last(), what + "state at T");
            want.parameters()
                    .asMap()
                    .forEach((name, g) -> same(g, got.gradients().get(name), what + name));
            same(want.state(0), got.dStart(), what + "∂L/∂(state at 0)");
        }
    }

    private static long least(Parameters p, List<SimpleMatrix> x, State start, Loss loss) {
        String message = assertThrows(IllegalArgumentException.class, () -> Bptt.pass(p, x, start, loss, 1))
                .getMessage();
        String want = Numbers.format(
                "a pass of T = %d steps, B = %d sequences and H = %d units: expected at least (\\d+) bytes, got 1",
                x.size(), x.get(0).getNumCols(), p.cell().hidden());
        assertTrue(message.matches(want), message);
        return Long.parseLong(message.replaceAll(".* (\\d+) bytes.*", "$1"));
    }

    @ParameterizedTest
    @MethodSource("bptt.Cases#cells")
    void sameBits(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        State start = Cases.state(cell, B, random);
        for (int T : new int[] {1, 7, 40}) {
            List<SimpleMatrix> x = Cases.sequence(T, I, B, random), y = Cases.sequence(T, O, B, random);
            double[] factors = {1, 1.05, 1.3, 2, 4, 1000};
            asOne(p, x, start, Loss.meanSquared(y), factors);
            asOne(p, x, start, Loss.meanSquared(y.get(0)), factors);
            asOne(p, x, start, Loss.crossEntropy(Map.of((T + 1) / 2, Loss.oneHot(O, 0, 1, 2, 0, 1))), factors);
        }
    }

    /**
     * The least budget, counted by hand. A step of the simple network keeps x, h and ∂L/∂a, 1 + 2 + 2 numbers, and
     * the 32 bytes of a row; a state is 2 numbers and 256 bytes. Of 100 steps in segments of 26 there are 26 steps and
     * 3 + 3 + 2 states. The LSTM's step has x, h, C, four gates and their ∂L/∂a, 3 + 10 · 4 numbers, for each of two
     * sequences; with a loss at each step also a state, of 16 numbers. In segments of 2 there are 2 steps of 7 and 3 +
     * 3 + 2 states. Three steps of a GRU, of x, h, three gates, r ∘ h and three ∂L/∂a, 1 + 8 · 2 numbers, and two rows,
     * take less than any two states.
     */
    @Test
    void theLeastBudget() {
        Parameters simple = Init.uniform(Rnn.tanh(1, 2), 1, random), lstm = Init.uniform(new Lstm(3, 4), 1, random);
        List<SimpleMatrix> x = Cases.sequence(100, 1, 1, random), y = Cases.sequence(7, 1, 2, random);
        Loss last = Loss.meanSquared(new SimpleMatrix(1, 1)), each = Loss.meanSquared(y);
        long state = 2 * 8 + 256, step = 5 * 8 + 32;
        assertEquals(26 * step + 8 * state, least(simple, x, State.zero(simple.cell(), 1), last));
        state = 16 * 8 + 256;
        step = 2 * (43 * 8 + 32) + state;
        x = Cases.sequence(7, 3, 2, random);
        assertEquals(2 * step + 8 * state, least(lstm, x, State.zero(lstm.cell(), 2), each));
        Parameters gru = Init.uniform(new Gru(1, 2), 1, random);
        assertEquals(3 * (17 * 8 + 64), least(gru, Cases.sequence(3, 1, 1, random), State.zero(gru.cell(), 1), last));
    }

    /** Longer than a block of the gradients' sums, by some steps and by none. */
    @ParameterizedTest
    @MethodSource("bptt.Cases#cells")
    void sameBitsOfLongSequences(Cell cell) {
        Parameters p = Init.uniform(cell, 1, random);
        for (int T : new int[] {2 * Gradients.BLOCK, 3 * Gradients.BLOCK + 5}) {
            List<SimpleMatrix> x = Cases.sequence(T, I, 1, random);
            State start = State.zero(cell, 1);
            SimpleMatrix y = new SimpleMatrix(1, 1);
            // Segments shorter than a block, of one block, of two, all of it.
            asOne(p, x, start, Loss.meanSquared(y), 1, 2, 10, 20, 30, 1000);
            asOne(p, x, start, Loss.meanSquared(Map.of(1, y, Gradients.BLOCK, y, Gradients.BLOCK + 1, y)), 1, 15);
        }
    }

    /** Enough work for every thread. */
    @Test
    void sameBitsOnThreads() {
        Cell cell = new Lstm(I, 40);
        Parameters p = Init.uniform(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(90, I, 16, random), y = Cases.sequence(90, O, 16, random);
        asOne(p, x, Cases.state(cell, 16, random), Loss.meanSquared(y), 1, 2, 4);
    }

    /** The step of an overflow is that of the whole pass. */
    @Test
    void overflowsAreNamedAlike() {
        Parameters up = Parameters.zeros(new Rnn(1, 2, Rnn.Activation.IDENTITY), 1)
                .with("W_hh", new SimpleMatrix(2, 2, true, 1.2, 0.5, 0.6, 1.1))
                .with("W_hy", 1);
        List<SimpleMatrix> x = Collections.nCopies(2000, new SimpleMatrix(1, 1));
        State one = State.of(SimpleMatrix.ones(2, 1)), zero = State.zero(up.cell(), 1);
        Loss loss = Loss.meanSquared(SimpleMatrix.ones(1, 1));
        for (State start : List.of(one, zero)) { // on the way forward, on the way back
            Overflow want = assertThrows(Overflow.class, () -> Bptt.backward(Bptt.forward(up, x, start), loss));
            Overflow got = assertThrows(Overflow.class, () -> Bptt.pass(up, x, start, loss, 20_000));
            assertEquals(List.of(want.getMessage(), want.t()), List.of(got.getMessage(), got.t()));
        }
    }

    @Test
    void badInputIsRefusedBeforeAnythingIsComputed() {
        Parameters p = Parameters.zeros(Rnn.tanh(1, 2), 1);
        List<SimpleMatrix> x = List.of(new SimpleMatrix(1, 1), new SimpleMatrix(2, 1));
        Loss loss = Loss.meanSquared(new SimpleMatrix(1, 1));
        State zero = State.zero(p.cell(), 1);
        refused("x at t = 2: expected 1×1, got 2×1", () -> Bptt.pass(p, x, zero, loss, 1000));
        refused("loss: expected one, got null", () -> Bptt.pass(p, x.subList(0, 1), zero, null, 1000));
        List<SimpleMatrix> far = new ArrayList<>(Collections.nCopies(40, new SimpleMatrix(1, 1)));
        long bytes = least(p, far, zero, loss);
        far.set(29, new SimpleMatrix(2, 1));
        refused("x at t = 30: expected 1×1, got 2×1", () -> Bptt.pass(p, far, zero, loss, bytes));
        refused("initial state: expected h, got null", () -> Bptt.pass(p, x.subList(0, 1), null, loss, 1000));
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
