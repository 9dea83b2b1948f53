package bptt;

import bptt.cell.Require;
import bptt.math.Numbers;
import bptt.math.Parallel;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.IntConsumer;

/** A number left the range of doubles on its way through time: which quantity it belongs to, and at which step. */
public final class Overflow extends ArithmeticException {
    private static final long serialVersionUID = 1;

    private final String what;
    private final int t;

    private Overflow(String what, int t, String message) {
        super(message);
        this.what = what;
        this.t = t;
    }

    /**
     * The quantity.
     *
     * @return for example {@code h} or {@code ∂L/∂x}
     */
    public String what() {
        return what;
    }

    /**
     * The step it belongs to.
     *
     * @return t, or −1 for a sum over all steps
     */
    public int t() {
        return t;
    }

    /** The same in a pass of which this one is the part after {@code steps} steps. */
    Overflow after(int steps) {
        return t < 0 ? this : new Overflow(what, t + steps, getMessage().replace("t = " + t, "t = " + (t + steps)));
    }

    /** Throws if one of the values is NaN or infinite. */
    static void check(double[] values, String what, int t) {
        check(values, 0, values.length, what, t);
    }

    static void check(double[] values, int from, int to, String what, int t) {
        Overflow found = in(values, from, to, what, t);
        if (found != null) {
            throw found;
        }
    }

    /** One of the values that is NaN or infinite, or null. */
    static Overflow in(double[] values, int from, int to, String what, int t) {
        int bad = Require.firstNotFinite(values, from, to);
        String where = bad < 0 || t < 0 ? what : what + " at t = " + t;
        return bad < 0
                ? null
                : new Overflow(what, t, Numbers.format("%s is %s: the pass overflowed there", where, values[bad]));
    }

    /** The same of a derivative of the state at t with respect to that at k. */
    static void checkJacobian(double[] row, int t, int k) {
        if (Require.firstNotFinite(row, 0, row.length) >= 0) {
            throw new Overflow("∂s", k, Numbers.format("∂s_%d/∂s_%d overflowed", t, k));
        }
    }

    /** Runs all parts of a pass side by side, and throws the overflow that comes first in the order of the pass. */
    static void first(Comparator<Integer> order, int parts, IntConsumer part) {
        Parallel.each(parts, i -> {
                    try {
                        part.accept(i);
                        return null;
                    } catch (Overflow e) {
                        return e;
                    }
                })
                .stream()
                .filter(Objects::nonNull)
                .min(Comparator.comparing(Overflow::t, order))
                .ifPresent(e -> {
                    throw e;
                });
    }
}
