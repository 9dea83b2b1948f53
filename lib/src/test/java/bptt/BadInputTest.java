package bptt;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.cell.Draw;
import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.check.Derivatives;
import bptt.check.Reference;
import bptt.flow.Decay;
import bptt.flow.Jacobians;
import bptt.flow.Norm;
import bptt.flow.Spectrum;
import bptt.math.Numbers;
import bptt.math.Parallel;
import bptt.train.Digits;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Bad input gets one sentence: what was expected, what came, and where. */
class BadInputTest {
    private final Parameters p = Init.uniform(Rnn.tanh(2, 3), 1, new Random(1));
    private final List<SimpleMatrix> x = Cases.sequence(4, 2, 5, new Random(2));
    private final Trace trace = Bptt.forward(p, x);

    private static void refused(String message, Executable call) {
        RuntimeException e = assertThrows(RuntimeException.class, call);
        assertEquals(message, e.getMessage());
    }

    private List<SimpleMatrix> withStep(int t, SimpleMatrix x_t) {
        List<SimpleMatrix> changed = new ArrayList<>(x);
        changed.set(t - 1, x_t);
        return changed;
    }

    @Test
    void inputs() {
        refused("x at t = 3: expected 2×5, got 3×5", () -> Bptt.forward(p, withStep(3, new SimpleMatrix(3, 5))));
        refused("x at t = 2: expected 2×5, got 2×4", () -> Bptt.forward(p, withStep(2, new SimpleMatrix(2, 4))));
        refused("x: expected at least one step, got T = 0", () -> Bptt.forward(p, List.of()));
        refused(
                "x at t = 1: expected at least one sequence, got B = 0",
                () -> Bptt.forward(p, List.of(new SimpleMatrix(2, 0))));
        SimpleMatrix nan = x.get(3).copy();
        nan.set(1, 2, Double.NaN);
        refused(
                "x at t = 4: expected finite numbers, got NaN in row 1, column 2",
                () -> Bptt.forward(p, withStep(4, nan)));
    }

    @Test
    void aTraceThatDoesNotFitTheHeap() {
        List<SimpleMatrix> endless = Collections.nCopies(3_000_000, new SimpleMatrix(2, 1));
        Parameters wide = Parameters.zeros(new Lstm(2, 2000), 0);
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        // 2 inputs, h, C and 4 gates of 2000: 12002 numbers per step
        refused(
                Numbers.format(
                        "a trace of T = 3000000 steps, B = 1 sequences and H = 2000 units needs %d MB, "
                                + "and the heap has %d MB (java -Xmx)",
                        12002L * 8 * 3_000_000 >> 20, heap),
                () -> Bptt.forward(wide, endless));
    }

    @Test
    void states() {
        refused(
                "initial state: expected h, got 2 parts",
                () -> Bptt.forward(p, x, State.of(new SimpleMatrix(3, 5), new SimpleMatrix(3, 5))));
        refused(
                "initial state: expected h and C, got 1 part",
                () -> Bptt.forward(
                        Init.uniform(new Lstm(2, 3), 0, new Random(1)), x, State.of(new SimpleMatrix(3, 5))));
        refused("initial state, h: expected 3×5, got 3×1", () -> Bptt.forward(p, x, State.of(new SimpleMatrix(3, 1))));
        refused("this state has no C: only an LSTM's has", () -> trace.C(1));
    }

    @Test
    void parameters() {
        refused(
                "unknown parameter “W_hf”: expected one of W_xh, W_hh, b_h, W_hy, b_y",
                () -> p.with("W_hf", new SimpleMatrix(3, 3)));
        refused("W_hh: expected 3×3, got 2×2", () -> p.with("W_hh", new SimpleMatrix(2, 2)));
        SimpleMatrix infinite = SimpleMatrix.identity(3);
        infinite.set(0, 1, Double.POSITIVE_INFINITY);
        refused("W_hh: expected finite numbers, got Infinity in row 0, column 1", () -> p.with("W_hh", infinite));
        refused("expected at least 1 input and 1 unit, got I = 0, H = 3", () -> new Gru(0, 3));
        refused("outputs O: expected 0 (no readout) or more, got -1", () -> Parameters.zeros(new Gru(1, 3), -1));
        refused("gain: expected 0 or more and finite, got NaN", () -> Draw.gaussian(3, Double.NaN, new Random(1)));
    }

