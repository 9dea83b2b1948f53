package bptt.check;

import bptt.math.Numbers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * A statement about a formula, checked: two values that were obtained independently agree, and named wrong forms do
 * not.
 *
 * <pre>
 *    claim("flow.product")
 *        .agrees("T = 6, H = 3", J_6.mult(J_5), truth, 1e-12)
 *        .rejects("the factors in ascending order", J_5.mult(J_6));
 * </pre>
 *
 * Each line is printed, from where the ledger collects it; one that fails throws, and so stops the notebook. The error
 * of a matrix is max|a − b| / max(max|a|, max|b|). It does not see entries that are smaller than the bound times the
 * largest one: the line says how many of these there are. A value that is NaN or infinite, empty, of another shape, or
 * all zero proves nothing and fails, and so does the same matrix on both sides.
 */
public final class Claim {
    /** The largest relative error that a claim may allow. */
    public static final double LARGEST_BOUND = 0.1;

    private static final Map<String, String> STATEMENTS = statements();

    private final String id;
    private SimpleMatrix truth;
    private double bound;
    private int held;
    private int rejections;

    private Claim(String id) {
        this.id = id;
    }

    /**
     * Begins a claim, and prints what the formula states.
     *
     * @param id from the list of formulas
     * @return the claim
     * @throws IllegalArgumentException if the list has no such id
     */
    public static Claim claim(String id) {
        String statement = STATEMENTS.get(id);
        if (statement == null) {
            String family = id.split("\\.")[0] + ".";
            List<String> near = STATEMENTS.keySet().stream()
                    .filter(known -> known.startsWith(family))
                    .toList();
            throw new IllegalArgumentException("unknown claim “%s”: expected one of %s"
                    .formatted(id, String.join(", ", near.isEmpty() ? STATEMENTS.keySet() : near)));
        }
        System.out.println(id + " · " + statement);
        return new Claim(id);
    }

    /**
     * Claims that two independently obtained values are equal.
     *
     * @param what which case is compared
     * @param formula one side
     * @param truth the other side
     * @param bound largest relative error allowed
     * @return this
     * @throws AssertionError if they are not
     */
    public Claim agrees(String what, SimpleMatrix formula, SimpleMatrix truth, double bound) {
        double error = compare(formula, truth, bound);
        this.truth = truth.copy();
        this.bound = bound;
        return agreed(error <= bound, what + unseen(formula, truth, bound) + ": error", error, bound);
    }

    private double compare(SimpleMatrix formula, SimpleMatrix truth, double bound) {
        if (!(bound > 0 && bound <= LARGEST_BOUND)) {
            throw new IllegalArgumentException(
                    "%s: expected a relative bound above 0 and at most %s, got %s".formatted(id, LARGEST_BOUND, bound));
        }
        if (formula == truth) {
            throw new IllegalArgumentException(
                    id + ": expected two values obtained independently, got the same matrix twice");
        }
        requireMeaningful("the formula's side", formula);
        requireMeaningful("the independent side", truth);
        return error(formula, truth);
    }

    /** Says how many entries are too small for the error to see them; those that are 0 on both sides are not meant. */
    private static String unseen(SimpleMatrix a, SimpleMatrix b, double bound) {
        double floor = bound * Math.max(a.elementMaxAbs(), b.elementMaxAbs());
        long small = IntStream.range(0, a.getNumElements())
                .mapToDouble(k -> Math.max(Math.abs(a.get(k)), Math.abs(b.get(k))))
                .filter(size -> size > 0 && size <= floor)
                .count();
        return small == 0 ? "" : " (%d of %d entries too small to be seen)".formatted(small, a.getNumElements());
    }

    /**
     * Claims that a wrong form of the formula just compared does differ from the truth, at the same bound.
     *
     * @param form what is wrong about it
     * @param wrong its value
     * @return this
     * @throws AssertionError if the wrong form passes
     */
    public Claim rejects(String form, SimpleMatrix wrong) {
        if (truth == null) {
            throw new IllegalStateException(id + ": nothing to reject against; agrees(…) comes first");
        }
        double error = error(wrong, truth);
        return refused(error > bound, form + ": error", error, bound, ", rejected");
    }

    /**
     * Shows by how much a formula fails in the form in which its source prints it, and that the corrected form does
     * not.
     *
     * @param what which case is compared
     * @param printed its value in the printed form
     * @param corrected its value in the corrected form
     * @param truth the value obtained independently
     * @param bound the bound that the corrected form is held to
     * @return this
     * @throws AssertionError if the printed form passes after all, or the corrected one does not, as when the truth is
     *     wrong
     */
    public Claim failsAsPrinted(
            String what, SimpleMatrix printed, SimpleMatrix corrected, SimpleMatrix truth, double bound) {
        double right = compare(corrected, truth, bound), error = error(printed, truth);
        if (!(right <= bound)) {
            throw new AssertionError("%s: the corrected form of %s has the error %s, not at most %s"
                    .formatted(id, what, Numbers.text(right, 3), Numbers.text(bound, 3)));
        }
        return refused(error > bound, "as printed, " + what + ": error", error, bound, "");
    }

