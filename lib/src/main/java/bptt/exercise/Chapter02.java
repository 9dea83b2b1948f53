package bptt.exercise;

import static bptt.exercise.Algebra.T;
import static bptt.exercise.Algebra.diag;
import static bptt.exercise.Algebra.slope;
import static bptt.exercise.Algebra.sum;

import bptt.check.Claim;
import bptt.check.Derivatives;
import bptt.exercise.Networks.Losses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** Unrolling an Elman network: the order of Jacobians, the recursion, the whole gradient. */
final class Chapter02 {
    private Chapter02() {}

    static List<Exercise> exercises() {
        List<Given> pass = Networks.rnns(Losses.EACH);
        List<Given> rows = pass.stream().map(Chapter02::rowsAndJacobians).toList();
        return List.of(
                new Exercise(
                        "02.1",
                        "the order of the Jacobians",
                        new Choice()
                                .option(
                                        "this is the product in ascending order: read from the left, the state that is "
                                                + "moved first would come last",
                                        () -> isJacobian(J -> J[2].mult(J[3]).mult(J[4])))
                                .option(
                                        "these are the steps from h_0 to h_3: J_t leads from h_{t−1} to h_t",
                                        () -> isJacobian(J -> J[3].mult(J[2]).mult(J[1])))
                                .option(
                                        "the last Jacobian acts last, so it stands on the left",
                                        () -> isJacobian(J -> J[4].mult(J[3]).mult(J[2])))
                                .option(
                                        "this is a product of the transposes, which carries columns of gradients back",
                                        () -> isJacobian(
                                                J -> T(J[2]).mult(T(J[3])).mult(T(J[4])))),
                        "Which J moves h_2 when h_1 moves?",
                        "Write dh_4 = J_4 dh_3, and put in what dh_3 is."),
                new Exercise(
                        "02.2",
                        "what total derivatives behind the Jacobians add up to",
                        Comparison.value(() -> behind(3, Chapter02::total))
                                .byHand()
                                .wrong(
                                        "the true derivative dh_3/dW = 3 W² h_0, with immediate derivatives",
                                        n -> total(3))
                                .wrong("the immediate derivative h_2 alone", n -> 4.0)
                                .wrong("the sum for two steps", n -> behind(2, Chapter02::total)),
                        "The sum has three terms, t = 1, 2, 3: (∂h_3/∂h_t) times dh_t/dW.",
                        "dh_1/dW = h_0, dh_2/dW = 2 W h_0, dh_3/dW = 3 W² h_0; and ∂h_3/∂h_t = W^(3−t)."),
                new Exercise(
                        "02.3",
                        "∂L/∂h_1 as a row from g_t and J_t",
                        Comparison.derivation(rows, q -> T(q.gradient("h_1")))
                                .wrong(
                                        "the sum with the Jacobians in ascending order",
                                        q -> sum(1, q.T(), i -> q.get("g", i).mult(up(q, i))))
                                .wrong("the direct part g_1 alone", q -> q.get("g", 1))
                                .wrong("the last loss alone, carried back", q -> q.get("g", q.T())
                                        .mult(down(q, q.T(), 1)))
                                .wrong(
                                        "the sum with J_1 too: from h_1 back it would be ∂L/∂h_0",
                                        q -> sum(1, q.T(), i -> q.get("g", i).mult(down(q, i, 0))))
                                .wrong("the sum of all g_t, not carried back", q -> sum(1, q.T(), i -> q.get("g", i)))
                                .wrong(
                                        "the recursion with J_t for J_{t+1}",
                                        q -> sum(1, q.T(), i -> q.get("g", i).mult(down(q, i - 1, 0))))
                                .wrong(
                                        "the sum with transposed Jacobians",
                                        q -> sum(1, q.T(), i -> q.get("g", i).mult(transposed(q, i)))),
                        "Two ways lead from h_t to the loss: through its own output, and through h_{t+1}.",
                        "∂L/∂h_t = g_t + (∂L/∂h_{t+1}) J_{t+1}. Where does the recursion begin, where does it end?",
                        "Begin with the row g_T, and go from t = T − 1 down to 1."),
                new Exercise(
                        "02.4",
                        "∇ of W_hh, W_xh and b_h in one loop",
                        wholeGradient(pass),
                        "At each step, from the last to the first: ∂L/∂h_t, then ∂L/∂a_t, then three outer products.",
                        "∂L/∂h_t = W_hyᵀ e_t + W_hhᵀ ∂L/∂a_{t+1}; there is nothing from the right at t = T.",
                        "∂L/∂a_t = (1 − h_t²) ∘ ∂L/∂h_t, and what entered step t is h_{t−1}, x_t and 1."),
                new Exercise(
                        "02.5",
                        "dh_T/dW_hh carried forward",
                        Comparison.derivation(
                                        pass.stream()
                                                .map(q -> q.only("W_hh", "h_\\d+", "T", "H"))
                                                .toList(),
                                        q -> q.graph().jacobian("h_" + q.T(), "W_hh"))
                                .wrong("the immediate derivative of the last step alone", q -> immediate(q, q.T()))
                                .wrong(
                                        "the sum of the immediate derivatives, none of them carried",
                                        q -> sum(1, q.T(), t -> immediate(q, t)))
                                .wrong(
                                        "the recursion without the slopes in J_t",
                                        q -> carried(q, t -> q.get("W_hh"), t -> immediate(q, t)))
                                .wrong(
                                        "the recursion with J_{t−1} for J_t",
                                        q -> carried(q, t -> J(q, Math.max(1, t - 1)), t -> immediate(q, t)))
                                .wrong(
                                        "the recursion with h_t for h_{t−1} in the immediate derivative",
                                        q -> carried(q, t -> J(q, t), t -> T(q.get("h", t))
                                                .kron(diag(slope(q.get("h", t))))))
                                .wrong(
                                        "a sum of total derivatives: each path is counted once for every step it "
                                                + "passes",
                                        q -> sum(
                                                1, q.T(), t -> down(q, q.T(), t).mult(trueTotal(q, t)))),
                        "dh_t/dW = J_t dh_{t−1}/dW + ∂⁺h_t/∂W, and dh_0/dW = 0.",
                        "∂⁺h_t/∂W_hh = h_{t−1}ᵀ ⊗ diag(1 − h_t²): in EJML, row.kron(matrix).",
                        "J_t = diag(1 − h_t²) W_hh, with the state after the step."));
    }

