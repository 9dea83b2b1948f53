package bptt.check;

import bptt.math.Numbers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
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
 * Each comparison is a line of the claim, from where the ledger collects it; one that fails throws, and so stops the
 * notebook. The error of a matrix is max|a − b| / max(max|a|, max|b|). It does not see entries that are smaller than
 * the bound times the largest one: the line says how many of these there are. A value that is NaN or infinite, empty,
 * of another shape, or all zero proves nothing and fails, and so does the same matrix on both sides.
 */
public final class Claim {
    /** The largest relative error that a claim may allow. */
    public static final double LARGEST_BOUND = 0.1;

    private static final Map<String, String> STATEMENTS = statements();

    private static Consumer<Claim> audience = Claim::print;

    /** How a comparison ended. */
    public enum Kind {
        /** What is claimed holds. */
        HOLDS("✓"),
        /** A form that people write instead is wrong, as it should be. */
        REJECTED("✗"),
        /** The form that a source prints is wrong. */
        PRINTED("≠"),
        /** What is claimed does not hold. */
        FAILED("✘");

        private final String mark;

        Kind(String mark) {
            this.mark = mark;
        }
    }

    /**
     * One comparison.
     *
     * @param kind how it ended
     * @param text what was compared, and the numbers
     */
    public record Line(Kind kind, String text) {
        @Override
        public String toString() {
            return kind.mark + " " + text;
        }
    }

    private final String id;
    private final List<Line> lines = new ArrayList<>();
    private SimpleMatrix truth;
    private double bound;

    private Claim(String id) {
        this.id = id;
    }

    /**
     * Says who is told of every claim that has a new line; at first, the standard output.
     *
     * @param audience is given the claim
     */
    public static void tell(Consumer<Claim> audience) {
        Claim.audience = audience;
    }

    void print() {
        if (lines.size() == 1) {
            System.out.println(title());
        }
        System.out.println("  " + lines.get(lines.size() - 1));
    }

    /**
     * The id and what the formula states.
     *
     * @return one line
     */
    public String title() {
        return id + " · " + statement();
    }

    /**
     * The name of the formula.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    /**
     * What the formula states.
     *
     * @return a text of the list of formulas
     */
    public String statement() {
        return STATEMENTS.get(id);
    }

    /**
     * What has been compared so far.
     *
     * @return the lines
     */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /**
     * Begins a claim.
     *
     * @param id from the list of formulas
     * @return the claim
     * @throws IllegalArgumentException if the list has no such id
     */
    public static Claim claim(String id) {
        if (id == null || !STATEMENTS.containsKey(id)) {
            String family = String.valueOf(id).split("\\.")[0] + ".";
            List<String> near = STATEMENTS.keySet().stream()
                    .filter(known -> known.startsWith(family))
                    .toList();
            throw new IllegalArgumentException(Numbers.format(
                    "unknown claim “%s”: expected one of %s",
                    id, String.join(", ", near.isEmpty() ? STATEMENTS.keySet() : near)));
        }
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
        String text = what + unseen(formula, truth, bound) + ": error " + compared(error, bound);
        return conclude(error <= bound, Kind.HOLDS, text, "");
    }

    private double compare(SimpleMatrix formula, SimpleMatrix truth, double bound) {
        if (!(bound > 0 && bound <= LARGEST_BOUND)) {
            throw new IllegalArgumentException(Numbers.format(
                    "%s: expected a relative bound above 0 and at most %s, got %s", id, LARGEST_BOUND, bound));
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
        return small == 0 ? "" : Numbers.format(" (%d of %d entries too small to be seen)", small, a.getNumElements());
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
        return conclude(error > bound, Kind.REJECTED, form + ": error " + compared(error, bound), ", rejected");
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
            throw new AssertionError(Numbers.format(
                    "%s: the corrected form of %s has the error %s, not at most %s",
                    id, what, Numbers.text(right, 3), Numbers.text(bound, 3)));
        }
        String text = "as printed, " + what + ": error " + compared(error, bound);
        return conclude(error > bound, Kind.PRINTED, text, "; " + beside(printed, truth));
    }

    /** How long a wrong form is beside the truth, and how far it turns away: the error says neither. */
    private static String beside(SimpleMatrix printed, SimpleMatrix truth) {
        double p = printed.normF(), t = truth.normF();
        String length = Numbers.text(p / t, 3) + " times as long";
        if (!(p > 0)) {
            return length;
        }
        double cosine = printed.elementMult(truth).elementSum() / (p * t);
        double angle = StrictMath.toDegrees(StrictMath.acos(Math.max(-1, Math.min(1, cosine))));
        return length + Numbers.format(", at %.0f°", angle);
    }

    /** Which way an inequality goes. */
    private enum Side {
        AT_MOST("≤"),
        AT_LEAST("≥");

        private final String sign;

        Side(String sign) {
            this.sign = sign;
        }

        boolean holds(double measured, double bound) {
            return Double.isFinite(measured)
                    && Double.isFinite(bound)
                    && (this == AT_MOST ? measured <= bound : measured >= bound);
        }

        boolean fails(double measured, double bound) {
            return Double.isFinite(measured) && Double.isFinite(bound) && !holds(measured, bound);
        }
    }

