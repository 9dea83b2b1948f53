package bptt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.cell.Parameters;
import bptt.check.Claim;
import bptt.check.Reference;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Builders;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.ejml.simple.SimpleMatrix;

/** What holds for every network, sequence, start and loss, tried on random ones; a failure is shrunk to a small one. */
class PropertiesTest {
    private static final double BOUND = 1e-11;

    /** Sizes and a seed; all matrices follow from them. */
    record Problem(Cases.Kind kind, int I, int H, int O, int B, int T, boolean everyStep, boolean classes, long seed) {
        Random random() {
            return new Random(seed);
        }

        Parameters parameters() {
            return Cases.parameters(kind.of().apply(I, H), O, random());
        }

        List<SimpleMatrix> x() {
            return Cases.sequence(T, I, B, new Random(seed + 1));
        }

        State start() {
            return Cases.state(kind.of().apply(I, H), B, new Random(seed + 2));
        }

        /** By step: values, or one class for each sequence. */
        Map<Integer, SimpleMatrix> targets() {
            Random r = new Random(seed + 3);
            Map<Integer, SimpleMatrix> y = new LinkedHashMap<>();
            for (int t = everyStep ? 1 : T; t <= T; t++) {
                y.put(t, classes ? Loss.oneHot(O, r.ints(B, 0, O).toArray()) : Cases.matrix(O, B, r));
            }
            return y;
        }

        Loss loss(Map<Integer, SimpleMatrix> y) {
            return classes ? Loss.crossEntropy(y) : Loss.meanSquared(y);
        }

        Gradients gradients() {
            return Bptt.backward(Bptt.forward(parameters(), x(), start()), loss(targets()));
        }

        SimpleMatrix slowLoss(Map<String, SimpleMatrix> out) {
            return targets().entrySet().stream()
                    .map(y -> {
                        SimpleMatrix o = out.get("o_" + y.getKey());
                        return classes
                                ? Reference.crossEntropy(o, y.getValue())
                                : Reference.meanSquared(o, y.getValue());
                    })
                    .reduce(SimpleMatrix::plus)
                    .orElseThrow();
        }

        /** ∂L/∂o_t of real outputs. */
        Map<String, SimpleMatrix> seeds(Map<String, SimpleMatrix> out) {
            Map<String, SimpleMatrix> seeds = new LinkedHashMap<>();
            targets().forEach((t, y) -> {
                SimpleMatrix o = out.get("o_" + t), e = bptt.cell.Elementwise.exp(o);
                SimpleMatrix sums = SimpleMatrix.ones(O, O).mult(e);
                seeds.put(
                        "o_" + t,
                        classes
                                ? e.elementDiv(sums).minus(y).divide(B)
                                : o.minus(y).scale(2.0 / (O * B)));
            });
            return seeds;
        }

        @Override
        public String toString() {
            return Numbers.format(
                    "%s I=%d H=%d O=%d B=%d T=%d, %s, loss %s, seed %d",
                    kind, I, H, O, B, T, classes ? "classes" : "values", everyStep ? "at each step" : "at T", seed);
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Builders.withBuilder(Draft::new)
                .use(Arbitraries.of(Cases.kinds()))
                .inSetter((d, v) -> d.kind = v)
                .use(Arbitraries.integers().between(1, 3))
                .inSetter((d, v) -> d.I = v)
                .use(Arbitraries.integers().between(2, 6))
                .inSetter((d, v) -> d.H = v)
                .use(Arbitraries.integers().between(1, 3))
                .inSetter((d, v) -> d.O = v)
                .use(Arbitraries.integers().between(1, 9))
                .inSetter((d, v) -> d.B = v)
                .use(Arbitraries.integers().between(1, 9))
                .inSetter((d, v) -> d.T = v)
                .use(Arbitraries.of(false, true))
                .inSetter((d, v) -> d.everyStep = v)
                .use(Arbitraries.of(false, true))
                .inSetter((d, v) -> d.classes = v)
                .use(Arbitraries.longs().between(0, 1_000_000))
                .inSetter((d, v) -> d.seed = v)
                .build(d -> new Problem(d.kind, d.I, d.H, d.O, d.B, d.T, d.everyStep, d.classes, d.seed));
    }