    @Test
    void losses() {
        refused("class of sequence 1: expected 0 … 2, got 3", () -> Loss.oneHot(3, 0, 3));
        refused("class of sequence 0: expected 0 … 2, got -1", () -> Loss.oneHot(3, -1));
        refused("classes: expected O ≥ 1 and at least one sequence, got O = 3, B = 0", () -> Loss.oneHot(3));
        refused("targets: expected at least one, got none", () -> Loss.meanSquared(Map.of()));
        refused(
                "target y: expected non-negative columns of sum 1, got another in column 1",
                () -> Loss.crossEntropy(new SimpleMatrix(2, 2, true, 1, 0.7, 0, 0.7)));
        refused(
                "target y at t = 4: expected 1×5, got 2×5",
                () -> Bptt.backward(trace, Loss.meanSquared(new SimpleMatrix(2, 5))));
        refused(
                "targets: expected one for each of T = 4 steps, got 3",
                () -> Bptt.backward(trace, Loss.meanSquared(Cases.sequence(3, 1, 5, new Random(1)))));
        refused(
                "targets: expected steps up to T = 4, got t = 9",
                () -> Bptt.backward(trace, Loss.meanSquared(Map.of(9, new SimpleMatrix(1, 5)))));
        Trace noReadout = Bptt.forward(Init.uniform(Rnn.tanh(2, 3), 0, new Random(1)), x);
        refused(
                "a loss needs a readout, but this network has O = 0",
                () -> Bptt.backward(noReadout, Loss.meanSquared(new SimpleMatrix(1, 5))));
    }

    @Test
    void backward() {
        refused(
                "∂L/∂(state at t = 4), h: expected 3×5, got 3×4",
                () -> Bptt.backward(trace, State.of(new SimpleMatrix(3, 4))));
        refused(
                "∂L/∂o at t = 2: expected 1×5, got 5×1",
                () -> Bptt.backward(trace, Map.of(2, new SimpleMatrix(5, 1)), Map.of()));
        refused("t: expected 1 … 4, got 7", () -> Bptt.backward(trace, Map.of(7, new SimpleMatrix(1, 5)), Map.of()));
        refused("t: expected 0 … 4, got 5", () -> trace.h(5));
        refused("unknown gate “f”: expected one of h", () -> trace.gate("f", 1));
    }

    @Test
    void overflowNamesTheQuantityAndTheStepWhereItBegan() {
        Parameters linear = Parameters.zeros(new Rnn(1, 1, Rnn.Activation.IDENTITY), 0)
                .with("W_hh", new SimpleMatrix(new double[][] {{1e100}}));
        List<SimpleMatrix> zeros =
                Stream.generate(() -> new SimpleMatrix(1, 1)).limit(6).toList();
        SimpleMatrix one = SimpleMatrix.ones(1, 1);
        refused("h at t = 4 is Infinity: the pass overflowed there", () -> Bptt.forward(linear, zeros, State.of(one)));
        Trace fromZero = Bptt.forward(linear, zeros);
        refused("∂L/∂h at t = 2 is Infinity: the pass overflowed there", () -> Bptt.backward(fromZero, State.of(one)));
    }