    /**
     * Claims an inequality between numbers.
     *
     * @param what is measured
     * @param measured finite
     * @param bound its upper bound
     * @return this
     * @throws AssertionError if measured ≤ bound does not hold
     */
    public Claim atMost(String what, double measured, double bound) {
        return holds(Side.AT_MOST, what, measured, bound);
    }

    /**
     * Claims an inequality between numbers.
     *
     * @param what is measured
     * @param measured finite
     * @param bound its lower bound
     * @return this
     * @throws AssertionError if measured ≥ bound does not hold
     */
    public Claim atLeast(String what, double measured, double bound) {
        return holds(Side.AT_LEAST, what, measured, bound);
    }

    private Claim holds(Side side, String what, double measured, double bound) {
        boolean holds = side.holds(measured, bound);
        String sign = holds ? side.sign : "is not " + side.sign;
        return conclude(holds, Kind.HOLDS, Numbers.format("%s: %s %s %s", what, text(measured), sign, text(bound)), "");
    }

    /**
     * Claims that a wrong inequality does not hold.
     *
     * @param form what is wrong about it
     * @param measured finite
     * @param bound what the wrong form says is its upper bound
     * @return this
     * @throws AssertionError if measured ≤ bound does hold
     */
    public Claim rejectsAtMost(String form, double measured, double bound) {
        return refused(Kind.REJECTED, Side.AT_MOST, form, measured, bound);
    }

    /**
     * Claims that a wrong inequality does not hold.
     *
     * @param form what is wrong about it
     * @param measured finite
     * @param bound what the wrong form says is its lower bound
     * @return this
     * @throws AssertionError if measured ≥ bound does hold
     */
    public Claim rejectsAtLeast(String form, double measured, double bound) {
        return refused(Kind.REJECTED, Side.AT_LEAST, form, measured, bound);
    }

    /**
     * Shows that an inequality does not hold, though its source's words say it does.
     *
     * @param what is measured
     * @param measured finite
     * @param bound what the words say is its upper bound
     * @return this
     * @throws AssertionError if measured ≤ bound holds after all
     */
    public Claim failsAsPrintedAtMost(String what, double measured, double bound) {
        return refused(Kind.PRINTED, Side.AT_MOST, "as printed, " + what, measured, bound);
    }

    /**
     * Shows that an inequality does not hold, though its source's words say it does.
     *
     * @param what is measured
     * @param measured finite
     * @param bound what the words say is its lower bound
     * @return this
     * @throws AssertionError if measured ≥ bound holds after all
     */
    public Claim failsAsPrintedAtLeast(String what, double measured, double bound) {
        return refused(Kind.PRINTED, Side.AT_LEAST, "as printed, " + what, measured, bound);
    }

    private Claim refused(Kind kind, Side side, String what, double measured, double bound) {
        String text = Numbers.format("%s: expected %s %s, measured %s", what, side.sign, text(bound), text(measured));
        return conclude(side.fails(measured, bound), kind, text, kind == Kind.PRINTED ? ": refuted" : ", rejected");
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
            throw new AssertionError(Numbers.format(
                    "cannot compare %d×%d with %d×%d", a.getNumRows(), a.getNumCols(), b.getNumRows(), b.getNumCols()));
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

    /** How the claim ended so far. */
    @Override
    public String toString() {
        if (count(Kind.FAILED) > 0) {
            return id + " does not hold";
        }
        long held = count(Kind.HOLDS), wrong = lines.size() - held;
        return Numbers.format(
                "%s holds (%d comparison%s, %d wrong form%s rejected)",
                id, held, held == 1 ? "" : "s", wrong, wrong == 1 ? "" : "s");
    }

    private long count(Kind kind) {
        return lines.stream().filter(line -> line.kind == kind).count();
    }

    private static String text(double v) {
        return Numbers.text(v, 3);
    }

    private static String compared(double error, double bound) {
        String sign = Double.isNaN(error) ? "is neither ≤ nor >" : error <= bound ? "≤" : ">";
        return Numbers.format("%s %s %s", text(error), sign, text(bound));
    }

    private Claim conclude(boolean asExpected, Kind kind, String text, String verdict) {
        lines.add(asExpected ? new Line(kind, text + verdict) : new Line(Kind.FAILED, text));
        audience.accept(this);
        if (!asExpected) {
            String expected = kind == Kind.HOLDS ? "does not hold: " : "does not reject: ";
            throw new AssertionError(id + " " + expected + text);
        }
        return this;
    }

    private void requireMeaningful(String side, SimpleMatrix a) {
        if (!a.getType().isReal()) {
            throw new AssertionError(Numbers.format("%s: %s is complex", id, side));
        }
        boolean zero = true;
        for (int i = 0; i < a.getNumElements(); i++) {
            if (!Double.isFinite(a.get(i))) {
                throw new AssertionError(Numbers.format("%s: %s has %s at index %d", id, side, a.get(i), i));
            }
            zero &= a.get(i) == 0;
        }
        if (zero) {
            throw new AssertionError(
                    Numbers.format("%s: %s is %s", id, side, a.getNumElements() == 0 ? "empty" : "all zero"));
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