    /** The pieces of the loop, so that one can be wrong. */
    private record Loop(SimpleMatrix back, IntFunction<SimpleMatrix> slope, int lag, int inputLag, boolean direct) {}

    static Comparison<Given> wholeGradient(List<Given> pass) {
        return Comparison.derivation(
                        pass,
                        q -> Value.named(
                                "W_hh", q.gradient("W_hh"), "W_xh", q.gradient("W_xh"), "b_h", q.gradient("b_h")))
                .wrong("the gradient with W_hh for W_hhᵀ", q -> loop(q, right(q, q.get("W_hh"))))
                .wrong(
                        "the gradient with h_t where h_{t−1} belongs",
                        q -> loop(q, new Loop(T(q.get("W_hh")), s(q), 0, 0, true)))
                .wrong(
                        "the gradient without the slopes 1 − h_t²",
                        q -> loop(
                                q,
                                new Loop(
                                        T(q.get("W_hh")),
                                        t -> q.get("h", t).scale(0).plus(1),
                                        1,
                                        0,
                                        true)))
                .wrong(
                        "the gradient of a window of one step: nothing comes from the next step",
                        q -> loop(q, right(q, T(q.get("W_hh")).scale(0))))
                .wrong(
                        "the gradient with the slope of the step after",
                        q -> loop(q, new Loop(T(q.get("W_hh")), t -> s(q).apply(Math.min(q.T(), t + 1)), 1, 0, true)))
                .wrong(
                        "the gradient of the last loss alone",
                        q -> loop(q, new Loop(T(q.get("W_hh")), s(q), 1, 0, false)))
                .wrong("the last step's term alone, not the sum over the steps", Chapter02::lastTerm)
                .wrong("the mean over the steps, not the sum", Chapter02::mean);
    }

    private static Loop right(Given q, SimpleMatrix back) {
        return new Loop(back, s(q), 1, 0, true);
    }

    private static IntFunction<SimpleMatrix> s(Given q) {
        return t -> slope(q.get("h", t));
    }