    private static final class Draft {
        private Cases.Kind kind;
        private int I, H, O, B, T;
        private boolean everyStep, classes;
        private long seed;
    }

    private static void agree(String what, SimpleMatrix got, SimpleMatrix want) {
        double error = got.minus(want).normF(), size = Math.max(1e-3, want.normF()); // of O(1), or a unit that is off
        assertTrue(error <= BOUND * size, () -> Numbers.format("%s: error %.1e", what, error / size));
    }

    private static void agree(
            Function<String, SimpleMatrix> got, Function<String, SimpleMatrix> want, List<String> of) {
        of.forEach(name -> agree("∂L/∂" + name, got.apply(name), want.apply(name)));
    }

    @Property(tries = 150, seed = "1", shrinking = ShrinkingMode.FULL)
    void libraryIsSlowTwinIsComplexStep(@ForAll("problems") Problem problem) {
        Reference in = Reference.of(problem.parameters(), problem.x(), problem.start());
        Gradients fast = problem.gradients();
        Map<String, SimpleMatrix> slow = in.gradients(problem::seeds);
        agree(fast::get, slow::get, in.names());
        agree(slow::get, name -> in.gradient(name, problem::slowLoss), in.names());
    }

    /** States to the bit; gradients are the mean of the sequences'. */
    @Property(tries = 100, seed = "2")
    void aBatchIsItsSequences(@ForAll("problems") Problem problem) {
        Parameters p = problem.parameters();
        Gradients whole = problem.gradients();
        Map<String, SimpleMatrix> sum = new LinkedHashMap<>();
        for (int b = 0; b < problem.B(); b++) {
            int column = b;
            Map<Integer, SimpleMatrix> y = new LinkedHashMap<>();
            problem.targets().forEach((t, target) -> y.put(t, target.getColumn(column)));
            List<SimpleMatrix> x =
                    problem.x().stream().map(x_t -> x_t.getColumn(column)).toList();
            State start = new State(problem.start().parts().stream()
                    .map(s -> s.getColumn(column))
                    .toList());
            Trace alone = Bptt.forward(p, x, start);
            SimpleMatrix together =
                    Bptt.forward(p, problem.x(), problem.start()).h(problem.T());
            assertTrue(together.getColumn(b).isIdentical(alone.h(problem.T()), 0));
            Gradients one = Bptt.backward(alone, problem.loss(y));
            one.parameters().asMap().forEach((name, g) -> sum.merge(name, g, SimpleMatrix::plus));
            agree("∂L/∂x_1", whole.x(1).getColumn(b).scale(problem.B()), one.x(1));
            agree("∂L/∂h_0", whole.h(0).getColumn(b).scale(problem.B()), one.h(0));
        }
        agree(whole::get, name -> sum.get(name).divide(problem.B()), p.names());
    }

    /** The state handed over, and its gradient handed back. */
    @Property(tries = 100, seed = "3")
    void twoPartsAreTheWhole(@ForAll("problems") Problem problem) {
        int T = problem.T(), cut = T / 2;
        if (cut == 0) {
            return;
        }
        Parameters p = problem.parameters();
        List<SimpleMatrix> x = problem.x();
        Trace first = Bptt.forward(p, x.subList(0, cut), problem.start());
        Trace second = Bptt.forward(p, x.subList(cut, T), first.state(cut));
        assertTrue(Bptt.forward(p, x, problem.start()).h(T).isIdentical(second.h(T - cut), 0));

        Map<Integer, SimpleMatrix> early = new LinkedHashMap<>(), late = new LinkedHashMap<>();
        problem.targets().forEach((t, y) -> (t > cut ? late : early).put(t > cut ? t - cut : t, y));
        Gradients back = Bptt.backward(second, problem.loss(late));
        Map<Integer, SimpleMatrix> outputs =
                early.isEmpty() ? Map.of() : problem.loss(early).outputGradients(first);
        Gradients front = Bptt.backward(first, outputs, Map.of(cut, back.state(0)));
        Gradients whole = problem.gradients();
        agree(whole::get, name -> front.get(name).plus(back.get(name)), p.names());
        agree("∂L/∂h_0", front.h(0), whole.h(0));
        agree("∂L/∂x_T", back.x(T - cut), whole.x(T));
    }

