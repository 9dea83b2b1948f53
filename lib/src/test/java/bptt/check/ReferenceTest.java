package bptt.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Cases;
import bptt.Gradients;
import bptt.Loss;
import bptt.State;
import bptt.cell.Cell;
import bptt.cell.Init;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.cell.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The slow twins in every direction at once: adjoint formulas, tangents, second derivatives. */
class ReferenceTest {
    private final Random random = new Random(3);

    static List<Cases.Kind> kinds() {
        return Cases.kinds();
    }

    private Map<String, SimpleMatrix> direction(Reference at) {
        Map<String, SimpleMatrix> v = new LinkedHashMap<>();
        for (String name : at.names()) {
            v.put(name, Cases.matrix(at.get(name).getNumRows(), at.get(name).getNumCols(), random));
        }
        return v;
    }

    private static double dot(Map<String, SimpleMatrix> a, Map<String, SimpleMatrix> b) {
        return a.keySet().stream()
                .mapToDouble(name -> a.get(name).elementMult(b.get(name)).elementSum())
                .sum();
    }

    private static UnaryOperator<Map<String, SimpleMatrix>> squaredError(int T, SimpleMatrix y) {
        return out -> Map.of("o_" + T, out.get("o_" + T).minus(y).scale(2.0 / y.getNumElements()));
    }

    private record Problem(Parameters p, List<SimpleMatrix> x, State start, SimpleMatrix y) {
        Reference reference() {
            return Reference.of(p, x, start);
        }

        Gradients gradients(Map<String, SimpleMatrix> in) {
            Parameters moved = p.map((name, a) -> in.get(name));
            List<SimpleMatrix> inputs = new java.util.ArrayList<>();
            for (int t = 1; t <= x.size(); t++) {
                inputs.add(in.get("x_" + t));
            }
            State from = new State(
                    p.cell().states().stream().map(s -> in.get(s + "_0")).toList());
            return Bptt.backward(Bptt.forward(moved, inputs, from), Loss.meanSquared(y));
        }
    }