    private static Map<String, SimpleMatrix> loop(Given q, Loop l) {
        Map<String, SimpleMatrix> d = new LinkedHashMap<>();
        SimpleMatrix next = q.get("h", 0).scale(0), Wt = T(q.get("W_hy"));
        for (int t = q.T(); t >= 1; t--) {
            SimpleMatrix e = q.get("e", t).scale(l.direct || t == q.T() ? 1 : 0);
            SimpleMatrix da = l.slope.apply(t).elementMult(Wt.mult(e).plus(next));
            d.merge("W_hh", da.mult(T(q.get("h", t - l.lag))), SimpleMatrix::plus);
            d.merge("W_xh", da.mult(T(q.get("x", t - l.inputLag))), SimpleMatrix::plus);
            d.merge("b_h", da, SimpleMatrix::plus);
            next = l.back.mult(da);
        }
        return d;
    }

    private static Map<String, SimpleMatrix> lastTerm(Given q) {
        SimpleMatrix da = q.gradient("a_" + q.T());
        return Value.named("W_hh", da.mult(T(q.get("h", q.T() - 1))), "W_xh", da.mult(T(q.get("x", q.T()))), "b_h", da);
    }

    private static Map<String, SimpleMatrix> mean(Given q) {
        return Value.named(
                "W_hh", q.gradient("W_hh").divide(q.T()),
                "W_xh", q.gradient("W_xh").divide(q.T()),
                "b_h", q.gradient("b_h").divide(q.T()));
    }

    /** With g_t = e_tᵀ W_hy and J_t = diag(1 − h_t²) W_hh, and little else. */
    private static Given rowsAndJacobians(Given q) {
        Given more = q;
        for (int t = 1; t <= q.T(); t++) {
            int step = t;
            more = more.with("g_" + t, p -> T(p.get("e", step)).mult(p.get("W_hy")));
            more = more.with("J_" + t, p -> J(p, step));
        }
        return more.only("g_\\d+", "J_\\d+", "T", "H");
    }

    private static SimpleMatrix J(Given q, int t) {
        return q.names().contains("J_" + t)
                ? q.get("J", t)
                : diag(slope(q.get("h", t))).mult(q.get("W_hh"));
    }

    private static SimpleMatrix identity(Given q) {
        return SimpleMatrix.identity((int) q.number("H"));
    }

    /** J_i … J_{t+1}. */
    private static SimpleMatrix down(Given q, int i, int t) {
        return IntStream.rangeClosed(t + 1, i)
                .mapToObj(k -> J(q, k))
                .reduce(identity(q), (product, J) -> J.mult(product));
    }

    /** J_2 … J_i. */
    private static SimpleMatrix up(Given q, int i) {
        return IntStream.rangeClosed(2, i).mapToObj(k -> J(q, k)).reduce(identity(q), SimpleMatrix::mult);
    }

    private static SimpleMatrix transposed(Given q, int i) {
        return IntStream.rangeClosed(2, i)
                .mapToObj(k -> T(J(q, k)))
                .reduce(identity(q), (product, J) -> J.mult(product));
    }

    private static SimpleMatrix immediate(Given q, int t) {
        return T(q.get("h", t - 1)).kron(diag(slope(q.get("h", t))));
    }

    private static SimpleMatrix carried(Given q, IntFunction<SimpleMatrix> J, IntFunction<SimpleMatrix> now) {
        SimpleMatrix d = now.apply(1);
        for (int t = 2; t <= q.T(); t++) {
            d = J.apply(t).mult(d).plus(now.apply(t));
        }
        return d;
    }

    private static SimpleMatrix trueTotal(Given q, int t) {
        return q.graph().jacobian("h_" + t, "W_hh");
    }

    private static boolean isJacobian(Function<SimpleMatrix[], SimpleMatrix> product) {
        Given q = Networks.rnn(8, 2, 3, 2, 1, 4, Losses.LAST).given();
        SimpleMatrix[] J = new SimpleMatrix[5];
        for (int t = 1; t <= 4; t++) {
            J[t] = J(q, t);
        }
        return Claim.error(product.apply(J), q.graph().jacobian("h_4", "h_1")) < 1e-9;
    }

    /** dh_t/dW of h_t = W h_{t−1}, W = 2, h_0 = 1. */
    private static double total(int t) {
        return Derivatives.complexStep(
                        W -> {
                            SimpleMatrix h = Value.number(1);
                            for (int k = 0; k < t; k++) {
                                h = W.mult(h);
                            }
                            return h;
                        },
                        Value.number(2))
                .get(0);
    }

    private static double behind(int T, IntFunction<Double> last) {
        return IntStream.rangeClosed(1, T)
                .mapToDouble(t -> StrictMath.pow(2, T - t) * last.apply(t))
                .sum();
    }
}