    @Test
    void overflowElsewhere() {
        SimpleMatrix huge = new SimpleMatrix(new double[][] {{1e200}});
        Parameters wide = Parameters.zeros(new Rnn(1, 1, Rnn.Activation.IDENTITY), 1)
                .with("W_xh", huge)
                .with("W_hy", huge);
        List<SimpleMatrix> one = List.of(SimpleMatrix.ones(1, 1));
        Trace big = Bptt.forward(wide, one);
        refused("o at t = 1 is Infinity: the pass overflowed there", () -> big.o(1));
        refused("∂L/∂x at t = 1 is Infinity: the pass overflowed there", () -> Bptt.backward(big, State.of(huge)));
        refused("∂L/∂W_hy is Infinity: the pass overflowed there", () -> Bptt.backward(big, Map.of(1, huge), Map.of()));
        Parameters narrow = wide.with("W_xh", SimpleMatrix.ones(1, 1));
        refused(
                "∂L/∂(weights of gate h) is Infinity: the pass overflowed there",
                () -> Bptt.backward(Bptt.forward(narrow, List.of(huge)), State.of(huge)));
    }

    /** In a unit, a sequence and a step that are not the first, and on threads that are not the caller's. */
    @Test
    void overflowIsFoundWhereverItIs() {
        int H = 64, T = 200; // enough work for every thread
        SimpleMatrix W = SimpleMatrix.identity(H), h_0 = new SimpleMatrix(H, 3);
        W.set(H - 1, H - 1, 1e100);
        h_0.set(0, 0, 1);
        h_0.set(H - 1, 2, 1);
        Parameters linear =
                Parameters.zeros(new Rnn(1, H, Rnn.Activation.IDENTITY), 0).with("W_hh", W);
        List<SimpleMatrix> zeros = Collections.nCopies(T, new SimpleMatrix(1, 3));
        refused("h at t = 4 is Infinity: the pass overflowed there", () -> Bptt.forward(linear, zeros, State.of(h_0)));
        Trace fromZero = Bptt.forward(linear, zeros);
        refused(
                "∂L/∂h at t = 196 is Infinity: the pass overflowed there",
                () -> Bptt.backward(fromZero, State.of(h_0)));
        StateGradients pass = new StateGradients(fromZero, 2, SimpleMatrix.identity(H), T);
        assertEquals(1e300, pass.rows(197).get(0).get(H - 1, H - 1), 1e288);
        for (int k : new int[] {190, 10}) { // it began before, and stays so
            refused("∂s_200/∂s_196 overflowed", () -> pass.rows(k));
        }
        refused(
                "seed 3",
                () -> Parallel.each(8, i -> {
                    if (i >= 3) {
                        throw new ArithmeticException("seed " + i);
                    }
                    return i;
                }));
    }

    @Test
    void targetsAndSeeds() {
        SimpleMatrix y = new SimpleMatrix(1, 5);
        refused("targets: expected steps t ≥ 1, got t = -1", () -> Loss.meanSquared(Map.of(-1, y)));
        refused("targets: expected steps t ≥ 1, got t = 0", () -> Loss.crossEntropy(Map.of(0, y)));
        refused(
                "target y at t = 2: expected finite numbers, got NaN in row 0, column 0",
                () -> Loss.meanSquared(Map.of(2, y.plus(Double.NaN))));
        refused("target y: expected O×B with O, B ≥ 1, got none", () -> Loss.meanSquared(new SimpleMatrix(0, 0)));
        refused(
                "target y: expected non-negative columns of sum 1, got another in column 0",
                () -> Loss.crossEntropy(new SimpleMatrix(2, 1, true, 1.5, -0.5)));
        refused(
                "target y: expected non-negative columns of sum 1, got another in column 0",
                () -> Loss.crossEntropy(new SimpleMatrix(2, 1, true, 0.5, 0.51)));
        refused(
                "targets: expected one for each of T = 4 steps, got 5",
                () -> Bptt.backward(
                        trace, Loss.crossEntropy(java.util.Collections.nCopies(5, SimpleMatrix.ones(1, 5)))));
        refused("t: expected 0 … 4, got 5", () -> Bptt.backward(trace, Map.of(), Map.of(5, State.zero(p.cell(), 5))));
        SimpleMatrix nan = new SimpleMatrix(3, 5).plus(Double.NaN);
        refused(
                "∂L/∂(state at t = 4), h: expected finite numbers, got NaN in row 0, column 0",
                () -> Bptt.backward(trace, State.of(nan)));
        refused(
                "∂L/∂o at t = 1: expected finite numbers, got NaN in row 0, column 0",
                () -> Bptt.backward(trace, Map.of(1, y.plus(Double.NaN)), Map.of()));
        Trace noReadout = Bptt.forward(Init.uniform(Rnn.tanh(2, 3), 0, new Random(1)), x);
        refused("this network has no readout: O = 0", () -> noReadout.o(1));
        refused(
                "∂L/∂o: expected none, for this network has no readout",
                () -> Bptt.backward(noReadout, Map.of(1, y), Map.of()));
        refused("state: expected h, or h and C, got nothing", State::of);
        refused(
                "x at t = 1: expected a matrix, got null",
                () -> Bptt.forward(p, java.util.Collections.singletonList(null)));
        refused("gain: expected 0 or more and finite, got Infinity", () -> Draw.orthogonal(2, 1 / 0.0, new Random(1)));
        refused("expected at least 1 input and 1 unit, got I = 2, H = 0", () -> new Lstm(2, 0));
        refused("expected at least 1 input and 1 unit, got I = 2, H = 0", () -> Rnn.relu(2, 0));
    }

