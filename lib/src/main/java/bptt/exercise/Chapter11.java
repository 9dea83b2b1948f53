package bptt.exercise;

import static bptt.exercise.Algebra.column;
import static bptt.exercise.Algebra.each;
import static bptt.exercise.Algebra.sum;
import static bptt.exercise.Chapter07.solve;
import static bptt.exercise.Chapter07.within;

import bptt.cell.Draw;
import bptt.check.Reference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** Learning across T: designs, baselines, intervals, one update, and a rank correlation. */
final class Chapter11 {
    private static final int[] DISTANCES = {20, 50, 100, 200};
    private static final int NETWORKS = 10;

    private Chapter11() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "11.1",
                        "the analysis that finds a correlation where there is none",
                        new Choice()
                                .option(
                                        "at one distance T is the same for all networks, so it can make no correlation",
                                        () -> finds(Chapter11::atEach))
                                .option(
                                        "both quantities do grow with T; what does that do to points of all distances "
                                                + "together?",
                                        () -> finds(Chapter11::together))
                                .option(
                                        "the longest distance alone has few points, and scatters, but around 0",
                                        () -> finds(Chapter11::atLongest))
                                .option(
                                        "a quotient by the median of its distance no longer grows with T",
                                        () -> finds(Chapter11::relative)),
                        "What do the two quantities have in common, even if the networks do not differ?",
                        "Both grow with T. In which of the analyses does T differ from point to point?"),
                new Exercise(
                        "11.2",
                        "what knowing nothing costs, if a product is asked for",
                        Comparison.value(Chapter11::varianceOfProduct)
                                .byHand()
                                .wrong("E y², the loss of always answering 0: the mean is better", n -> 1 / 9.0)
                                .wrong("the square of the mean", n -> 1 / 16.0)
                                .wrong("the product of the two variances", n -> 1 / 144.0)
                                .wrong("the variance of the sum, 2/12", n -> 1 / 6.0)
                                .wrong("the variance of one of the numbers", n -> 1 / 12.0)
                                .wrong(
                                        "the standard deviation, not its square",
                                        n -> StrictMath.sqrt(varianceOfProduct())),
                        "The best constant answer is the mean of the target, and it costs the target's variance.",
                        "Var y = E y² − (E y)². For independent numbers E X_1² X_2² = E X_1² · E X_2²."),
                new Exercise(
                        "11.3",
                        "the copying task's loss without a memory, as a function of T",
                        Comparison.function(Chapter11::memoryless, 10, 100, 500)
                                .wrong(
                                        "the loss of the last ten steps; the mean is over all of them",
                                        T -> StrictMath.log(8))
                                .wrong("the sum over the steps, not their mean", T -> 10 * StrictMath.log(8))
                                .wrong(
                                        "the loss with the blank among what may come: where it stands is known",
                                        T -> 10 * StrictMath.log(9) / (T + 20))
                                .wrong(
                                        "the mean over T steps; there are ten more at either end",
                                        T -> 10 * StrictMath.log(8) / T)
                                .wrong("the loss of one symbol, not ten", T -> StrictMath.log(8) / (T + 20))
                                .wrong(
                                        "the loss in bits; the cross-entropy has natural logarithms",
                                        T -> 30 / (T + 20)),
                        "At which of the T + 20 steps does it pay anything at all?",
                        "At the last ten, and each time it is one of eight equally likely symbols."),
                new Exercise(
                        "11.4",
                        "the lower end of the interval if n of n seeds solve the task",
                        Comparison.function(n -> solve(share -> allOf((int) n, share), 0.025, 0, 1), 5, 10, 36, 100)
                                .within(1e-6)
                                .wrong(
                                        "the bound that leaves 5 % on this side: an interval leaves 2.5 % on each",
                                        n -> StrictMath.pow(0.05, 1 / n))
                                .wrong("the upper end for none of n", n -> 1 - StrictMath.pow(0.025, 1 / n))
                                .wrong(
                                        "the share for which n of n are seen in 97.5 % of all cases",
                                        n -> StrictMath.pow(0.975, 1 / n))
                                .wrong("the rule of three, 1 − 3/n: one-sided, and for large n", n -> 1 - 3 / n)
                                .wrong("1, the share that was seen", n -> 1),
                        "The lower end is the smallest share with which n of n are not yet too unlikely: 2.5 %.",
                        "With the share p of all seeds, n of n solve it with probability pⁿ."),
                new Exercise(
                        "11.5",
                        "two gradients, their norm clipped together",
                        Comparison.derivation(gradients(), Chapter11::clipped)
                                .wrong(
                                        "clipping each on its own, which turns the gradient",
                                        q -> both(q, g -> g.scale(Math.min(1, threshold(q) / g.normF()))))
                                .wrong(
                                        "clipping entry by entry, which turns the gradient",
                                        q -> both(
                                                q,
                                                g -> each(g, v -> Math.max(-threshold(q), Math.min(threshold(q), v)))))
                                .wrong(
                                        "a gradient of that length always, a short one too",
                                        q -> both(q, g -> g.scale(threshold(q) / joint(q).normF())))
                                .wrong(
                                        "clipping by the sum of the two norms",
                                        q -> both(
                                                q,
                                                g -> g.scale(Math.min(
                                                        1,
                                                        threshold(q)
                                                                / (q.get("dW_hh")
                                                                                .normF()
                                                                        + q.get("db_h")
                                                                                .normF())))))
                                .wrong("the gradient as it was", q -> both(q, g -> g)),
                        "One number multiplies both, so that the direction stays.",
                        "The norm of both together is √(‖dW_hh‖² + ‖db_h‖²)."),
                new Exercise(
                        "11.6",
                        "what T updates of Adam change",
                        Comparison.derivation(updates(), Chapter11::adam)
                                .wrong(
                                        "the change without the bias corrections",
                                        q -> moments(q, 0.9, 0.999, n -> 1.0, n -> 1.0))
                                .wrong(
                                        "the change with only m corrected",
                                        q -> moments(q, 0.9, 0.999, left(0.9), n -> 1.0))
                                .wrong(
                                        "the change with only v corrected",
                                        q -> moments(q, 0.9, 0.999, n -> 1.0, left(0.999)))
                                .wrong(
                                        "the change corrected as if each update were the first",
                                        q -> moments(q, 0.9, 0.999, n -> 0.1, n -> 0.001))
                                .wrong(
                                        "the change with 0.9 for v as well",
                                        q -> moments(q, 0.9, 0.9, left(0.9), left(0.9)))
                                .wrong(
                                        "the change with the two constants exchanged",
                                        q -> moments(q, 0.999, 0.9, left(0.999), left(0.9)))
                                .wrong(
                                        "RMSProp: the gradient itself over a root",
                                        q -> moments(q, 0, 0.9, n -> 1.0, n -> 1.0))
                                .wrong(
                                        "the change with 10⁻⁸ under the root",
                                        q -> change(
                                                q, 0.9, 0.999, left(0.9), left(0.999), v -> StrictMath.sqrt(v + 1e-8)))
                                .wrong("the last update alone", q -> adam(q).minus(
                                                adam(q.with("T", p -> Value.number(p.T() - 1)))))
                                .wrong("gradient descent at that rate", q -> sum(1, q.T(), t -> q.get("g", t))
                                        .scale(-q.number("rate")))
                                .wrong("the change at the rate 1", q -> adam(q).divide(q.number("rate"))),
                        "Begin with m = v = 0, and keep them from update to update. The correction depends on n.",
                        "In update n divide m by 1 − 0.9ⁿ and v by 1 − 0.999ⁿ, and only then take the root."),
                new Exercise(
                        "11.7",
                        "a rank correlation with ties",
                        Comparison.derivation(tables(), q -> spearman(q.get("lost"), q.get("needed")))
                                .wrong(
                                        "the correlation of the values, not of their ranks",
                                        q -> pearson(q.get("lost"), q.get("needed")))
                                .wrong(
                                        "1 − 6 Σ d²/(n (n² − 1)), which holds without ties only",
                                        q -> byDifferences(q.get("lost"), q.get("needed")))
                                .wrong(
                                        "the correlation with ties ranked in the order in which they stand",
                                        q -> pearson(inOrder(q.get("lost")), inOrder(q.get("needed"))))
                                .wrong(
                                        "the correlation with the smallest rank for all that are tied",
                                        q -> pearson(smallest(q.get("lost")), smallest(q.get("needed"))))
                                .wrong("Kendall's τ, which counts pairs", q -> kendall(q.get("lost"), q.get("needed"))),
                        "Replace each number by its rank; numbers that are equal share the mean of their ranks.",
                        "rank = 1 + how many are smaller + half of how many others are equal. Then the correlation."),
                new Exercise(
                        "11.8",
                        "how surely the median lies between the second smallest and the second largest of n",
                        Comparison.function(n -> between((int) n), 5, 7, 9, 12)
                                .within(1e-6)
                                .wrong(
                                        "the probability for the smallest and the largest",
                                        n -> 1 - 2 * StrictMath.pow(2, -n))
                                .wrong(
                                        "the probability with one side forgotten",
                                        n -> 1 - (n + 1) * StrictMath.pow(2, -n))
                                .wrong(
                                        "1 − 2n/2ⁿ: that no run at all lies on that side belongs to it",
                                        n -> 1 - 2 * n * StrictMath.pow(2, -n))
                                .wrong("the probability that it lies outside", n -> 2 * (n + 1) * StrictMath.pow(2, -n))
                                .wrong(
                                        "the probability of the range of n − 2 runs, as if the outer two were not run",
                                        n -> 1 - 2 * StrictMath.pow(2, 2 - n)),
                        "Each run lies below the true median with probability ½. When is the second smallest above it?",
                        "If at most one of the n runs lies below it: n + 1 of the 2ⁿ patterns. And the other side."));
    }

    /** What an experiment without any effect shows: decades lost and sequences needed, a row for each distance. */
    private record Experiment(double[][] lost, double[][] needed) {
        /** Both grow with T, and scatter; which network it is makes no difference. */
        static Experiment without(Random random) {
            double[][] lost = new double[DISTANCES.length][NETWORKS], needed = new double[DISTANCES.length][NETWORKS];
            for (int d = 0; d < DISTANCES.length; d++) {
                for (int w = 0; w < NETWORKS; w++) {
                    lost[d][w] = DISTANCES[d] * StrictMath.exp(0.5 * random.nextGaussian());
                    needed[d][w] = DISTANCES[d] * StrictMath.exp(0.5 * random.nextGaussian());
                }
            }
            return new Experiment(lost, needed);
        }
    }

    private interface Analysis {
        double of(Experiment e);
    }

    /** Whether an analysis reports a correlation, in the mean of a hundred experiments that have none. */
    private static boolean finds(Analysis analysis) {
        Random random = new Random(11);
        return IntStream.range(0, 100)
                        .mapToDouble(i -> analysis.of(Experiment.without(random)))
                        .average()
                        .orElseThrow()
                > 0.3;
    }

    private static double atEach(Experiment e) {
        return IntStream.range(0, DISTANCES.length)
                .mapToDouble(d -> spearman(column(e.lost[d]), column(e.needed[d])))
                .average()
                .orElseThrow();
    }

    private static double together(Experiment e) {
        return spearman(joined(e.lost), joined(e.needed));
    }

    private static double atLongest(Experiment e) {
        int last = DISTANCES.length - 1;
        return spearman(column(e.lost[last]), column(e.needed[last]));
    }

    private static double relative(Experiment e) {
        return spearman(joined(byMedian(e.lost)), joined(byMedian(e.needed)));
    }

    private static double[][] byMedian(double[][] rows) {
        return Arrays.stream(rows)
                .map(row -> {
                    double[] sorted = Arrays.stream(row).sorted().toArray();
                    return Arrays.stream(row)
                            .map(v -> v / sorted[sorted.length / 2])
                            .toArray();
                })
                .toArray(double[][]::new);
    }

    private static SimpleMatrix joined(double[][] rows) {
        return column(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray());
    }

    /** Over a grid of both numbers. */
    private static double varianceOfProduct() {
        int n = 2000;
        double sum = 0, squares = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double y = (i + 0.5) / n * (j + 0.5) / n;
                sum += y;
                squares += y * y;
            }
        }
        double mean = sum / n / n;
        return squares / n / n - mean * mean;
    }

    /** Step by step: nothing while blanks are due, and the cross-entropy of eight equal logits at a symbol. */
    private static double memoryless(double T) {
        SimpleMatrix symbol = column(0, 0, 1, 0, 0, 0, 0, 0);
        double loss = 0;
        int steps = (int) T + 20;
        for (int t = 1; t <= steps; t++) {
            loss += t > steps - 10
                    ? Reference.crossEntropy(new SimpleMatrix(8, 1), symbol).get(0)
                    : 0;
        }
        return loss / steps;
    }

    /** The probability that all n solve it. */
    private static double allOf(int n, double share) {
        double all = 1;
        for (int k = 0; k < n; k++) {
            all *= share;
        }
        return all;
    }

    private static List<Given> gradients() {
        Random random = new Random(11);
        return List.of(gradients(3, 2, 1, random), gradients(2, 0.1, 1, random), gradients(4, 1, 0.5, random));
    }

    private static Given gradients(int H, double size, double threshold, Random random) {
        return Given.of(Map.of(
                "dW_hh", Draw.uniform(H, H, -size, size, random),
                "db_h", Draw.uniform(H, 1, -2 * size, 2 * size, random),
                "threshold", Value.number(threshold)));
    }

    private static double threshold(Given q) {
        return q.number("threshold");
    }

    /** Both, one below the other. */
    private static SimpleMatrix joint(Given q) {
        SimpleMatrix W = q.get("dW_hh");
        return column(W.getDDRM().data).concatRows(q.get("db_h"));
    }

    private static Map<String, SimpleMatrix> both(Given q, Function<SimpleMatrix, SimpleMatrix> f) {
        return Value.named("W_hh", f.apply(q.get("dW_hh")), "b_h", f.apply(q.get("db_h")));
    }

    /** The nearest point of the ball on the way to the gradient, by bisection. */
    private static Map<String, SimpleMatrix> clipped(Given q) {
        double share = within(joint(q), threshold(q));
        return both(q, a -> a.scale(share));
    }

    private static List<Given> updates() {
        return List.of(updates(91, 3, 3, 1), updates(92, 2, 5, 1e-7), updates(93, 4, 1, 1));
    }

    private static Given updates(int seed, int size, int T, double scale) {
        Random random = new Random(seed);
        Map<String, SimpleMatrix> values = new LinkedHashMap<>();
        for (int t = 1; t <= T; t++) {
            values.put("g_" + t, Draw.uniform(size, 1, -scale, scale, random));
        }
        values.put("rate", Value.number(0.01));
        values.put("T", Value.number(T));
        return Given.of(values);
    }

    /** With means for the corrected moments: each gradient weighs β times as much as the one after it. */
    private static SimpleMatrix adam(Given q) {
        SimpleMatrix change = q.get("g_1").scale(0);
        for (int n = 1; n <= q.T(); n++) {
            SimpleMatrix m = mean(q, n, 0.9, 1), v = mean(q, n, 0.999, 2);
            change = change.minus(m.elementDiv(v.elementPower(0.5).plus(1e-8)).scale(q.number("rate")));
        }
        return change;
    }

    private static SimpleMatrix mean(Given q, int n, double beta, int power) {
        double weights = 0;
        SimpleMatrix sum = q.get("g_1").scale(0);
        for (int k = 1; k <= n; k++) {
            double weight = StrictMath.pow(beta, n - k);
            sum = sum.plus(q.get("g", k).elementPower(power).scale(weight));
            weights += weight;
        }
        return sum.divide(weights);
    }

    private static IntToDoubleFunction left(double beta) {
        return n -> 1 - StrictMath.pow(beta, n);
    }

    private static SimpleMatrix moments(
            Given q, double keepM, double keepV, IntToDoubleFunction ofM, IntToDoubleFunction ofV) {
        return change(q, keepM, keepV, ofM, ofV, v -> StrictMath.sqrt(v) + 1e-8);
    }

    /** By the recursion, m and v divided by what is handed over. */
    private static SimpleMatrix change(
            Given q,
            double keepM,
            double keepV,
            IntToDoubleFunction ofM,
            IntToDoubleFunction ofV,
            DoubleUnaryOperator root) {
        SimpleMatrix m = q.get("g_1").scale(0), v = m, change = m;
        for (int n = 1; n <= q.T(); n++) {
            SimpleMatrix g = q.get("g", n);
            m = m.scale(keepM).plus(g.scale(1 - keepM));
            v = v.scale(keepV).plus(g.elementMult(g).scale(1 - keepV));
            SimpleMatrix size = each(v.divide(ofV.applyAsDouble(n)), root);
            change =
                    change.minus(m.divide(ofM.applyAsDouble(n)).elementDiv(size).scale(q.number("rate")));
        }
        return change;
    }

    /** Sequences needed have ties: 10⁹ where the task is not solved. */
    private static List<Given> tables() {
        return List.of(
                table(column(3.1, 0.4, 7.5, 1.2, 2.6, 9.8), column(2e4, 6e3, 1e9, 9e3, 1e9, 1e9)),
                table(column(2, 5, 5, 0.1, 8), column(1e9, 4e3, 1e9, 7e3, 3e4)),
                table(column(0.5, 2, 1, 4, 3, 6, 2), column(5e3, 8e3, 5e3, 1e9, 6e3, 1e9, 2e4)));
    }

    private static Given table(SimpleMatrix lost, SimpleMatrix needed) {
        return Given.of(Map.of("lost", lost, "needed", needed));
    }

    /** By counting: how many are smaller, and half of how many others are equal. */
    private static SimpleMatrix ranks(SimpleMatrix a) {
        return each(a, v -> count(a, other -> other < v) + (count(a, other -> other == v) + 1) / 2);
    }

    private static SimpleMatrix smallest(SimpleMatrix a) {
        return each(a, v -> count(a, other -> other < v) + 1);
    }

    private static SimpleMatrix inOrder(SimpleMatrix a) {
        SimpleMatrix ranks = smallest(a);
        for (int i = 0; i < a.getNumElements(); i++) {
            double v = a.get(i);
            ranks.set(i, ranks.get(i) + count(a.rows(0, i + 1), other -> other == v) - 1);
        }
        return ranks;
    }

    private static double count(SimpleMatrix a, DoublePredicate which) {
        return Arrays.stream(a.getDDRM().data).filter(which).count();
    }

    static double spearman(SimpleMatrix a, SimpleMatrix b) {
        return pearson(ranks(a), ranks(b));
    }

    private static double pearson(SimpleMatrix a, SimpleMatrix b) {
        SimpleMatrix u = centred(a), v = centred(b);
        return u.dot(v) / u.normF() / v.normF();
    }

    private static SimpleMatrix centred(SimpleMatrix a) {
        return a.minus(a.elementSum() / a.getNumElements());
    }

    private static double byDifferences(SimpleMatrix a, SimpleMatrix b) {
        double n = a.getNumElements(), d = ranks(a).minus(ranks(b)).normF();
        return 1 - 6 * d * d / (n * (n * n - 1));
    }

    private static double kendall(SimpleMatrix a, SimpleMatrix b) {
        int n = a.getNumElements();
        double agree = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                agree += Math.signum(a.get(i) - a.get(j)) * Math.signum(b.get(i) - b.get(j));
            }
        }
        return agree / (n * (n - 1) / 2.0);
    }

    /** By counting the patterns of runs below and above the median that leave two on either side. */
    private static double between(int n) {
        long inside = IntStream.range(0, 1 << n)
                .map(Integer::bitCount)
                .filter(below -> below >= 2 && n - below >= 2)
                .count();
        return (double) inside / (1 << n);
    }
}
