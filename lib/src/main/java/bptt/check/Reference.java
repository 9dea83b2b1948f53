package bptt.check;

import static bptt.cell.Elementwise.exp;
import static bptt.cell.Elementwise.log;

import bptt.State;
import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.ejml.simple.SimpleMatrix;

/**
 * The other side of a comparison: a sequence run through a cell's formulas ({@link Cell#formulas}, {@link
 * Cell#adjoint}), one matrix at a time, real or complex. It shares no code with the engine. {@link #derivative} knows
 * no derivative at all; it differentiates the formulas by a complex step with respect to anything that goes in.
 *
 * <p>What goes in has names: the parameters, the inputs {@code x_1} … {@code x_T}, and the initial state {@code h_0},
 * {@code C_0}. What comes out has the names {@code h_1} …, {@code C_1} …, {@code o_1} … . Immutable.
 */
public final class Reference {
    private final Cell cell;
    private final int T;
    private final Map<String, SimpleMatrix> in;

    private Reference(Cell cell, int T, Map<String, SimpleMatrix> in) {
        this.cell = cell;
        this.T = T;
        this.in = in;
    }

    /**
     * A sequence to be run.
     *
     * @param p parameters
     * @param x inputs, each I×B
     * @param start state at t = 0
     * @return the reference
     */
    public static Reference of(Parameters p, List<SimpleMatrix> x, State start) {
        Map<String, SimpleMatrix> in = new LinkedHashMap<>(p.asMap());
        for (int t = 1; t <= x.size(); t++) {
            in.put("x_" + t, x.get(t - 1));
        }
        List<String> states = p.cell().states();
        for (int s = 0; s < states.size(); s++) {
            in.put(states.get(s) + "_0", start.parts().get(s));
        }
        return new Reference(p.cell(), x.size(), in);
    }

    /**
     * A sequence to be run from the zero state.
     *
     * @param p parameters
     * @param x inputs, each I×B
     * @return the reference
     */
    public static Reference of(Parameters p, List<SimpleMatrix> x) {
        if (x == null || x.isEmpty()) {
            throw new IllegalArgumentException("inputs: expected one step or more, got none");
        }
        return of(p, x, State.zero(p.cell(), x.get(0).getNumCols()));
    }

    /**
     * What goes in.
     *
     * @return names
     */
    public List<String> names() {
        return List.copyOf(in.keySet());
    }

