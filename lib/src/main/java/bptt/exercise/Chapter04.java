package bptt.exercise;

import static bptt.cell.Elementwise.exp;
import static bptt.cell.Elementwise.log;
import static bptt.cell.Elementwise.oneMinus;
import static bptt.exercise.Algebra.T;
import static bptt.exercise.Algebra.column;
import static bptt.exercise.Algebra.diag;
import static bptt.exercise.Algebra.rows;
import static bptt.exercise.Algebra.slope;

import bptt.Loss;
import bptt.cell.Draw;
import bptt.check.Claim;
import bptt.check.Derivatives;
import bptt.check.Reference;
import bptt.exercise.Networks.Losses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/** Softmax outputs: their Jacobian, the error that travels back, another loss. */
final class Chapter04 {
    private static final SimpleMatrix E = rows(2, 0.3, -0.1, -0.3, 0.1), H = rows(2, 0.5, -0.2, 0.8, 0.4);

    private Chapter04() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "04.1",
                        "the upper left entry of e_1 h_1ᵀ, two sequences",
                        Comparison.value(() -> E.mult(T(H)).get(0, 0))
                                .byHand()
                                .wrong("the product of the first sequence alone", n -> 0.15)
                                .wrong(
                                        "the mean over the sequences; the 1/B is in e already",
                                        n -> E.mult(T(H)).get(0, 0) / 2)
                                .wrong("the entry of e_1 h_1, without the transpose", n -> E.mult(H)
                                        .get(0, 0))
                                .wrong("the entry (1, 2)", n -> E.mult(T(H)).get(0, 1)),
                        "Row 1 of e_1 times column 1 of h_1ᵀ, which is row 1 of h_1.",
                        "Two sequences: two products, and their sum."),
                new Exercise(
                        "04.2",
                        "∂ŷ/∂o of a softmax as a function of o",
                        Comparison.function(
                                        o -> Derivatives.complexStep(Chapter04::softmax, o),
                                        List.of(column(0.3, -1.2, 0.5), column(1, 2), column(0.1, 0.2, -2, 1)))
                                .wrong(
                                        "the derivative of a sigmoid, component by component: a softmax couples them",
                                        o -> diag(Loss.softmax(o).elementMult(oneMinus(Loss.softmax(o)))))
                                .wrong(
                                        "diag(ŷ) alone: the sum in the denominator moves too",
                                        o -> diag(Loss.softmax(o)))
                                .wrong("the second term alone, −ŷ ŷᵀ", o -> squared(o)
                                        .scale(-1))
                                .wrong("the sum of the two terms, not their difference", o -> diag(Loss.softmax(o))
                                        .plus(squared(o)))
                                .wrong("the derivative of ln ŷ", o -> SimpleMatrix.identity(o.getNumElements())
                                        .minus(SimpleMatrix.ones(o.getNumElements(), 1)
                                                .mult(T(Loss.softmax(o))))),
                        "∂ ln ŷ_j/∂o_i = 1[i = j] − ŷ_i. And ∂ŷ_j = ŷ_j ∂ ln ŷ_j.",
                        "Entry (j, i) is ŷ_j (1[i = j] − ŷ_i). Write it as a diagonal matrix and an outer product."),
                new Exercise(
                        "04.3",
                        "which wrong form is right if only the last step has a target",
                        new Choice()
                                .option(
                                        "the own output is what is missing now at every earlier step: this form would "
                                                + "be zero there",
                                        () -> isLast((q, s) -> s.own()))
                                .option(
                                        "it lacks the own output of the step, which no earlier step has now",
                                        () -> isLast((q, s) -> T(q.get("W_hh")).mult(s.next())))
                                .option(
                                        "the transpose does not depend on where the losses are",
                                        () -> isLast((q, s) ->
                                                s.own().plus(q.get("W_hh").mult(s.next()))))
                                .option(
                                        "the slope does not depend on where the losses are",
                                        () -> isLast((q, s) ->
                                                s.own().plus(T(q.get("W_hh")).mult(s.delta())))),
                        "∂L/∂h_t has two terms. Which of them is zero for t < T if only the last step has a loss?",
                        "A form that drops a term that is zero is right."),
                new Exercise(
                        "04.4",
                        "∂L/∂h_t of every step",
                        Comparison.derivation(
                                        Networks.rnns(Losses.EACH).stream()
                                                .map(q -> q.only("W_hh", "W_hy", "h_\\d+", "e_\\d+", "T", "H"))
                                                .toList(),
                                        q -> all(q, t -> q.gradient("h_" + t)))
                                .wrong(
                                        "the value at the last step, printed for every step",
                                        q -> all(q, t -> own(q, q.T())))
                                .wrong("the own output alone", q -> all(q, t -> own(q, t)))
                                .wrong(
                                        "the recursion with W_hh for W_hhᵀ",
                                        q -> recursion(q, (t, next) -> q.get("W_hh")
                                                .mult(slope(q.get("h", t + 1)).elementMult(next))))
                                .wrong(
                                        "the recursion with tanh′ at t, not at t + 1",
                                        q -> recursion(q, (t, next) -> T(q.get("W_hh"))
                                                .mult(slope(q.get("h", t)).elementMult(next))))
                                .wrong(
                                        "the recursion without tanh′",
                                        q -> recursion(
                                                q, (t, next) -> T(q.get("W_hh")).mult(next)))
                                .wrong(
                                        "the recursion with tanh′ and W_hhᵀ exchanged",
                                        q -> recursion(q, (t, next) -> slope(q.get("h", t + 1))
                                                .elementMult(T(q.get("W_hh")).mult(next))))
                                .wrong(
                                        "∂L/∂a_t: the slope of step t is in it already",
                                        q -> all(q, t -> q.gradient("a_" + t))),
                        "At t = T there is the own output alone: W_hyᵀ e_T.",
                        "For t < T add what comes from h_{t+1}: first its slope, then W_hhᵀ.",
                        "Return a map: put(\"h_\" + t, …) for every t, filled from T down."),
                new Exercise(
                        "04.5",
                        "∂l/∂o of a linear output and the mean squared error",
                        Comparison.derivation(outputs(), q -> q.gradient("o"))
                                .wrong("o − y, with neither the 2 nor the mean", q -> difference(q))
                                .wrong("2 (o − y), without the mean over entries", q -> difference(q)
                                        .scale(2))
                                .wrong("the mean over sequences alone: the loss divides by B·O", q -> difference(q)
                                        .scale(2.0 / q.get("o").getNumCols()))
                                .wrong("the mean over outputs alone: the loss divides by B·O", q -> difference(q)
                                        .scale(2.0 / q.get("o").getNumRows()))
                                .wrong("(ŷ − y)/B with a softmax: this output is linear", q -> Loss.softmax(q.get("o"))
                                        .minus(q.get("y"))
                                        .divide(q.get("o").getNumCols())),
                        "l = (1/(B·O)) Σ (o − y)². One entry of o occurs in one term of the sum.",
                        "The derivative of a square is twice the difference; the factor in front stays."));
    }

    private static SimpleMatrix softmax(SimpleMatrix o) {
        SimpleMatrix e = exp(o), total = SimpleMatrix.ones(1, o.getNumRows()).mult(e);
        return e.elementMult(
                exp(SimpleMatrix.ones(o.getNumRows(), 1).mult(log(total)).scale(-1)));
    }

    private static SimpleMatrix squared(SimpleMatrix o) {
        SimpleMatrix y = Loss.softmax(o);
        return y.mult(T(y));
    }

    /** The parts of ∂L/∂h_t. */
    private record Parts(SimpleMatrix own, SimpleMatrix delta, SimpleMatrix next) {}

    private interface Form {
        SimpleMatrix of(Given q, Parts parts);
    }

    private static boolean isLast(Form form) {
        Given q =
                Networks.withErrors(Networks.rnn(9, 2, 3, 3, 1, 4, Losses.LAST).given());
        SimpleMatrix delta = q.gradient("h_3"), none = delta.scale(0);
        Parts parts = new Parts(none, delta, slope(q.get("h", 3)).elementMult(delta));
        return Claim.error(form.of(q, parts), q.gradient("h_2")) < 1e-9;
    }

    private static SimpleMatrix own(Given q, int t) {
        return T(q.get("W_hy")).mult(q.get("e", t));
    }

    private static Map<String, SimpleMatrix> all(Given q, Function<Integer, SimpleMatrix> of) {
        Map<String, SimpleMatrix> all = new LinkedHashMap<>();
        for (int t = 1; t <= q.T(); t++) {
            all.put("h_" + t, of.apply(t));
        }
        return all;
    }

    private interface Later {
        SimpleMatrix of(int t, SimpleMatrix next);
    }

    private static Map<String, SimpleMatrix> recursion(Given q, Later later) {
        Map<String, SimpleMatrix> all = new LinkedHashMap<>();
        SimpleMatrix d = own(q, q.T());
        all.put("h_" + q.T(), d);
        for (int t = q.T() - 1; t >= 1; t--) {
            d = own(q, t).plus(later.of(t, d));
            all.put("h_" + t, d);
        }
        return all;
    }

    private static List<Given> outputs() {
        return Stream.of(new int[] {3, 2}, new int[] {2, 4}, new int[] {1, 3})
                .map(size -> {
                    SimpleMatrix o = Draw.uniform(size[0], size[1], -1, 1, new Random(size[0]));
                    SimpleMatrix y = Draw.uniform(size[0], size[1], -1, 1, new Random(9));
                    return new Graph(node -> Reference.meanSquared(node.of("o", o), node.of("y", y))).given();
                })
                .toList();
    }

    private static SimpleMatrix difference(Given q) {
        return q.get("o").minus(q.get("y"));
    }
}