    /** Which unit is called the first does not matter. */
    @Property(tries = 100, seed = "4")
    void permutedUnits(@ForAll("problems") Problem problem) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, problem.H()).boxed().toList());
        Collections.shuffle(order, problem.random());
        SimpleMatrix P = new SimpleMatrix(problem.H(), problem.H());
        IntStream.range(0, problem.H()).forEach(j -> P.set(j, order.get(j), 1));
        Parameters p = problem.parameters();
        State start = new State(problem.start().parts().stream().map(P::mult).toList());
        Gradients moved = Bptt.backward(
                Bptt.forward(p.map((name, a) -> permuted(P, name, a)), problem.x(), start),
                problem.loss(problem.targets()));
        Gradients plain = problem.gradients();
        agree(moved::get, name -> permuted(P, name, plain.get(name)), p.names());
        agree("∂L/∂h_0", moved.h(0), P.mult(plain.h(0)));
        agree("∂L/∂x_1", moved.x(1), plain.x(1));
    }

    private static SimpleMatrix permuted(SimpleMatrix P, String name, SimpleMatrix a) {
        SimpleMatrix rows = name.endsWith("y") ? a : P.mult(a);
        return name.startsWith("W_h") ? rows.mult(P.transpose()) : rows;
    }

    /** The backward pass is a linear map of what it is given. */
    @Property(tries = 100, seed = "5")
    void linearInTheSeeds(@ForAll("problems") Problem problem) {
        Random r = problem.random();
        Trace trace = Bptt.forward(problem.parameters(), problem.x(), problem.start());
        int T = problem.T();
        SimpleMatrix o = Cases.matrix(problem.O(), problem.B(), r), o2 = Cases.matrix(problem.O(), problem.B(), r);
        State s = Cases.state(trace.parameters().cell(), problem.B(), r);
        State s2 = Cases.state(trace.parameters().cell(), problem.B(), r);
        State sum = new State(IntStream.range(0, s.parts().size())
                .mapToObj(i -> s.parts().get(i).scale(2).minus(s2.parts().get(i).scale(3)))
                .toList());
        Gradients a = Bptt.backward(trace, Map.of(T, o), Map.of(0, s, T, s));
        Gradients b = Bptt.backward(trace, Map.of(T, o2), Map.of(0, s2, T, s2));
        Gradients both = Bptt.backward(trace, Map.of(T, o.scale(2).minus(o2.scale(3))), Map.of(0, sum, T, sum));
        List<String> names = Reference.of(problem.parameters(), problem.x()).names();
        agree(both::get, name -> a.get(name).scale(2).minus(b.get(name).scale(3)), names);
    }

    /** ⟨J v, w⟩ = ⟨v, Jᵀ w⟩. */
    @Property(tries = 100, seed = "6")
    void tangentAndAdjointAgree(@ForAll("problems") Problem problem) {
        Random r = problem.random();
        Reference in = Reference.of(problem.parameters(), problem.x(), problem.start());
        Map<String, SimpleMatrix> v = new LinkedHashMap<>();
        in.names()
                .forEach(name -> v.put(
                        name,
                        Cases.matrix(in.get(name).getNumRows(), in.get(name).getNumCols(), r)));
        SimpleMatrix w = Cases.matrix(problem.O(), problem.B(), r);
        Trace trace = Bptt.forward(problem.parameters(), problem.x(), problem.start());
        Gradients back = Bptt.backward(trace, Map.of(problem.T(), w), Map.of());
        double left = w.elementMult(in.tangent(v).get("o_" + problem.T())).elementSum(), right = 0, size = 1;
        for (String name : in.names()) {
            SimpleMatrix terms = v.get(name).elementMult(back.get(name));
            right += terms.elementSum();
            size += terms.normF();
        }
        assertEquals(left, right, BOUND * size);
    }

    /** The error that Claim prints is 0 of equal matrices and symmetric. */
    @Property(tries = 50, seed = "7")
    void theErrorIsSymmetric(@ForAll("problems") Problem problem) {
        SimpleMatrix a = problem.x().get(0), b = a.plus(Cases.matrix(problem.I(), problem.B(), problem.random()));
        assertEquals(0, Claim.error(a, a));
        assertEquals(Claim.error(a, b), Claim.error(b, a));
    }
}
