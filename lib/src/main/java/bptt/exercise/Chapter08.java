package bptt.exercise;

import static bptt.cell.Elementwise.positive;
import static bptt.cell.Elementwise.relu;
import static bptt.exercise.Algebra.column;
import static bptt.exercise.Algebra.diag;

import bptt.cell.Draw;
import bptt.check.Derivatives;
import bptt.check.Reference;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/** ReLU and the identity: masks, scales, and how exact an identity has to be. */
final class Chapter08 {
    private Chapter08() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "08.1",
                        "whether W_xh matters",
                        new Choice()
                                .option(
                                        "a larger W_xh moves the states, but what does ∂h_t/∂h_{t−1} hold?",
                                        () -> gradientNorm(1) > 1.5 * gradientNorm(0.1))
                                .option(
                                        "it would fall if fewer units were active; here all of them are",
                                        () -> gradientNorm(1) < 0.7 * gradientNorm(0.1))
                                .option(
                                        "the Jacobian of a step holds the mask and W_hh, and no W_xh",
                                        () -> gradientNorm(1) == gradientNorm(0.1)),
                        "Write ∂h_t/∂h_{t−1} for ReLU. Where is W_xh in it?",
                        "All units stay active in both cases, so the masks are the same."),
                new Exercise(
                        "08.2",
                        "∂h_t/∂h_{t−1} of a ReLU network",
                        Comparison.derivation(inputs(), q -> q.graph().jacobian("h_t", "h_before"))
                                .wrong("W_hh alone: the mask is missing", q -> q.get("W_hh"))
                                .wrong("the mask on the right, where it switches off columns", q -> q.get("W_hh")
                                        .mult(diag(positive(q.get("a_t")))))
                                .wrong("the mask of the state before", q -> diag(positive(q.get("h_before")))
                                        .mult(q.get("W_hh")))
                                .wrong("the product with the state for its mask", q -> diag(relu(q.get("a_t")))
                                        .mult(q.get("W_hh")))
                                .wrong("the mask alone", q -> diag(positive(q.get("a_t")))),
                        "The slope of max(a, 0) is 1 where a > 0, and 0 elsewhere.",
                        "A mask is a diagonal matrix of zeros and ones: positive(a) as its diagonal. It acts last."),
                new Exercise(
                        "08.3",
                        "the scale that balances a leaky ReLU",
                        Comparison.value(() -> Chapter07.solve(c -> gain(c, 0.1), 1, 0, 10))
                                .within(1e-3)
                                .wrong(
                                        "√2, the scale of ReLU: the inactive half passes a little here",
                                        n -> StrictMath.sqrt(2))
                                .wrong("one over the mean slope; squares are averaged, not slopes", n -> 2 / 1.1)
                                .wrong("the square of the scale", n -> 2 / 1.01)
                                .wrong(
                                        "the gain of one step at scale 1, not the scale that balances it",
                                        n -> StrictMath.sqrt(1.01 / 2)),
                        "An orthogonal matrix keeps lengths. What do slopes do to the mean square of a component?",
                        "Half of the squares are multiplied by 1, half by 0.1². The root of their mean is the gain."),
                new Exercise(
                        "08.4",
                        "how exact the identity must be",
                        Comparison.value(() -> Chapter07.solve(c -> StrictMath.pow(c, 1000), 0.1, 0, 1))
                                .within(1e-5)
                                .wrong("1 − 1/1000, which loses a factor e", n -> 0.999)
                                .wrong("1 − 0.1/1000: the loss is not that small", n -> 0.9999)
                                .wrong("the scale for 100 steps", n -> StrictMath.pow(0.1, 0.01))
                                .wrong("the scale for a factor 2", n -> StrictMath.pow(0.5, 1e-3)),
                        "With all units active, 1000 steps with W_hh = c · 1 multiply a gradient by c^1000.",
                        "c^1000 = 1/10. Keep six digits."),
                new Exercise(
                        "08.5",
                        "a bias that keeps every unit of an IRNN active",
                        new Example(1, 1)
                                .must(b -> survives(b.get(0))
                                        ? null
                                        : "with inputs that pull down at each step, some unit does become inactive")
                                .must(b -> b.get(0) <= 0.11
                                        ? null
                                        : "all units stay active, but a smaller bias does it too; find one at "
                                                + "most a tenth above the smallest"),
                        "h_t = max(h_{t−1} + u_t + b, 0) with u_t ≥ −0.1, beginning at 0. What is the worst input?",
                        "If b + u_t stays above 0, the state only grows."));
    }

    private static double gradientNorm(double scale) {
        SimpleMatrix identity = SimpleMatrix.identity(2), before = column(0.5, 0.8);
        return Derivatives.complexStep(
                        h -> {
                            SimpleMatrix state = h;
                            for (int t = 0; t < 5; t++) {
                                state = relu(identity.mult(state)
                                        .plus(column(0.3, 0.2).scale(scale)));
                            }
                            return state;
                        },
                        before)
                .normF();
    }

    private static double gain(double c, double slope) {
        return c * StrictMath.sqrt((1 + slope * slope) / 2);
    }

    private static List<Given> inputs() {
        return Stream.of(41, 42)
                .map(seed -> {
                    int H = seed % 2 == 0 ? 4 : 3;
                    Random random = new Random(seed);
                    SimpleMatrix W = Draw.gaussian(H, 1.4, random), rest = Draw.uniform(H, 1, -0.5, 0.5, random);
                    SimpleMatrix h = relu(Draw.uniform(H, 1, -1, 1, random)).plus(0);
                    return new Graph(node -> {
                                SimpleMatrix before = node.of("h_before", h);
                                SimpleMatrix a = node.of(
                                        "a_t", node.of("W_hh", W).mult(before).plus(rest));
                                return Reference.sum(node.of("h_t", relu(a)));
                            })
                            .given();
                })
                .toList();
    }

    private static boolean survives(double b) {
        double h = 0;
        for (int t = 0; t < 1000; t++) {
            h = h - 0.1 + b;
            if (h <= 0) {
                return false;
            }
        }
        return true;
    }
}
