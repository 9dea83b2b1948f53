package bptt.exercise;

import static bptt.exercise.Algebra.T;
import static bptt.exercise.Algebra.column;
import static bptt.exercise.Algebra.diag;
import static bptt.exercise.Algebra.rows;
import static bptt.exercise.Algebra.slope;
import static bptt.exercise.Algebra.sum;

import bptt.cell.Draw;
import bptt.check.Claim;
import bptt.exercise.Networks.Losses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** The error term ∂L/∂a_t, and the gradients that are read off it. */
final class Chapter03 {
    private static final SimpleMatrix DELTA = column(0.2, -0.1), STEP = rows(2, 1.5, -0.4, 0.8, 0.6);

    private Chapter03() {}

    static List<Exercise> exercises() {
        List<Given> each =
                Networks.rnns(Losses.EACH).stream().map(Chapter03::withDeltas).toList();
        return List.of(
                new Exercise(
                        "03.1",
                        "one step back on paper",
                        Comparison.value(() -> T(DELTA).mult(STEP).get(0))
                                .byHand()
                                .wrong(
                                        "the matrix times the column: the row times the matrix is asked for",
                                        n -> STEP.mult(DELTA).get(0))
                                .wrong("the second component", n -> T(DELTA).mult(STEP)
                                        .get(1))
                                .wrong("the first product alone", n -> 0.3)
                                .wrong("the sum with the sign of δ_2 lost", n -> 0.38),
                        "(∂L/∂a_4)ᵀ = (∂L/∂a_5)ᵀ · ∂a_5/∂a_4: a row times a matrix.",
                        "The first component takes the first column of the matrix."),
                new Exercise(
                        "03.2",
                        "∂L/∂a_k from ∂L/∂a_{k+1}, a loss at each step",
                        Comparison.derivation(
                                        each.stream()
                                                .filter(q -> q.T() > 1)
                                                .map(Chapter03::step)
                                                .toList(),
                                        q -> q.gradient("a_1"))
                                .wrong(
                                        "the part from the next step alone, without e",
                                        back(s -> s.slope.elementMult(T(s.W).mult(s.delta))))
                                .wrong("the direct part alone", back(s -> s.slope.elementMult(s.direct)))
                                .wrong(
                                        "the error with W_hh for W_hhᵀ",
                                        back(s -> s.slope.elementMult(s.direct.plus(s.W.mult(s.delta)))))
                                .wrong(
                                        "∂L/∂h_k: the slope f′(a_k) is missing",
                                        back(s -> s.direct.plus(T(s.W).mult(s.delta))))
                                .wrong("the error with the slope of the step after", back(s -> slope(s.hNext)
                                        .elementMult(s.direct.plus(T(s.W).mult(s.delta)))))
                                .wrong(
                                        "the error with the slope on the next step's part only",
                                        back(s -> s.direct.plus(s.slope.elementMult(T(s.W).mult(s.delta)))))
                                .wrong("the error with diag(f′) and W_hhᵀ exchanged", back(s -> s.slope
                                        .elementMult(s.direct)
                                        .plus(T(s.W).mult(s.slope.elementMult(s.delta)))))
                                .wrong(
                                        "the error with h_k for 1 − h_k²",
                                        back(s -> s.h.elementMult(s.direct.plus(T(s.W).mult(s.delta))))),
                        "h_k has two ways to the loss: its own, and through a_{k+1}.",
                        "Directly it is W_hyᵀ e_k; through the next step W_hhᵀ ∂L/∂a_{k+1}. That is ∂L/∂h_k.",
                        "From ∂L/∂h_k to ∂L/∂a_k leads the slope of tanh at step k."),
                new Exercise(
                        "03.3",
                        "the gradients of W_hh and b_h read off the error terms",
                        Comparison.derivation(
                                        each.stream()
                                                .map(q -> q.only("delta_\\d+", "h_\\d+", "T", "H"))
                                                .toList(),
                                        q -> Value.named("W_hh", q.gradient("W_hh"), "b_h", q.gradient("b_h")))
                                .wrong(
                                        "the sum with h_t where h_{t−1} belongs",
                                        q -> Value.named("W_hh", sum(1, q.T(), t -> delta(q, t)
                                                .mult(T(q.get("h", t))))))
                                .wrong(
                                        "the sum from t = 2: h_0 is not zero",
                                        q -> Value.named(
                                                "W_hh",
                                                q.T() < 2
                                                        ? delta(q, 1)
                                                                .mult(T(delta(q, 1)))
                                                                .scale(0)
                                                        : sum(2, q.T(), t -> outer(q, t)),
                                                "b_h",
                                                q.T() < 2 ? delta(q, 1).scale(0) : sum(2, q.T(), t -> delta(q, t))))
                                .wrong(
                                        "the last step's part alone",
                                        q -> Value.named("W_hh", outer(q, q.T()), "b_h", delta(q, q.T())))
                                .wrong(
                                        "the mean over the steps, not the sum",
                                        q -> Value.named(
                                                "W_hh",
                                                sum(1, q.T(), t -> outer(q, t)).divide(q.T()),
                                                "b_h",
                                                sum(1, q.T(), t -> delta(q, t)).divide(q.T())))
                                .wrong(
                                        "the sum of the other outer product, h_{t−1} δ_tᵀ",
                                        q -> Value.named("W_hh", T(sum(1, q.T(), t -> outer(q, t)))))
                                .wrong(
                                        "the sum with the slope once more: it is in ∂L/∂a_t already",
                                        q -> Value.named(
                                                "W_hh",
                                                sum(1, q.T(), t -> slope(q.get("h", t))
                                                        .elementMult(delta(q, t))
                                                        .mult(T(q.get("h", t - 1)))),
                                                "b_h",
                                                sum(1, q.T(), t -> slope(q.get("h", t))
                                                        .elementMult(delta(q, t))))),
                        "At one step: ∂L/∂W⁽ᵗ⁾ is an outer product of ∂L/∂a_t and of what W multiplies there.",
                        "The bias is the weight of an input that is always 1.",
                        "Then add the copies up, from t = 1 on: h_0 is given too."),
                new Exercise(
                        "03.4",
                        "entries of ∂W/∂W that are not 0, as a function of H",
                        Comparison.function(Chapter03::ones, 1, 2, 3, 5)
                                .wrong("all entries of the tensor", H -> H * H * H * H)
                                .wrong("the ones of a single H × H identity", H -> H)
                                .wrong("the ones, if the tensor had three indices", H -> H * H * H),
                        "X_klij = 1[k = i] 1[l = j]. How many (k, l, i, j) fulfil both?",
                        "Choose k and l freely. What is left to choose for i and j?"),
                new Exercise(
                        "03.5",
                        "a W_hh for which the ascending product is right",
                        new Example(3, 3)
                                .must(W -> Math.abs(W.determinant()) > 1e-9
                                        ? null
                                        : "it has no inverse, so a product could be right because it loses information")
                                .must(W -> IntStream.range(0, 3)
                                                        .mapToDouble(i -> W.get(i, i))
                                                        .distinct()
                                                        .count()
                                                > 1
                                        ? null
                                        : "its diagonal entries are all the same; find one where they are not")
                                .must(Chapter03::ascends),
                        "For which W does W D_1 W D_2 = W D_2 W D_1 hold, whatever the diagonal matrices are?",
                        "W has an inverse: D_1 W D_2 = D_2 W D_1. Write down the entry (i, j).",
                        "(d_i d′_j − d′_i d_j) w_ij = 0 for all numbers d, d′. What does that say for i ≠ j?"));
    }

