package bptt.exercise;

import static bptt.cell.Elementwise.sigmoid;
import static bptt.cell.Elementwise.tanh;

import bptt.check.Derivatives;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.ejml.simple.SimpleMatrix;

/** Two steps by hand: paths, copies, and what a single unit does over time. */
final class Chapter01 {
    /** The numbers of the notebook. */
    private static final double[] UWKVC = {0.7, -1.3, 0.2, 1.6, -0.4};

    private Chapter01() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "01.1",
                        "the sign of dE/dc",
                        new Choice()
                                .option(
                                        "positive would mean that a larger c makes the loss larger. A larger c makes o "
                                                + "larger; is o too large already?",
                                        () -> of("c") > 0)
                                .option(
                                        "negative would mean that a larger c makes the loss smaller. Compare o and y",
                                        () -> of("c") < 0)
                                .option("zero only if o is exactly y", () -> of("c") == 0),
                        "c has one path only: c → q → o → E. What is ∂q/∂c?",
                        "∂E/∂q = o − y. Is the output above or below its target?"),
                new Exercise(
                        "01.2",
                        "dE/dk with its two paths",
                        Comparison.value(() -> of("k"))
                                .byHand()
                                .wrong("the path of the last step only", n -> dk(q -> 1))
                                .wrong("the path of the first step only", n -> dk(q -> q.number("w") * slope(q, "s_0")))
                                .wrong("the sum without w on the long path", n -> dk(q -> 1 + slope(q, "s_0")))
                                .wrong("the sum without s_0′ on the long path", n -> dk(q -> 1 + q.number("w")))
                                .wrong(
                                        "the sum with u for w on the long path",
                                        n -> dk(q -> 1 + q.number("u") * slope(q, "s_0")))
                                .wrong(
                                        "the mean of the two paths, not their sum",
                                        n -> dk(q -> (1 + q.number("w") * slope(q, "s_0")) / 2))
                                .wrong(
                                        "the sum without s_1′ in front",
                                        n -> dk(q -> (1 + q.number("w") * slope(q, "s_0")) / slope(q, "s_1")))
                                .wrong(
                                        "dE/du: the bias works like the weight of an input that is always 1",
                                        n -> of("u")),
                        "k stands in z_0 and in z_1: two copies, two paths.",
                        "The bracket of dE/du is x_1 + w s_0′ x_0. The inputs are the last factors ∂z_t/∂u. What are "
                                + "∂z_1/∂k and ∂z_0/∂k?",
                        "In front stands what all paths share: (o − y) v s_1′."),
                new Exercise(
                        "01.3",
                        "dE/du of three steps",
                        Comparison.derivation(three(), q -> q.gradient("u"))
                                .wrong("the bracket of two steps", q -> du(q, x(q, 2) + ws(q, 1) * x(q, 1)))
                                .wrong("the last step only", q -> du(q, x(q, 2)))
                                .wrong(
                                        "the first term without s_1′ on its way",
                                        q -> du(q, x(q, 2) + ws(q, 1) * (x(q, 1) + q.number("w") * x(q, 0))))
                                .wrong(
                                        "the first term passed on by one step, not by two",
                                        q -> du(q, x(q, 2) + ws(q, 1) * x(q, 1) + ws(q, 0) * x(q, 0)))
                                .wrong(
                                        "the sum with the inputs in the other order",
                                        q -> du(q, x(q, 0) + ws(q, 1) * (x(q, 1) + ws(q, 0) * x(q, 2))))
                                .wrong(
                                        "the sum without w on the way back",
                                        q -> du(q, x(q, 2) + slope(q, "s_1") * (x(q, 1) + slope(q, "s_0") * x(q, 0))))
                                .wrong(
                                        "the gradient without v",
                                        q -> du(q, x(q, 2) + ws(q, 1) * (x(q, 1) + ws(q, 0) * x(q, 0))) / q.number("v"))
                                .wrong(
                                        "the mean over the steps, not the sum",
                                        q -> du(q, x(q, 2) + ws(q, 1) * (x(q, 1) + ws(q, 0) * x(q, 0))) / 3),
                        "Three copies of u, three paths. They share (o − y) v s_2′.",
                        "The bracket of two steps was x_1 + w s_0′ x_0. Now the newest term is x_2, and all that was "
                                + "there before is passed on once more.",
                        "Passed on once means: times w s_1′."),
                new Exercise(
                        "01.4",
                        "σ for tanh in the product form",
                        new Choice()
                                .option("z_0 = 0 whatever the input is, but what is σ(0)?", () -> stuck() == 0)
                                .option(
                                        "it would, if σ(0) were 0, as tanh(0) is. Then every later state were 0 too",
                                        () -> stuck() != 0),
                        "With s_{−1} = 0 the product z_0 = x_0 u · s_{−1} w is 0. Put that into σ.",
                        "Is s_0 = σ(0) a state from which the next product is 0 again?"),
                new Exercise(
                        "01.5",
                        "w s′ at the fixed point, as a function of w",
                        Comparison.function(
                                        w -> Derivatives.complexStep(
                                                        s -> tanh(s.scale(w).plus(Value.number(DRIVE))),
                                                        Value.number(fixed(w)))
                                                .get(0),
                                        0.5,
                                        2,
                                        0.9,
                                        -0.4,
                                        1.3)
                                .within(1e-6)
                                .wrong("s′ alone, without w", w -> 1 - fixed(w) * fixed(w))
                                .wrong("w s′ at the first state, not at the fixed point", w -> {
                                    double s = StrictMath.tanh(DRIVE);
                                    return w * (1 - s * s);
                                })
                                .wrong("w (1 − s): the slope of tanh is 1 − s²", w -> w * (1 - fixed(w)))
                                .wrong("w s, the state for its slope", w -> w * fixed(w))
                                .wrong("the fixed point itself", w -> fixed(w))
                                .wrong("w: the slope s′ is not 1 there", w -> w),
                        "The fixed point is the s with s = tanh(w s + 0.83). How would you find it in a loop?",
                        "Begin with s = 0 and put s = tanh(w s + 0.83) a few hundred times.",
                        "At the fixed point the slope of tanh is 1 − s²."));
    }

    /** u x_0 + k of the notebook's last chart. */
    private static final double DRIVE = 0.7 * 0.9 + 0.2;

    private static double fixed(double w) {
        double s = 0;
        for (int n = 0; n < 2000; n++) {
            s = StrictMath.tanh(w * s + DRIVE);
        }
        return s;
    }

    private static Graph two() {
        return Networks.scalar(UWKVC, 0.3, 0.7, 0.9, -0.5);
    }

    private static double of(String name) {
        return two().gradient(name).get(0);
    }

    private static double dk(ToDoubleFunction<Given> bracket) {
        Given q = two().given();
        return (q.number("o") - q.number("y")) * q.number("v") * slope(q, "s_1") * bracket.applyAsDouble(q);
    }

    private static List<Given> three() {
        return List.of(
                        Networks.scalar(UWKVC, 0.3, 0.7, 0.9, -0.5, 0.4),
                        Networks.scalar(new double[] {-0.4, 0.8, 0.1, -1.2, 0.3}, -0.6, 0.2, 0.5, 1.1, -0.7),
                        Networks.scalar(new double[] {1.1, 1.7, -0.3, 0.6, 0.2}, 0, 0.9, -0.2, 0.3, 0.8))
                .stream()
                .map(Graph::given)
                .toList();
    }

    private static double slope(Given q, String state) {
        return 1 - q.number(state) * q.number(state);
    }

    private static double x(Given q, int t) {
        return q.number("x_" + t);
    }

    private static double ws(Given q, int t) {
        return q.number("w") * slope(q, "s_" + t);
    }

    private static double du(Given q, double bracket) {
        return (q.number("o") - q.number("y")) * q.number("v") * slope(q, "s_2") * bracket;
    }

    /** ∂s/∂u after some steps of the product form with σ, from the state 0. */
    private static double stuck() {
        return Derivatives.complexStep(
                        u -> {
                            SimpleMatrix s = Value.number(0);
                            for (double x : new double[] {0.9, -0.5, 0.4}) {
                                s = sigmoid(u.scale(x).mult(s.scale(-1.3)));
                            }
                            return s.plus(u.scale(0));
                        },
                        Value.number(0.7))
                .get(0);
    }
}