    private Problem problem(Cell cell, int T, int B) {
        return new Problem(
                Cases.parameters(cell, Cases.O, random),
                Cases.sequence(T, Cases.I, B, random),
                Cases.state(cell, B, random),
                Cases.matrix(Cases.O, B, random));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void adjointFormulasAreTheEnginesGradient(Cases.Kind kind) {
        Problem problem = problem(kind.cell(), Cases.T, Cases.B);
        Reference in = problem.reference();
        Map<String, SimpleMatrix> slow = in.gradients(squaredError(Cases.T, problem.y()));
        Gradients fast =
                Bptt.backward(Bptt.forward(problem.p(), problem.x(), problem.start()), Loss.meanSquared(problem.y()));
        assertEquals(in.names(), List.copyOf(slow.keySet()));
        for (String name : in.names()) {
            assertTrue(slow.get(name).elementMaxAbs() > 0, name);
            assertEquals(0, Claim.error(fast.get(name), slow.get(name)), 1e-12, name);
        }
    }

    /** ⟨J v, w⟩ = ⟨v, Jᵀ w⟩ over a thousand steps: J by the twin's tangent pass, Jᵀ by the engine's backward pass. */
    @ParameterizedTest
    @MethodSource("kinds")
    void tangentAndAdjointAgreeInEveryDirection(Cases.Kind kind) {
        int T = 1000, B = 2;
        Cell cell = kind.of().apply(Cases.I, 9);
        Parameters p = Init.uniform(cell, Cases.O, random);
        List<SimpleMatrix> x = Cases.sequence(T, Cases.I, B, random);
        Reference in = Reference.of(p, x);
        Map<String, SimpleMatrix> v = direction(in), Jv = in.tangent(v);
        SimpleMatrix w = Cases.matrix(Cases.O, B, random), early = Cases.matrix(Cases.O, B, random);
        State s = Cases.state(cell, B, random);
        Gradients back = Bptt.backward(Bptt.forward(p, x), Map.of(7, early, T, w), Map.of(T, s));
        double left = w.elementMult(Jv.get("o_" + T)).elementSum()
                + early.elementMult(Jv.get("o_7")).elementSum();
        for (int i = 0; i < cell.states().size(); i++) {
            left += s.parts()
                    .get(i)
                    .elementMult(Jv.get(cell.states().get(i) + "_" + T))
                    .elementSum();
        }
        double right = 0, size = 0;
        for (String name : in.names()) {
            SimpleMatrix terms = v.get(name).elementMult(back.get(name));
            right += terms.elementSum();
            size += terms.normF();
        }
        assertEquals(left, right, 1e-12 * size, "size " + size);
        assertTrue(Math.abs(left) > 1e-3 * size, "nothing is compared: " + left + " of " + size);
    }

    /** ⟨u, H v⟩ = ⟨v, H u⟩, and H v is how the engine's own gradient changes along v. */
    @ParameterizedTest
    @MethodSource("kinds")
    void hessian(Cases.Kind kind) {
        Problem problem = problem(kind.cell(), Cases.T, Cases.B);
        Reference in = problem.reference();
        UnaryOperator<Map<String, SimpleMatrix>> seeds = squaredError(Cases.T, problem.y());
        Map<String, SimpleMatrix> u = direction(in), v = direction(in);
        Map<String, SimpleMatrix> Hu = in.hessian(u, seeds), Hv = in.hessian(v, seeds);
        assertEquals(dot(u, Hv), dot(v, Hu), 1e-12 * Math.sqrt(dot(Hv, Hv) * dot(u, u)));
        double h = 1e-6;
        Map<String, SimpleMatrix> up = new LinkedHashMap<>(), down = new LinkedHashMap<>();
        v.forEach((name, d) -> {
            up.put(name, in.get(name).plus(d.scale(h)));
            down.put(name, in.get(name).minus(d.scale(h)));
        });
        Gradients ahead = problem.gradients(up), behind = problem.gradients(down);
        for (String name : in.names()) {
            SimpleMatrix difference = ahead.get(name).minus(behind.get(name)).divide(2 * h);
            assertEquals(
                    0, Claim.error(Hv.get(name), difference), 1e-6, name); // h² and ε/h, each times a third derivative
        }
    }

    /** A cell of a notebook that has formulas only for the way forward. */
    private record NoAdjoint(Rnn rnn) implements Cell {
        @Override
        public int inputs() {
            return rnn.inputs();
        }

        @Override
        public int hidden() {
            return rnn.hidden();
        }

        @Override
        public List<List<String>> stages() {
            return rnn.stages();
        }

        @Override
        public void forward(int stage, Step s) {
            rnn.forward(stage, s);
        }

        @Override
        public void backward(int stage, Step s) {
            rnn.backward(stage, s);
        }

        @Override
        public List<SimpleMatrix> formulas(Gates a, List<SimpleMatrix> before) {
            return rnn.formulas(a, before);
        }
    }

    @Test
    void badInput() {
        Reference in = Reference.of(Init.uniform(Rnn.tanh(1, 2), 0, random), Cases.sequence(2, 1, 1, random));
        refused("unknown quantity “W_hf”: expected one of W_xh, W_hh, b_h, x_1, x_2, h_0", () -> in.get("W_hf"));
        refused("W_hh: expected 2×2, got 2×1", () -> in.with("W_hh", new SimpleMatrix(2, 1)));
        refused(
                "direction of h_0: expected 2×1, got null",
                () -> in.tangent(java.util.Collections.singletonMap("h_0", null)));
        Reference without =
                Reference.of(Init.uniform(new NoAdjoint(Rnn.tanh(1, 2)), 0, random), Cases.sequence(2, 1, 1, random));
        refused(
                "NoAdjoint[rnn=Rnn[inputs=1, hidden=2, activation=TANH]] has no adjoint formulas",
                () -> without.gradients(out -> Map.of()));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
    }
}