    /**
     * One of the matrices that go in.
     *
     * @param name for example {@code W_hh} or {@code h_0}
     * @return its value
     * @throws IllegalArgumentException if nothing has that name
     */
    public SimpleMatrix get(String name) {
        SimpleMatrix value = in.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "unknown quantity “" + name + "”: expected one of " + String.join(", ", in.keySet()));
        }
        return value;
    }

    /**
     * The same with another value in one place.
     *
     * @param name for example {@code W_hh} or {@code h_0}
     * @param value real or complex, of the same shape
     * @return a reference of its own
     * @throws IllegalArgumentException if nothing has that name, or the shape is another
     */
    public Reference with(String name, SimpleMatrix value) {
        Require.shape(value, get(name).getNumRows(), get(name).getNumCols(), name);
        Map<String, SimpleMatrix> moved = new LinkedHashMap<>(in);
        moved.put(name, value);
        return new Reference(cell, T, moved);
    }

    /**
     * Runs the formulas.
     *
     * @return h_t, C_t, o_t by name, t = 1 … T
     */
    public Map<String, SimpleMatrix> run() {
        Map<String, SimpleMatrix> out = new LinkedHashMap<>();
        List<SimpleMatrix> state = start();
        for (int t = 1; t <= T; t++) {
            state = cell.formulas(new Gates(t, null), state);
            for (int s = state.size() - 1; s >= 0; s--) {
                out.put(cell.states().get(s) + "_" + t, state.get(s));
            }
            if (in.containsKey("W_hy")) {
                SimpleMatrix b_y =
                        in.get("b_y").mult(SimpleMatrix.ones(1, state.get(0).getNumCols()));
                out.put("o_" + t, in.get("W_hy").mult(state.get(0)).plus(b_y));
            }
        }
        return out;
    }

    /**
     * The gradient by the adjoint formulas, for real or complex values.
     *
     * @param seeds ∂L/∂(what comes out) by name, direct dependence only, where there is any, from what comes out
     * @return ∂L/∂(everything that goes in) by name
     */
    public Map<String, SimpleMatrix> gradients(UnaryOperator<Map<String, SimpleMatrix>> seeds) {
        Map<String, SimpleMatrix> out = run(), seed = seeds.apply(out), d = new LinkedHashMap<>();
        in.forEach((name, a) -> d.put(name, new SimpleMatrix(a.getNumRows(), a.getNumCols())));
        List<SimpleMatrix> dState = start().stream().map(a -> a.scale(0)).toList();
        for (int t = T; t >= 1; t--) {
            List<SimpleMatrix> before = new ArrayList<>(), dAfter = new ArrayList<>(dState);
            for (int s = 0; s < dAfter.size(); s++) {
                String part = cell.states().get(s) + "_";
                before.add(t == 1 ? in.get(part + 0) : out.get(part + (t - 1)));
                dAfter.set(s, seed.containsKey(part + t) ? dAfter.get(s).plus(seed.get(part + t)) : dAfter.get(s));
            }
            SimpleMatrix do_t = seed.get("o_" + t);
            if (do_t != null) {
                d.merge("W_hy", do_t.mult(out.get("h_" + t).transpose()), SimpleMatrix::plus);
                d.merge("b_y", do_t.mult(SimpleMatrix.ones(do_t.getNumCols(), 1)), SimpleMatrix::plus);
                dAfter.set(0, dAfter.get(0).plus(in.get("W_hy").transpose().mult(do_t)));
            }
            dState = cell.adjoint(new Gates(t, d), before, dAfter);
        }
        for (int s = 0; s < dState.size(); s++) {
            d.put(cell.states().get(s) + "_0", dState.get(s));
        }
        return d;
    }

    /**
     * The derivative of any function of the results with respect to anything that goes in, by a complex step.
     *
     * @param name what to differentiate with respect to, for example {@code W_hh} or {@code h_0}
     * @param f the function of the results
     * @return as {@link Derivatives#complexStep} returns it
     */
    public SimpleMatrix derivative(String name, Function<Map<String, SimpleMatrix>, SimpleMatrix> f) {
        return Derivatives.complexStep(z -> f.apply(with(name, z).run()), get(name));
    }

    /**
     * The gradient of a loss: {@link #derivative} in the shape of what it is with respect to.
     *
     * @param name what to differentiate with respect to
     * @param loss a single number (1×1) from the results
     * @return the shape of what has that name
     */
    public SimpleMatrix gradient(String name, Function<Map<String, SimpleMatrix>, SimpleMatrix> loss) {
        return Derivatives.gradient(derivative(name, loss), get(name));
    }

    /**
     * The tangent pass: J v, the derivative of everything that comes out along a direction v of what goes in, carried
     * forward through time by a complex step. One pass, however many numbers go in.
     *
     * @param v direction by name; what is not named stays as it is
     * @return the derivatives of h_t, C_t, o_t by name
     */
    public Map<String, SimpleMatrix> tangent(Map<String, SimpleMatrix> v) {
        Map<String, SimpleMatrix> out = moved(v).run();
        out.replaceAll((name, a) -> perStep(a));
        return out;
    }

    /**
     * H v, the second derivatives of a loss along a direction v: a complex step of the gradient by the adjoint formulas
     * (Pearlmutter 1994 for the product, Squire and Trapp 1998 for the step).
     *
     * @param v direction by name; what is not named stays as it is
     * @param seeds as for {@link #gradients}, analytic
     * @return ∂(∇L · v)/∂(everything that goes in) by name
     */
    public Map<String, SimpleMatrix> hessian(
            Map<String, SimpleMatrix> v, UnaryOperator<Map<String, SimpleMatrix>> seeds) {
        Map<String, SimpleMatrix> d = moved(v).gradients(seeds);
        d.replaceAll((name, a) -> perStep(a));
        return d;
    }

    /** What goes in, with iε v added. */
    private Reference moved(Map<String, SimpleMatrix> v) {
        Reference moved = this;
        for (var direction : v.entrySet()) {
            SimpleMatrix a = get(direction.getKey()).copy(), d = direction.getValue();
            Require.shape(d, a.getNumRows(), a.getNumCols(), "direction of " + direction.getKey());
            a.convertToComplex();
            for (int i = 0; i < a.getNumRows(); i++) {
                for (int j = 0; j < a.getNumCols(); j++) {
                    a.set(i, j, a.getReal(i, j), Derivatives.COMPLEX_STEP * d.get(i, j));
                }
            }
            moved = moved.with(direction.getKey(), a);
        }
        return moved;
    }

    private static SimpleMatrix perStep(SimpleMatrix a) {
        return a.getType().isReal() ? a.scale(0) : a.imaginary().divide(Derivatives.COMPLEX_STEP);
    }

    /**
     * ∂s_T/∂s_0 of the joint state of a single sequence by one complex step in every direction at once: N copies of the
     * sequence side by side, the j-th with iε in component j of its initial state.
     *
     * @return N×N, N = H, or 2H for an LSTM
     */
    public SimpleMatrix stateJacobian() {
        List<String> states = cell.states();
        int H = cell.hidden(), N = states.size() * H;
        Map<String, SimpleMatrix> copies = new LinkedHashMap<>(in), directions = new LinkedHashMap<>();
        copies.replaceAll((name, a) -> name.matches("\\w_\\d+") ? a.mult(SimpleMatrix.ones(1, N)) : a);
        for (int s = 0; s < states.size(); s++) {
            directions.put(states.get(s) + "_0", SimpleMatrix.identity(N).rows(s * H, (s + 1) * H));
        }
        Map<String, SimpleMatrix> out = new Reference(cell, T, copies).tangent(directions);
        return states.stream()
                .map(s -> out.get(s + "_" + T))
                .reduce(SimpleMatrix::concatRows)
                .orElseThrow();
    }

    /**
     * (1/(B·O)) Σ (o − y)².
     *
     * @param o outputs, O×B
     * @param y targets, O×B
     * @return 1×1
     */
    public static SimpleMatrix meanSquared(SimpleMatrix o, SimpleMatrix y) {
        SimpleMatrix e = o.minus(y);
        return sum(e.elementMult(e)).divide(y.getNumElements());
    }

    /**
     * −(1/B) Σ_b Σ_j y_jb ln softmax(o)_jb.
     *
     * @param o logits, O×B
     * @param y target distributions, O×B
     * @return 1×1
     */
    public static SimpleMatrix crossEntropy(SimpleMatrix o, SimpleMatrix y) {
        SimpleMatrix columnSums = SimpleMatrix.ones(1, o.getNumRows()).mult(exp(o));
        SimpleMatrix logY = o.minus(SimpleMatrix.ones(o.getNumRows(), 1).mult(log(columnSums)));
        return sum(logY.elementMult(y)).divide(-y.getNumCols());
    }

    /**
     * Σ over all elements.
     *
     * @param A real or complex
     * @return 1×1
     */
    public static SimpleMatrix sum(SimpleMatrix A) {
        return SimpleMatrix.ones(1, A.getNumRows()).mult(A).mult(SimpleMatrix.ones(A.getNumCols(), 1));
    }

    private List<SimpleMatrix> start() {
        return cell.states().stream().map(s -> in.get(s + "_0")).toList();
    }

    /** The products with the weights at step t, and where ∂L/∂(what goes in) is summed. */
    private final class Gates implements Cell.Gates {
        private final int t;
        private final Map<String, SimpleMatrix> d;
        private final SimpleMatrix ones;

        Gates(int t, Map<String, SimpleMatrix> d) {
            this.t = t;
            this.d = d;
            ones = SimpleMatrix.ones(1, in.get("x_" + t).getNumCols());
        }

        @Override
        public SimpleMatrix of(String q, SimpleMatrix u) {
            SimpleMatrix a = in.get("W_x" + q).mult(in.get("x_" + t));
            a = cell.recurrent() ? a.plus(in.get("W_h" + q).mult(u)) : a;
            a = a.plus(in.get("b_" + q).mult(ones));
            if (a.hasUncountable()) { // σ and tanh would make a number of it
                throw new ArithmeticException(
                        Numbers.format("a_%s at t = %d is not finite: the pass overflowed there", q, t));
            }
            return a;
        }

        @Override
        public SimpleMatrix vector(String name) {
            return in.get(name).mult(ones);
        }

        @Override
        public SimpleMatrix back(String q, SimpleMatrix u, SimpleMatrix da) {
            add("W_x" + q, da.mult(in.get("x_" + t).transpose()));
            add("b_" + q, da.mult(ones.transpose()));
            add("x_" + t, in.get("W_x" + q).transpose().mult(da));
            if (!cell.recurrent()) {
                return da.scale(0);
            }
            add("W_h" + q, da.mult(u.transpose()));
            return in.get("W_h" + q).transpose().mult(da);
        }

        @Override
        public void backVector(String name, SimpleMatrix dVector) {
            add(name, dVector.mult(ones.transpose()));
        }

        private void add(String name, SimpleMatrix term) {
            d.merge(name, term, SimpleMatrix::plus);
        }
    }
}