    @Test
    void complexMatricesAreRefused() {
        SimpleMatrix z = p.get("W_hh");
        z.convertToComplex();
        refused("W_hh: expected real numbers, got a complex matrix", () -> p.with("W_hh", z));
    }

    /** What went in can be changed afterwards without changing what came out. */
    @Test
    void nothingIsShared() {
        SimpleMatrix y = new SimpleMatrix(1, 5), h_0 = new SimpleMatrix(3, 5);
        Loss loss = Loss.meanSquared(y);
        State start = State.of(h_0);
        double value = loss.value(trace);
        y.fill(9);
        h_0.fill(9);
        assertEquals(value, loss.value(trace));
        assertEquals(0, start.h().elementMaxAbs());
        p.asMap().get("W_hh").fill(9);
        assertEquals(
                p.get("W_hh").get(0),
                Init.uniform(Rnn.tanh(2, 3), 1, new Random(1)).get("W_hh").get(0));
    }

    @Test
    void nothing() {
        State zero = State.zero(p.cell(), 5);
        Loss loss = Loss.meanSquared(new SimpleMatrix(1, 5));
        refused("parameters: expected those of a network, got null", () -> Bptt.forward(null, x));
        refused("parameters: expected those of a network, got null", () -> Bptt.forward(null, x, zero));
        refused("x: expected x_1 … x_T, got null", () -> Bptt.forward(p, null));
        refused("x: expected x_1 … x_T, got null", () -> Bptt.forward(p, null, zero));
        refused("x at t = 2: expected 2×5, got null", () -> Bptt.forward(p, withStep(2, null)));
        refused("initial state: expected h, got null", () -> Bptt.forward(p, x, null));
        refused("loss: expected one, got null", () -> Bptt.backward(trace, (Loss) null));
        refused("∂L/∂(state at T): expected a state, got null", () -> Bptt.backward(trace, (State) null));
        refused("∂L/∂o: expected a map, empty for none, got null", () -> Bptt.backward(trace, null, Map.of()));
        refused("∂L/∂(state): expected a map, empty for none, got null", () -> Bptt.backward(trace, Map.of(), null));
        refused(
                "∂L/∂(state at t = 1): expected a state, got null",
                () -> Bptt.backward(trace, Map.of(), Collections.singletonMap(1, null)));
        refused(
                "∂L/∂o at t = 1: expected 1×5, got null",
                () -> Bptt.backward(trace, Collections.singletonMap(1, null), Map.of()));
        refused("trace: expected that of a forward pass, got null", () -> Bptt.backward(null, loss));
        refused("trace: expected that of a forward pass, got null", () -> Bptt.backward(null, zero));
        refused("trace: expected that of a forward pass, got null", () -> Bptt.backward(null, Map.of(), Map.of()));
        refused("trace: expected that of a forward pass, got null", () -> loss.value(null));
        refused("target y: expected O×B with O, B ≥ 1, got none", () -> Loss.meanSquared((SimpleMatrix) null));
        refused("target y: expected O×B with O, B ≥ 1, got none", () -> Loss.crossEntropy((SimpleMatrix) null));
        refused("targets: expected y_1 … y_T, got null", () -> Loss.meanSquared((List<SimpleMatrix>) null));
        refused(
                "targets: expected a map by step, got null",
                () -> Loss.crossEntropy((Map<Integer, SimpleMatrix>) null));
        refused("logits: expected O×B, got null", () -> Loss.softmax(null));
        refused("state: expected h, or h and C, each a matrix, got null", () -> State.of((SimpleMatrix) null));
        refused("state: expected h, or h and C, got null", () -> new State(null));
        for (Executable call :
                List.<Executable>of(() -> new Rnn(1, 2, null), () -> new bptt.cell.LayerNormRnn(1, 2, null))) {
            refused("activation: expected one of TANH, RELU, SIGMOID, IDENTITY, got null", call);
        }
        refused("cell: expected one, got null", () -> Parameters.zeros(null, 1));
        refused("cell: expected one, got null", () -> Init.uniform(null, 1, new Random(1)));
        refused("random: expected a source of randomness, got null", () -> Init.uniform(p.cell(), 1, null));
        refused("random: expected a source of randomness, got null", () -> Init.irnn(1, 2, 1, null));
    }

