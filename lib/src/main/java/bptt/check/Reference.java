package bptt.check;

import static bptt.check.Elementwise.exp;
import static bptt.check.Elementwise.log;
import static bptt.check.Elementwise.sigmoid;
import static bptt.check.Elementwise.tanh;

import bptt.State;
import bptt.cell.Cell;
import bptt.cell.Gru;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.ejml.simple.SimpleMatrix;

/**
 * The textbook forward pass of each cell, one line per formula, on real or complex matrices: the other side of a
 * comparison. It shares no code with the engine and knows no derivative; {@link #derivative} differentiates it by a complex
 * step with respect to anything that goes in.
 *
 * <p>What goes in is a map of named matrices: the parameters, the inputs {@code x_1} … {@code x_T}, and the initial state
 * {@code h_0}, {@code C_0}. What comes out has the names {@code h_1} …, {@code C_1} …, {@code o_1} … .
 */
public final class Reference {
    private Reference() {}

    /**
     * Names everything that goes into a pass.
     *
     * @param p parameters
     * @param x inputs
     * @param start state at t = 0
     * @return matrices by name
     */
    public static Map<String, SimpleMatrix> inputs(Parameters p, List<SimpleMatrix> x, State start) {
        Map<String, SimpleMatrix> in = new LinkedHashMap<>(p.asMap());
        for (int t = 1; t <= x.size(); t++) {
            in.put("x_" + t, x.get(t - 1));
        }
        List<String> states = p.cell().states();
        for (int s = 0; s < states.size(); s++) {
            in.put(states.get(s) + "_0", start.parts().get(s));
        }
        return in;
    }

    /**
     * Runs the formulas.
     *
     * @param cell which formulas
     * @param in what goes in
     * @return h_t, C_t, o_t by name, t = 1 … T
     */
    public static Map<String, SimpleMatrix> run(Cell cell, Map<String, SimpleMatrix> in) {
        Map<String, SimpleMatrix> out = new LinkedHashMap<>();
        SimpleMatrix h = in.get("h_0"),
                C = in.get("C_0"),
                one = SimpleMatrix.ones(1, h.getNumCols()),
                ones = SimpleMatrix.ones(h.getNumRows(), h.getNumCols());
        for (int t = 1; in.containsKey("x_" + t); t++) {
            SimpleMatrix x = in.get("x_" + t), before = h;
            Function<String, SimpleMatrix> a = q -> in.get("W_x" + q)
                    .mult(x)
                    .plus(in.get("W_h" + q).mult(before))
                    .plus(in.get("b_" + q).mult(one));
            if (cell instanceof Rnn rnn) {
                h = phi(rnn).apply(a.apply("h"));
            } else if (cell instanceof Lstm) {
                SimpleMatrix i = sigmoid(a.apply("i")), f = sigmoid(a.apply("f"));
                SimpleMatrix g = tanh(a.apply("g")), o = sigmoid(a.apply("o"));
                C = f.elementMult(C).plus(i.elementMult(g));
                h = o.elementMult(tanh(C));
                out.put("C_" + t, C);
            } else if (cell instanceof Gru) {
                SimpleMatrix r = sigmoid(a.apply("r")), z = sigmoid(a.apply("z"));
                SimpleMatrix a_n = in.get("W_xn")
                        .mult(x)
                        .plus(in.get("W_hn").mult(r.elementMult(h)))
                        .plus(in.get("b_n").mult(one));
                h = z.elementMult(h).plus(ones.minus(z).elementMult(tanh(a_n)));
            } else {
                throw new IllegalArgumentException("no reference formulas for " + cell);
            }
            out.put("h_" + t, h);
            if (in.containsKey("W_hy")) {
                out.put("o_" + t, in.get("W_hy").mult(h).plus(in.get("b_y").mult(one)));
            }
        }
        return out;
    }

    /**
     * The derivative of any function of a pass's results with respect to anything that went in.
     *
     * @param cell which formulas
     * @param in what goes in
     * @param name what to differentiate with respect to, for example {@code W_hh} or {@code h_0}
     * @param f the function of the results
     * @return as {@link Derivatives#complexStep} returns it
     */
    public static SimpleMatrix derivative(
            Cell cell, Map<String, SimpleMatrix> in, String name, Function<Map<String, SimpleMatrix>, SimpleMatrix> f) {
        if (!in.containsKey(name)) {
            throw new IllegalArgumentException(
                    "unknown quantity “" + name + "”: expected one of " + String.join(", ", in.keySet()));
        }
        UnaryOperator<SimpleMatrix> along = z -> {
            Map<String, SimpleMatrix> moved = new LinkedHashMap<>(in);
            moved.put(name, z);
            return f.apply(run(cell, moved));
        };
        return Derivatives.complexStep(along, in.get(name));
    }

    /**
     * The gradient of a loss: {@link #derivative} in the shape of what it is with respect to.
     *
     * @param cell which formulas
     * @param in what goes in
     * @param name what to differentiate with respect to
     * @param loss a single number (1×1) from the results
     * @return the shape of {@code in.get(name)}
     */
    public static SimpleMatrix gradient(
            Cell cell,
            Map<String, SimpleMatrix> in,
            String name,
            Function<Map<String, SimpleMatrix>, SimpleMatrix> loss) {
        return Derivatives.gradient(derivative(cell, in, name, loss), in.get(name));
    }

    /**
     * ∂s_T/∂s_0 of the joint state by one complex step in every direction at once: N copies of the sequence side by side,
     * the j-th with iε in component j of its initial state.
     *
     * @param p parameters
     * @param x inputs of one sequence, each I×1
     * @param start its state at t = 0
     * @return N×N, N = H, or 2H for an LSTM
     */
    public static SimpleMatrix stateJacobian(Parameters p, List<SimpleMatrix> x, State start) {
        List<String> states = p.cell().states();
        int H = p.cell().hidden(), N = states.size() * H;
        SimpleMatrix copies = SimpleMatrix.ones(1, N);
        Map<String, SimpleMatrix> in =
                inputs(p, x.stream().map(x_t -> x_t.mult(copies)).toList(), start);
        for (int s = 0; s < states.size(); s++) {
            SimpleMatrix moved = start.parts().get(s).mult(copies);
            moved.convertToComplex();
            for (int j = 0; j < H; j++) {
                moved.set(j, s * H + j, moved.getReal(j, s * H + j), Derivatives.COMPLEX_STEP);
            }
            in.put(states.get(s) + "_0", moved);
        }
        Map<String, SimpleMatrix> out = run(p.cell(), in);
        return states.stream()
                .map(s -> out.get(s + "_" + x.size()).imaginary().divide(Derivatives.COMPLEX_STEP))
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

    private static UnaryOperator<SimpleMatrix> phi(Rnn rnn) {
        return switch (rnn.activation()) {
            case TANH -> Elementwise::tanh;
            case RELU -> Elementwise::relu;
            case SIGMOID -> Elementwise::sigmoid;
            case IDENTITY -> A -> A;
        };
    }
}
