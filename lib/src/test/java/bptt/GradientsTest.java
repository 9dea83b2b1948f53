package bptt;

import static bptt.Cases.B;
import static bptt.Cases.I;
import static bptt.Cases.O;
import static bptt.Cases.T;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.cell.Cell;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.check.Claim;
import bptt.check.Derivatives;
import bptt.check.Reference;
import bptt.math.Numbers;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every gradient of every cell against the complex step of formulas that share no code with the engine. */
class GradientsTest {
    private static final double BOUND = 1e-12;

    private final Random random = new Random(1);

    static List<Cell> cells() {
        return Cases.cells();
    }

    private static void agree(String what, SimpleMatrix got, SimpleMatrix want) {
        assertTrue(want.elementMaxAbs() > 0, what + " is zero: nothing is compared");
        double error = Claim.error(got, want);
        assertTrue(error <= BOUND, what + ": error " + error);
    }

    /** All that went in, against the complex step. */
    private static void agree(Gradients got, Reference in, Function<Map<String, SimpleMatrix>, SimpleMatrix> loss) {
        for (String name : in.names()) {
            agree("∂L/∂" + name, got.get(name), in.gradient(name, loss));
        }
    }

    /** What goes into a pass of a cell: W_x, W_h, b of each gate, the readout, the inputs and the initial state. */
    @ParameterizedTest
    @MethodSource("cells")
    void nothingIsLeftOut(Cell cell) {
        int perGate = cell.recurrent() ? 3 : 2;
        int want = perGate * cell.gates().size()
                + cell.vectors().size()
                + 2
                + T
                + cell.states().size();
        Reference in = Reference.of(Cases.parameters(cell, O, random), Cases.sequence(T, I, B, random));
        assertEquals(want, in.names().size());
    }