    /**
     * Shows that an inequality does not hold, though its source's words say it does.
     *
     * @param what the left side is, and how the words read as an inequality
     * @param left measured, finite
     * @param right what the words say is its upper bound
     * @return this
     * @throws AssertionError if left ≤ right holds after all
     */
    public Claim failsAsPrinted(String what, double left, double right) {
        return refused(isAbove(left, right), "as printed, " + what + ":", left, right, "");
    }

    /**
     * Claims an inequality between numbers.
     *
     * @param what the left side is
     * @param left measured, finite
     * @param right its upper bound
     * @return this
     * @throws AssertionError if left ≤ right does not hold
     */
    public Claim atMost(String what, double left, double right) {
        return agreed(left <= right && Double.isFinite(left) && Double.isFinite(right), what + ":", left, right);
    }

    private static boolean isAbove(double left, double right) {
        return left > right && Double.isFinite(left) && Double.isFinite(right);
    }

    /**
     * Claims that a wrong inequality does not hold.
     *
     * @param form what is wrong about it
     * @param left measured, finite
     * @param right what the wrong form says is its upper bound
     * @return this
     * @throws AssertionError if left ≤ right does hold
     */
    public Claim rejectsAtMost(String form, double left, double right) {
        return refused(isAbove(left, right), form + ":", left, right, ", rejected");
    }

    /**
     * The relative error of two matrices: max|a − b| / max(max|a|, max|b|); 0 if both are zero, NaN if either has a
     * NaN.
     *
     * @param a a matrix
     * @param b a matrix of the same shape
     * @return ≥ 0, or NaN
     * @throws AssertionError if the shapes differ
     */
    public static double error(SimpleMatrix a, SimpleMatrix b) {
        if (a.getNumRows() != b.getNumRows() || a.getNumCols() != b.getNumCols()) {
            throw new AssertionError("cannot compare %d×%d with %d×%d"
                    .formatted(a.getNumRows(), a.getNumCols(), b.getNumRows(), b.getNumCols()));
        }
        if (!a.getType().isReal() || !b.getType().isReal()) {
            throw new AssertionError("cannot compare complex matrices: take the real or the imaginary part");
        }
        double difference = 0, size = 0;
        for (int i = 0; i < a.getNumRows(); i++) {
            for (int j = 0; j < a.getNumCols(); j++) {
                difference = Math.max(difference, Math.abs(a.get(i, j) - b.get(i, j)));
                size = Math.max(size, Math.max(Math.abs(a.get(i, j)), Math.abs(b.get(i, j))));
            }
        }
        return size == 0 ? 0 : difference / size;
    }

    /** How the claim ended, for the cell whose last value it is. */
    @Override
    public String toString() {
        return "%s holds (%d comparison%s, %d wrong form%s rejected)"
                .formatted(id, held, held == 1 ? "" : "s", rejections, rejections == 1 ? "" : "s");
    }

    private Claim agreed(boolean holds, String what, double left, double right) {
        conclude(holds, "✓", what, left, "≤", right, "");
        held++;
        return this;
    }

    private Claim refused(boolean refused, String what, double left, double right, String verdict) {
        conclude(refused, "✗", what, left, ">", right, verdict);
        rejections++;
        return this;
    }

    private void conclude(
            boolean holds, String mark, String what, double left, String relation, double right, String verdict) {
        String l = Numbers.text(left, 3), r = Numbers.text(right, 3);
        if (!holds) {
            throw new AssertionError("%s does not hold: %s %s is not %s %s".formatted(id, what, l, relation, r));
        }
        System.out.println("  %s %s %s %s %s%s".formatted(mark, what, l, relation, r, verdict));
    }

    private void requireMeaningful(String side, SimpleMatrix a) {
        if (!a.getType().isReal()) {
            throw new AssertionError("%s: %s is complex".formatted(id, side));
        }
        boolean zero = true;
        for (int i = 0; i < a.getNumElements(); i++) {
            if (!Double.isFinite(a.get(i))) {
                throw new AssertionError("%s: %s has %s at index %d".formatted(id, side, a.get(i), i));
            }
            zero &= a.get(i) == 0;
        }
        if (zero) {
            throw new AssertionError(
                    "%s: %s is %s".formatted(id, side, a.getNumElements() == 0 ? "empty" : "all zero"));
        }
    }

    private static Map<String, String> statements() {
        Map<String, String> statements = new TreeMap<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Claim.class.getResourceAsStream("formulas.tsv"), StandardCharsets.UTF_8))) {
            lines.lines().skip(1).map(line -> line.split("\t")).forEach(f -> statements.put(f[0], f[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return statements;
    }
}