    /** What would have been a NaN, or an error of something inside. */
    @Test
    void numbersAndSequencesThatAreNone() {
        SimpleMatrix half = new SimpleMatrix(1, 1, true, 0.5);
        for (double o : new double[] {1 / 0.0, Double.NaN}) {
            refused(
                    "logits: expected finite numbers, got " + o + " in row 1, column 0",
                    () -> Loss.softmax(new SimpleMatrix(2, 1, true, 0.0, o)));
        }
        refused("step h: expected a positive number, got 0.0", () -> central(half, 0));
        refused("step h: expected a positive number, got Infinity", () -> central(half, 1 / 0.0));
        refused("step h: expected a positive number, got NaN", () -> central(half, Double.NaN));
        refused("step h: expected one that makes a difference to 0.5, got 1.0E-20", () -> central(half, 1e-20));
        refused(
                "step h: expected one that makes a difference to 1.0, got 1.7E308",
                () -> central(half.plus(0.5), 1.7e308));
        assertEquals(1, central(half, 1e-16).get(0)); // 0.5 + h is rounded to 0.5
        refused("where to differentiate: expected a matrix, got null", () -> central(null, 1e-6));
        for (List<SimpleMatrix> without : Arrays.asList(null, List.<SimpleMatrix>of())) {
            refused(
                    "inputs: expected one step or more, got none",
                    () -> Reference.of(Parameters.zeros(Rnn.tanh(1, 1), 0), without));
        }
        double[][] values = {{1, 2}, {3}};
        String some = "decay: expected positions and the values of a seed or more, got none";
        refused(some, () -> new Decay(null, values));
        refused(some, () -> new Decay(new double[2], null));
        refused(some, () -> new Decay(new double[2], new double[0][]));
        refused("decay: expected 2 values of each seed, got 1", () -> new Decay(new double[2], values));
        refused("decay: expected 1 values of each seed, got null", () -> new Decay(new double[1], new double[1][]));
        Trace none = null, one = Bptt.forward(Parameters.zeros(Rnn.tanh(1, 1), 0), List.of(half));
        for (Executable call : List.<Executable>of(
                () -> Jacobians.step(none, 0, 1),
                () -> Jacobians.toLast(none, 0),
                () -> Jacobians.product(none, 0, 1, 0),
                () -> Jacobians.cellState(none, 0, 1, half),
                () -> new StateGradients(none, 0, half, 1),
                () -> Decay.norms(none, new int[] {0}, Norm.SPECTRAL),
                () -> Spectrum.lyapunov(none, 0, 0, Progress.NONE))) {
            refused("trace: expected that of a forward pass, got null", call);
        }
        refused("progress: expected one, Progress.NONE for none, got null", () -> Spectrum.lyapunov(one, 0, 0, null));
        refused("distances: expected some, ascending, got null", () -> Decay.norms(one, null, Norm.SPECTRAL));
        refused("norm: expected one, such as Norm.SPECTRAL, got null", () -> Decay.norms(one, new int[] {0}, null));
        refused(
                "distances: expected some, ascending, got null",
                () -> Decay.ofState(1, null, Norm.SPECTRAL, random -> one));
        refused(
                "pass: expected one for a source of randomness, got null",
                () -> Decay.ofState(1, new int[] {0}, Norm.SPECTRAL, null));
        refused("positions: expected those of the values, got null", () -> Decay.overSeeds(1, null, random -> null));
        refused(
                "values: expected those for a source of randomness, got null",
                () -> Decay.overSeeds(1, new double[1], null));
        assertEquals(
                "expected 1 values that are numbers from each seed, got null",
                assertThrows(IllegalStateException.class, () -> Decay.overSeeds(1, new double[1], random -> null))
                        .getMessage());
        for (Norm norm : List.of(Norm.SPECTRAL, Norm.FROBENIUS)) {
            refused("matrix: expected a matrix, got null", () -> norm.of(null));
        }
        refused("matrix: expected a matrix, got null", () -> Spectrum.radius(null));
        refused("matrix: expected a matrix, got null", () -> Spectrum.eigenvalues(null));
        SimpleMatrix wide = new SimpleMatrix(2, 3);
        refused("matrix: expected 2×2, got 2×3", () -> Spectrum.radius(wide));
        refused("matrix: expected 2×2, got 2×3", () -> Spectrum.eigenvalues(wide));
        for (Executable call : List.<Executable>of(
                () -> Draw.uniform(1, 1, 0, 1, null),
                () -> Draw.uniform(2, 1, 1, 0, 1, null),
                () -> Draw.normal(1, 1, 1, null),
                () -> Draw.normal(2, 1, 1, 1, null),
                () -> Draw.gaussian(1, 1, null),
                () -> Draw.orthogonal(1, 1, null))) {
            refused("random: expected a source of randomness, got null", call);
        }
        refused("image: expected 0 … 1796, got 1797", () -> Digits.of(64, new int[] {0, 1797}, false));
        refused("image: expected 0 … 1796, got -1", () -> Digits.of(64, new int[] {-1}, false));
        assertEquals(1, Digits.of(64, new int[] {1796}, false).sequences());
    }