    private static SimpleMatrix sumOverSteps(Function<Integer, SimpleMatrix> loss) {
        SimpleMatrix sum = loss.apply(1);
        for (int t = 2; t <= T; t++) {
            sum = sum.plus(loss.apply(t));
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("cells")
    void squaredErrorAtEachStep(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(T, I, B, random), y = Cases.sequence(T, O, B, random);
        State start = Cases.state(cell, B, random);
        Trace trace = Bptt.forward(p, x, start);
        Reference in = Reference.of(p, x, start);
        Function<Map<String, SimpleMatrix>, SimpleMatrix> loss =
                out -> sumOverSteps(t -> Reference.meanSquared(out.get("o_" + t), y.get(t - 1)));

        assertEquals(loss.apply(in.run()).get(0), Loss.meanSquared(y).value(trace), 1e-12);
        agree(Bptt.backward(trace, Loss.meanSquared(y)), in, loss);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void crossEntropyAtTheLastStep(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(T, I, B, random);
        State start = Cases.state(cell, B, random);
        SimpleMatrix y = Loss.oneHot(O, 0, 2, 1, 1, 2);
        Trace trace = Bptt.forward(p, x, start);
        Reference in = Reference.of(p, x, start);
        Function<Map<String, SimpleMatrix>, SimpleMatrix> loss = out -> Reference.crossEntropy(out.get("o_" + T), y);

        assertEquals(loss.apply(in.run()).get(0), Loss.crossEntropy(y).value(trace), 1e-12);
        agree(Bptt.backward(trace, Loss.crossEntropy(y)), in, loss);
    }

    /** A loss at some steps of o, plus one on the states themselves. */
    @ParameterizedTest
    @MethodSource("cells")
    void anyLossByItsDirectDerivatives(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(T, I, B, random);
        State start = Cases.state(cell, B, random), seed = Cases.state(cell, B, random);
        SimpleMatrix c = Cases.matrix(O, B, random);
        Trace trace = Bptt.forward(p, x, start);
        Gradients got = Bptt.backward(trace, Map.of(T, c, 2, c), Map.of(3, seed, T, seed));
        agree(got, Reference.of(p, x, start), out -> {
            SimpleMatrix L =
                    Reference.sum(c.elementMult(out.get("o_" + T))).plus(Reference.sum(c.elementMult(out.get("o_2"))));
            for (int s = 0; s < cell.states().size(); s++) {
                String part = cell.states().get(s) + "_";
                SimpleMatrix w = seed.parts().get(s);
                L = L.plus(Reference.sum(w.elementMult(out.get(part + 3))))
                        .plus(Reference.sum(w.elementMult(out.get(part + T))));
            }
            return L;
        });
    }

    /** ∂L/∂(state at t) is what the rest of the sequence has as ∂L/∂(state at 0). */
    @ParameterizedTest
    @MethodSource("cells")
    void stateGradientInTheMiddle(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(T, I, B, random);
        SimpleMatrix y = Cases.matrix(O, B, random);
        Trace trace = Bptt.forward(p, x, Cases.state(cell, B, random));
        Gradients got = Bptt.backward(trace, Loss.meanSquared(y));
        int t = 2;
        Reference rest = Reference.of(p, x.subList(t, T), trace.state(t));
        for (int s = 0; s < cell.states().size(); s++) {
            String name = cell.states().get(s) + "_0";
            SimpleMatrix want = rest.gradient(name, out -> Reference.meanSquared(out.get("o_" + (T - t)), y));
            agree("∂L/∂state at " + t, got.state(t).parts().get(s), want);
        }
    }

    /** A bias enters a_t with factor 1, so ∂L/∂a summed over steps and sequences is ∂L/∂b. */
    @ParameterizedTest
    @MethodSource("cells")
    void preActivationGradients(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        Trace trace = Bptt.forward(p, Cases.sequence(T, I, B, random), Cases.state(cell, B, random));
        Gradients got = Bptt.backward(trace, Loss.meanSquared(Cases.matrix(O, B, random)));
        for (String q : cell.gates()) {
            SimpleMatrix sum = new SimpleMatrix(Cases.H, B);
            for (int t = 1; t <= T; t++) {
                sum = sum.plus(got.a(q, t));
            }
            agree("Σ ∂L/∂a_" + q, sum.mult(SimpleMatrix.ones(B, 1)), got.get("b_" + q));
        }
    }

    /** Numbers from finite differences of the library's own forward pass, for those who trust no complex number. */
    @ParameterizedTest
    @MethodSource("cells")
    void centralDifference(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(T, I, B, random), y = Cases.sequence(T, O, B, random);
        Loss loss = Loss.meanSquared(y);
        Gradients got = Bptt.backward(Bptt.forward(p, x), loss);
        String name = (cell.recurrent() ? "W_h" : "W_x") + cell.gates().get(0);
        SimpleMatrix want = Derivatives.gradient(
                Derivatives.central(
                        W -> new SimpleMatrix(new double[][] {{loss.value(Bptt.forward(p.with(name, W), x))}}),
                        p.get(name),
                        6e-6),
                p.get(name));
        double error = Claim.error(got.get(name), want);
        assertTrue(error <= 1e-8, "error " + error); // h² + ε/h with h = 6e-6, both about 4e-11, times the curvature
    }

    @ParameterizedTest
    @MethodSource("cells")
    void forwardAgreesWithTheFormulas(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(T, I, B, random);
        State start = Cases.state(cell, B, random);
        Trace trace = Bptt.forward(p, x, start);
        Map<String, SimpleMatrix> want = Reference.of(p, x, start).run();
        for (int t = 1; t <= T; t++) {
            agree("h_" + t, trace.h(t), want.get("h_" + t));
            agree("o_" + t, trace.o(t), want.get("o_" + t));
            if (cell.states().contains("C")) {
                agree("C_" + t, trace.C(t), want.get("C_" + t));
            }
        }
    }

    /** The five kinds are compositions of the two passes. */
    @ParameterizedTest
    @MethodSource("cells")
    void encoderAndDecoder(Cell cell) {
        Parameters encoder = Cases.parameters(cell, 0, random), decoder = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(4, I, B, random), z = Cases.sequence(3, I, B, random);
        SimpleMatrix y = Cases.matrix(O, B, random);
        Trace reading = Bptt.forward(encoder, x);
        Gradients writing = Bptt.backward(Bptt.forward(decoder, z, reading.state(4)), Loss.meanSquared(y));
        Gradients got = Bptt.backward(reading, writing.state(0));

        Reference first = Reference.of(encoder, x);
        for (String name : encoder.names()) {
            SimpleMatrix want = first.gradient(name, read -> {
                Reference second = Reference.of(decoder, z);
                for (String part : cell.states()) {
                    second = second.with(part + "_0", read.get(part + "_4"));
                }
                return Reference.meanSquared(second.run().get("o_3"), y);
            });
            agree(name + " of the encoder", got.get(name), want);
        }
    }

    @Test
    void oneToManyFeedsZerosAfterTheFirstStep() {
        Cell cell = Rnn.tanh(I, Cases.H);
        Parameters p = Cases.parameters(cell, O, random);
        SimpleMatrix x_1 = Cases.matrix(I, B, random), zero = new SimpleMatrix(I, B);
        List<SimpleMatrix> x = List.of(x_1, zero, zero, zero, zero, zero), y = Cases.sequence(T, O, B, random);
        State start = Cases.state(cell, B, random);
        Gradients got = Bptt.backward(Bptt.forward(p, x, start), Loss.meanSquared(y));
        agree(
                got,
                Reference.of(p, x, start),
                out -> sumOverSteps(t -> Reference.meanSquared(out.get("o_" + t), y.get(t - 1))));
    }

    @Test
    void oneToOneHasNoRecurrentGradient() {
        Parameters p = Cases.parameters(Rnn.tanh(I, Cases.H), O, random);
        Trace trace = Bptt.forward(p, Cases.sequence(1, I, B, random));
        Gradients got = Bptt.backward(trace, Loss.meanSquared(Cases.matrix(O, B, random)));
        assertEquals(0, got.get("W_hh").elementMaxAbs());
        assertTrue(got.get("W_xh").elementMaxAbs() > 0);
    }

    /** Two layers: the inputs of the second are the states of the first, so its ∂L/∂x_t seeds the first. */
    @Test
    void stackedLayers() {
        Cell lower = Rnn.tanh(I, Cases.H), upper = Rnn.tanh(Cases.H, 3);
        Parameters p = Cases.parameters(lower, 0, random), q = Cases.parameters(upper, O, random);
        List<SimpleMatrix> x = Cases.sequence(3, I, B, random);
        SimpleMatrix y = Cases.matrix(O, B, random);
        Trace first = Bptt.forward(p, x);
        Trace second = Bptt.forward(q, List.of(first.h(1), first.h(2), first.h(3)));
        Gradients above = Bptt.backward(second, Loss.meanSquared(y));
        Gradients got = Bptt.backward(
                first, Map.of(), Map.of(1, State.of(above.x(1)), 2, State.of(above.x(2)), 3, State.of(above.x(3))));
        SimpleMatrix want = Reference.of(p, x).gradient("W_hh", below -> {
            Reference in = Reference.of(q, List.of(first.h(1), first.h(2), first.h(3)));
            for (int t = 1; t <= 3; t++) {
                in = in.with("x_" + t, below.get("h_" + t));
            }
            return Reference.meanSquared(in.run().get("o_3"), y);
        });
        agree("W_hh of the lower layer", got.get("W_hh"), want);
    }

    /** Sequences do not influence one another, and the number of threads that share a batch changes no bit. */
    @ParameterizedTest
    @MethodSource("bptt.Cases#kinds")
    void eachSequenceOfALargeBatchAsIfAlone(Cases.Kind kind) {
        int n = 16, steps = 90; // enough work for every thread
        Cell cell = kind.of().apply(I, 40);
        Parameters p = bptt.cell.Init.uniform(cell, 0, random);
        List<SimpleMatrix> x = Cases.sequence(steps, I, n, random);
        State seed = Cases.state(cell, n, random);
        Trace all = Bptt.forward(p, x);
        Gradients gradients = Bptt.backward(all, seed);
        for (int b : new int[] {0, 7, 15}) {
            int column = b;
            Trace one =
                    Bptt.forward(p, x.stream().map(x_t -> x_t.getColumn(column)).toList());
            Gradients alone = Bptt.backward(
                    one,
                    new State(
                            seed.parts().stream().map(s -> s.getColumn(column)).toList()));
            assertTrue(all.h(steps).getColumn(b).isIdentical(one.h(steps), 0));
            assertTrue(gradients.h(0).getColumn(b).isIdentical(alone.h(0), 0));
            assertTrue(gradients.x(1).getColumn(b).isIdentical(alone.x(1), 0));
        }
    }

    /**
     * Weights' gradients are summed over blocks of 120 rows (t, b), so the batch decides where a block cuts a step: all
     * of them, for batches that divide 120 and for those that do not.
     */
    @ParameterizedTest
    @MethodSource("bptt.Cases#kinds")
    void blocksThatCutAStep(Cases.Kind kind) {
        for (int n : new int[] {1, 5, 7, 13, 32, 119, 121}) {
            for (int steps : new int[] {1, 3, 40}) {
                assertAsByTheFormulas(kind.of().apply(3, 6), steps, n, name -> true);
            }
        }
    }

    /** Two million multiplications and more, which threads share: by rows of the gradient or by its columns. */
    @ParameterizedTest
    @MethodSource("bptt.Cases#kinds")
    void threadsThatShareAGradient(Cases.Kind kind) {
        assertAsByTheFormulas(kind.of().apply(3, 60), 50, 17, name -> true);
    }

    /** So long that the sums are made in three parts, with a loss at each step. */
    @ParameterizedTest
    @MethodSource("bptt.Cases#kinds")
    void partsOfALongPass(Cases.Kind kind) {
        List<String> parameters = Parameters.zeros(kind.of().apply(1, 2), O).names();
        assertAsByTheFormulas(kind.of().apply(1, 2), 2 * Gradients.BLOCK + 3, 2, parameters::contains);
    }

    private void assertAsByTheFormulas(Cell cell, int steps, int n, Predicate<String> compared) {
        Parameters p = bptt.cell.Init.uniform(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(steps, cell.inputs(), n, random), y = Cases.sequence(steps, O, n, random);
        Gradients got = Bptt.backward(Bptt.forward(p, x), Loss.meanSquared(y));
        Reference in = Reference.of(p, x);
        Map<String, SimpleMatrix> want = in.gradients(out -> {
            Map<String, SimpleMatrix> seeds = new java.util.HashMap<>();
            for (int t = 1; t <= steps; t++) {
                SimpleMatrix e = out.get("o_" + t).minus(y.get(t - 1));
                seeds.put("o_" + t, e.scale(2.0 / e.getNumElements()));
            }
            return seeds;
        });
        for (String name : in.names().stream().filter(compared).toList()) {
            String what = Numbers.format("∂L/∂%s, B = %d, T = %d", name, n, steps);
            assertEquals(0, Claim.error(got.get(name), want.get(name)), BOUND, what);
        }
    }

    /** The memory of an earlier pass, of the same length, a shorter and a longer one, leaves no trace. */
    @ParameterizedTest
    @MethodSource("cells")
    void passesInTheSameMemory(Cell cell) {
        Parameters p = Cases.parameters(cell, O, random);
        Workspace pass = new Workspace();
        for (int steps : new int[] {T, T, 2, T, T + 3, 5}) {
            List<SimpleMatrix> x = Cases.sequence(steps, I, B, random);
            State start = Cases.state(cell, B, random);
            Loss loss = Loss.meanSquared(Map.of(1, Cases.matrix(O, B, random), steps, Cases.matrix(O, B, random)));
            Trace trace = pass.forward(p, x, start), fresh = Bptt.forward(p, x, start);
            Parameters got = pass.backward(loss),
                    want = Bptt.backward(fresh, loss).parameters();
            assertTrue(trace.h(steps).isIdentical(fresh.h(steps), 0));
            want.asMap().forEach((name, g) -> assertTrue(got.get(name).isIdentical(g, 0), name));
        }
    }

    /** A cross-entropy at some steps; and a seed on the initial state itself. */
    @Test
    void crossEntropyAtSomeSteps() {
        Cell cell = Rnn.tanh(I, Cases.H);
        Parameters p = Cases.parameters(cell, O, random);
        List<SimpleMatrix> x = Cases.sequence(T, I, B, random);
        State start = Cases.state(cell, B, random);
        SimpleMatrix y = Loss.oneHot(O, 0, 2, 1, 1, 2);
        Loss loss = Loss.crossEntropy(Map.of(2, y, T, y));
        agree(Bptt.backward(Bptt.forward(p, x, start), loss), Reference.of(p, x, start), out -> Reference.crossEntropy(
                        out.get("o_2"), y)
                .plus(Reference.crossEntropy(out.get("o_" + T), y)));

        State seed = Cases.state(cell, B, random);
        Gradients direct = Bptt.backward(Bptt.forward(p, x), Map.of(), Map.of(0, seed));
        assertTrue(direct.h(0).isIdentical(seed.h(), 0));
    }

    /** φ′ is 1 for the smallest and the largest h, and at 0 the gradient is 0, not −0. */
    @Test
    void derivativeOfReluIsExact() {
        double[] h = {0, Double.MIN_VALUE, 1e-300, 1, Double.MAX_VALUE, 0};
        Parameters p = Parameters.zeros(Rnn.relu(1, h.length), 0).with("b_h", new SimpleMatrix(h));
        Trace trace = Bptt.forward(p, List.of(new SimpleMatrix(1, 1)));
        SimpleMatrix dh = new SimpleMatrix(new double[] {-2, 3, -5, 7, -11, 13});
        double[] da = Bptt.backward(trace, State.of(dh)).a("h", 1).getDDRM().data;
        assertArrayEquals(new double[] {0, 3, -5, 7, -11, 0}, da);
    }

    /** Below 2⁻⁹⁶⁰ in all of a sequence's state; a Jacobian's row below the smallest normal number. */
    @Test
    void whatHasVanishedIsZero() {
        int T = 1100;
        Parameters p = Parameters.zeros(new Rnn(1, 2, Rnn.Activation.IDENTITY), 0)
                .with("W_hh", SimpleMatrix.identity(2).scale(0.5));
        Trace trace = Bptt.forward(p, Collections.nCopies(T, new SimpleMatrix(1, 2)));
        SimpleMatrix seed = new SimpleMatrix(2, 2, true, 0, 0, 1, 0x1p100);
        Gradients found = Bptt.backward(trace, State.of(seed));
        assertArrayEquals(new double[] {0, 0, 0x1p-960, 0x1p-860}, values(found.h(T - 960)));
        assertArrayEquals(new double[] {0, 0, 0, 0x1p-861}, values(found.h(T - 961)));
        assertArrayEquals(new double[] {0, 0, 0, 0x1p-960}, values(found.h(T - 1060)));
        assertArrayEquals(new double[4], values(found.h(T - 1061)));
        assertEquals(2 + 0x1p101, found.parameters().get("b_h").get(1));

        Parameters lstm = Parameters.zeros(new Lstm(1, 1), 0); // f = ½
        State last = State.of(new SimpleMatrix(1, 1), SimpleMatrix.ones(1, 1));
        Gradients cells = Bptt.backward(Bptt.forward(lstm, Collections.nCopies(T, new SimpleMatrix(1, 1))), last);
        assertEquals(0x1p-960, cells.C(T - 960).get(0));
        assertEquals(0, cells.C(T - 961).get(0));

        List<SimpleMatrix> rows = new StateGradients(trace, 1, SimpleMatrix.identity(2), T).rows(T - 1022, T - 1023);
        assertArrayEquals(new double[] {0x1p-1022, 0, 0, 0x1p-1022}, values(rows.get(0)));
        assertArrayEquals(new double[4], values(rows.get(1)));
    }

    private static double[] values(SimpleMatrix m) {
        return m.getDDRM().data;
    }

    @Test
    void softmaxOfLargeLogits() {
        SimpleMatrix o = new SimpleMatrix(2, 2, true, 1e16, 1000, 1e16, -1000);
        SimpleMatrix want = new SimpleMatrix(2, 2, true, 0.5, 1, 0.5, 0);
        assertTrue(Loss.softmax(o).isIdentical(want, 0));
    }

    /** The joint state is h above C. */
    @Test
    void jointState() {
        State s = State.of(SimpleMatrix.ones(2, 1), new SimpleMatrix(2, 1));
        assertEquals(0, Claim.error(s.joint(), new SimpleMatrix(4, 1, true, 1, 1, 0, 0)));
    }
}