    private static Given withDeltas(Given q) {
        Given more = q;
        for (int t = 1; t <= q.T(); t++) {
            int step = t;
            more = more.with("delta_" + t, p -> p.gradient("a_" + step));
        }
        return more;
    }

    private static Given step(Given q) {
        Map<String, SimpleMatrix> values = new LinkedHashMap<>();
        values.put("W_hh", q.get("W_hh"));
        values.put("W_hy", q.get("W_hy"));
        values.put("e_k", q.get("e", 1));
        values.put("h_k", q.get("h", 1));
        values.put("h_next", q.get("h", 2));
        values.put("delta_next", q.get("delta", 2));
        values.put("H", q.get("H"));
        return new Given(values, q.graph());
    }

    private record Step(
            SimpleMatrix W,
            SimpleMatrix direct,
            SimpleMatrix delta,
            SimpleMatrix h,
            SimpleMatrix slope,
            SimpleMatrix hNext) {}

    private static Function<Given, Object> back(Function<Step, SimpleMatrix> of) {
        return q -> of.apply(new Step(
                q.get("W_hh"),
                T(q.get("W_hy")).mult(q.get("e_k")),
                q.get("delta_next"),
                q.get("h_k"),
                slope(q.get("h_k")),
                q.get("h_next")));
    }

    private static SimpleMatrix delta(Given q, int t) {
        return q.get("delta", t);
    }

    private static SimpleMatrix outer(Given q, int t) {
        return delta(q, t).mult(T(q.get("h", t - 1)));
    }

    /** Counted, entry by entry. */
    private static double ones(double size) {
        int H = (int) size;
        return IntStream.range(0, H * H * H * H)
                .filter(n -> n / (H * H * H) == n / H % H && n / (H * H) % H == n % H)
                .count();
    }

    private static String ascends(SimpleMatrix W) {
        Random random = new Random(1);
        for (int n = 0; n < 5; n++) {
            SimpleMatrix A = W.mult(diag(Draw.uniform(3, 1, 0.1, 1, random)));
            SimpleMatrix B = W.mult(diag(Draw.uniform(3, 1, 0.1, 1, random)));
            if (!(Claim.error(A.mult(B), B.mult(A)) < 1e-9)) {
                return "for some slopes the two products differ";
            }
        }
        return null;
    }
}