    private static SimpleMatrix central(SimpleMatrix a, double h) {
        return Derivatives.central(x -> x, a, h);
    }

    /** A sum whose parts overflow although it does not: found by both sides, where tanh would have made ±1 of it. */
    @Test
    void aPreActivationWhosePartsOverflow() {
        double big = 1.5e308;
        Parameters q = Parameters.zeros(Rnn.tanh(3, 2), 0)
                .with("W_xh", new SimpleMatrix(2, 3, true, 0.0, 0, 0, big, big, -2 * (big / 2)));
        List<SimpleMatrix> ones = List.of(new SimpleMatrix(3, 1), SimpleMatrix.ones(3, 1));
        Overflow found = assertThrows(Overflow.class, () -> Bptt.forward(q, ones));
        assertEquals("a_h at t = 2 is Infinity: the pass overflowed there", found.getMessage());
        assertEquals("a_h", found.what());
        assertEquals(2, found.t());
        refused("a_h at t = 2 is not finite: the pass overflowed there", () -> bptt.check.Reference.of(q, ones)
                .run());
        Parameters lstm =
                Parameters.zeros(new Lstm(3, 1), 0).with("W_xf", new SimpleMatrix(1, 3, true, -big, -big, big));
        refused("a_f at t = 1 is -Infinity: the pass overflowed there", () -> Bptt.forward(lstm, ones.subList(1, 2)));
        Parameters relu =
                Parameters.zeros(Rnn.relu(3, 1), 0).with("W_xh", new SimpleMatrix(1, 3, true, -big, -big, big));
        refused("a_h at t = 1 is -Infinity: the pass overflowed there", () -> Bptt.forward(relu, ones.subList(1, 2)));
    }

