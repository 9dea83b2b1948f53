package bptt.exercise;

import static bptt.cell.Elementwise.tanh;
import static bptt.exercise.Algebra.T;
import static bptt.exercise.Algebra.artanh;
import static bptt.exercise.Algebra.rows;

import bptt.exercise.Networks.Losses;
import java.util.List;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;

/** Forward in time: what is carried, what it costs, and where the error grows. */
final class Chapter12 {
    private static final SimpleMatrix J = rows(2, 0.5, -0.3, 0.2, 0.4);
    private static final SimpleMatrix BEFORE = rows(4, 0.6, 0, -0.2, 0, 0, 0.7, 0, 0.1);
    private static final SimpleMatrix NOW = rows(4, 0.8, 0, 0.3, 0, 0, 0.9, 0, 0.35);

    private Chapter12() {}

    static List<Exercise> exercises() {
        return List.of(
                new Exercise(
                        "12.1",
                        "which is smaller",
                        new Choice()
                                .option(
                                        "backward T states of H numbers are kept, forward H³ numbers whatever T is",
                                        () -> !kept(50, 1000))
                                .option("H³ is 125,000 here. How many numbers are 1000 states?", () -> kept(50, 1000)),
                        "H = 50, T = 1000. Count the numbers: T · H against H · H².",
                        "Forward is ahead only when T > H²."),
                new Exercise(
                        "12.2",
                        "the upper left entry of dh_2/dW",
                        Comparison.value(() -> J.mult(BEFORE).plus(NOW).get(0, 0))
                                .byHand()
                                .wrong("the immediate derivative alone", n -> 0.8)
                                .wrong("what is carried, without the immediate derivative", n -> J.mult(BEFORE)
                                        .get(0, 0))
                                .wrong("the sum without J_2", n -> BEFORE.plus(NOW)
                                        .get(0, 0)),
                        "dh_2/dW = J_2 dh_1/dW + ∂⁺h_2/∂W.",
                        "Row 1 of J_2 times column 1 of dh_1/dW, and then the entry that comes in."),
                new Exercise(
                        "12.3",
                        "numbers carried for W_xh",
                        Comparison.derivation(sizes(), q -> (double)
                                        Networks.rnn(1, (int) q.number("I"), (int) q.number("H"), 2, 1, 1, Losses.LAST)
                                                .jacobian("h_1", "W_xh")
                                                .getNumElements())
                                .wrong(
                                        "the entries of W_xh alone: each of them moves every unit",
                                        q -> q.number("H") * q.number("I"))
                                .wrong("the numbers carried for W_hh", q -> Math.pow(q.number("H"), 3))
                                .wrong("the numbers carried for b_h", q -> Math.pow(q.number("H"), 2))
                                .wrong(
                                        "H · I², with the sizes exchanged",
                                        q -> q.number("H") * Math.pow(q.number("I"), 2)),
                        "One column for each entry of W_xh. How long is a column?"),
                new Exercise(
                        "12.4",
                        "the step at which no digit is left",
                        Comparison.value(() -> Chapter07.solve(t -> StrictMath.pow(0.9, -t) * 0x1p-53, 1, 0, 1e4))
                                .within(0.02)
                                .wrong("the step for 0.8", n -> 53 * StrictMath.log(2) / StrictMath.log(1 / 0.8))
                                .wrong("the number of digits, not of steps", n -> 16)
                                .wrong("the steps for one digit", n -> StrictMath.log(10) / StrictMath.log(1 / 0.9)),
                        "The error is about 10⁻¹⁶ at first, and grows by 1/0.9 at each step.",
                        "(1/0.9)^t = 10¹⁶."),
                new Exercise(
                        "12.5",
                        "h_{t−1} from h_t",
                        Comparison.derivation(states(), q -> q.graph().get("h_1"))
                                .wrong("the step with the inverse of tanh left out", q -> q.get("W_hh")
                                        .solve(q.get("h_2").minus(fromInput(q))))
                                .wrong("the step without the input and the bias", q -> q.get("W_hh")
                                        .solve(artanh(q.get("h_2"))))
                                .wrong("the step without the bias", q -> q.get("W_hh")
                                        .solve(artanh(q.get("h_2"))
                                                .minus(q.get("W_xh").mult(q.get("x_2")))))
                                .wrong("the transpose of W_hh for its inverse", q -> T(q.get("W_hh"))
                                        .mult(artanh(q.get("h_2")).minus(fromInput(q))))
                                .wrong("W_hh h_{t−1}, not yet solved", q -> artanh(q.get("h_2"))
                                        .minus(fromInput(q)))
                                .wrong(
                                        "the network one step further, not back",
                                        q -> tanh(
                                                q.get("W_hh").mult(q.get("h_2")).plus(fromInput(q)))),
                        "tanh(a) = h means a = ½ ln((1 + h)/(1 − h)).",
                        "Then W_hh h_{t−1} = a − W_xh x_t − b_h, a system of equations: W_hh.solve(…)."));
    }

    /** Whether forward keeps fewer numbers. */
    private static boolean kept(int H, int T) {
        return (long) H * H * H < (long) T * H;
    }

    private static List<Given> sizes() {
        return List.of(sizes(2, 3), sizes(4, 2), sizes(1, 5));
    }

    private static Given sizes(int I, int H) {
        return Given.of(Map.of("I", Value.number(I), "H", Value.number(H)));
    }

    private static List<Given> states() {
        return List.of(Networks.rnn(61, 2, 3, 2, 1, 2, Losses.LAST), Networks.rnn(62, 3, 2, 2, 1, 2, Losses.LAST))
                .stream()
                .map(graph -> graph.given().only("W_xh", "W_hh", "b_h", "x_2", "h_2", "H"))
                .toList();
    }

    private static SimpleMatrix fromInput(Given q) {
        return q.get("W_xh").mult(q.get("x_2")).plus(q.get("b_h"));
    }
}