    /** Logits at the end of the range: a certain answer costs nothing, a wrong one more than there are doubles. */
    @Test
    void lossesAtTheEndOfTheRange() {
        Parameters q = Parameters.zeros(Rnn.tanh(1, 1), 2).with("b_y", new SimpleMatrix(2, 1, true, 1.7e308, -1.7e308));
        Trace far = Bptt.forward(q, List.of(SimpleMatrix.ones(1, 1)));
        assertEquals(0, Loss.crossEntropy(Loss.oneHot(2, 0)).value(far));
        Gradients g = Bptt.backward(far, Loss.crossEntropy(Loss.oneHot(2, 1)));
        assertEquals(1, g.get("b_y").get(0));
        assertEquals(-1, g.get("b_y").get(1));
        refused("L at t = 1 is Infinity: the pass overflowed there", () -> Loss.crossEntropy(Loss.oneHot(2, 1))
                .value(far));
        Loss squared = Loss.meanSquared(new SimpleMatrix(2, 1));
        refused("L at t = 1 is Infinity: the pass overflowed there", () -> squared.value(far));
        Loss opposite = Loss.meanSquared(new SimpleMatrix(2, 1, true, -1.7e308, 1.7e308));
        refused("∂L/∂o at t = 1 is Infinity: the pass overflowed there", () -> Bptt.backward(far, opposite));
    }

    /** A workspace is one thread's. */
    @Test
    void aWorkspaceOnTwoThreads() throws Exception {
        Workspace workspace = new Workspace();
        Loss loss = Loss.meanSquared(new SimpleMatrix(1, 5));
        refused("a backward pass needs a forward pass that succeeded", () -> workspace.backward(loss));
        workspace.forward(p, x, State.zero(p.cell(), 5));
        refused("loss: expected one, got null", () -> workspace.backward(null));
        ExecutorService other = Executors.newSingleThreadExecutor(task -> new Thread(task, "other"));
        try {
            String name = Thread.currentThread().getName(), rule = "workspace: expected one thread, got %s after %s: ";
            Throwable taken = assertThrows(ExecutionException.class, () -> other.submit(() -> workspace.backward(loss))
                            .get())
                    .getCause();
            assertEquals(Numbers.format(rule, "other", name) + "give each its own", taken.getMessage());
            CountDownLatch inside = new CountDownLatch(1), leave = new CountDownLatch(1);
            List<SimpleMatrix> slow = new AbstractList<>() { // a pass that is under way until it is let go
                        @Override
                        public SimpleMatrix get(int t) {
                            inside.countDown();
                            assertDoesNotThrow(() -> leave.await());
                            return x.get(t);
                        }

                        @Override
                        public int size() {
                            return x.size();
                        }
                    };
            Future<Trace> pass = other.submit(() -> workspace.forward(p, slow, State.zero(p.cell(), 5)));
            inside.await();
            refused(Numbers.format(rule, name, "other") + "give each its own", () -> workspace.backward(loss));
            leave.countDown();
            assertEquals(4, pass.get().steps());
            Parameters got = other.submit(() -> workspace.backward(loss)).get();
            Parameters want = Bptt.backward(trace, loss).parameters();
            assertTrue(got.get("W_hh").isIdentical(want.get("W_hh"), 0));
        } finally {
            other.shutdownNow();
        }
    }
}
