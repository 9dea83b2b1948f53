package bptt.math;

/**
 * tanh and the logistic function of whole rows, in place, without branches, so that the loops
 * vectorise and every JVM returns the same bits ({@link Math#tanh} promises only 2.5 ulp and
 * differs between JVMs).
 *
 * <p>Both come from E = e^y − 1. With r = y/128 the Taylor polynomial of e^r − 1 is exact to
 * rounding for |y| ≤ 40, and seven doublings e^{2r} − 1 = E(E + 2) lead back to y. Beyond |y| = 40
 * both functions differ from their limit by less than 4.3e−18, so y is clamped there.
 *
 * <p>Each takes three loops over the row. In one, every element would be a chain of thirty operations, each waiting for
 * the one before, and a processor sees only a few elements at once: 1.3 ns for an element instead of 0.9 (with eight
 * lanes).
 */
public final class Functions {
    private static final double LIMIT = 40;

    private Functions() {}

    /**
     * x_j ← tanh x_j = E/(E + 2) with E = e^{2x} − 1, for j &lt; n, within 8 ulp. NaN stays NaN.
     *
     * @param x row, modified
     * @param n number of elements
     */
    public static void tanh(double[] x, int n) {
        for (int j = 0; j < n; j++) {
            double r = clamp(2 * x[j]) * (1.0 / 128);
            x[j] = expm1(r, r);
        }
        for (int j = 0; j < n; j++) {
            double e = x[j];
            e = Math.fma(e, e, 2 * e);
            e = Math.fma(e, e, 2 * e);
            e = Math.fma(e, e, 2 * e);
            x[j] = Math.fma(e, e, 2 * e);
        }
        for (int j = 0; j < n; j++) {
            double e = x[j];
            e = Math.fma(e, e, 2 * e);
            e = Math.fma(e, e, 2 * e);
            e = Math.fma(e, e, 2 * e);
            x[j] = e / (e + 2);
        }
    }

    /**
     * x_j ← σ(x_j) = 1/(1 + e^{−x}), for j &lt; n. NaN stays NaN.
     *
     * <p>With E = e^{|x|} − 1 this is (1 + E)/(2 + E) for x ≥ 0 and 1/(2 + E) for x &lt; 0: no
     * digits cancel in either tail. Until the end E has the sign of x.
     *
     * @param x row, modified
     * @param n number of elements
     */
    public static void sigmoid(double[] x, int n) {
        for (int j = 0; j < n; j++) {
            double r = clamp(x[j]) * (1.0 / 128);
            x[j] = expm1(Math.abs(r), r);
        }
        for (int j = 0; j < n; j++) {
            double e = x[j];
            e = Math.fma(Math.abs(e), e, 2 * e);
            e = Math.fma(Math.abs(e), e, 2 * e);
            e = Math.fma(Math.abs(e), e, 2 * e);
            x[j] = Math.fma(Math.abs(e), e, 2 * e);
        }
        for (int j = 0; j < n; j++) {
            double e = x[j];
            e = Math.fma(Math.abs(e), e, 2 * e);
            e = Math.fma(Math.abs(e), e, 2 * e);
            e = Math.fma(Math.abs(e), e, 2 * e);
            x[j] = (Math.max(e, 0) + 1) / (Math.abs(e) + 2);
        }
    }

    private static double clamp(double y) {
        return Math.max(-LIMIT, Math.min(LIMIT, y));
    }

    /** e^q − 1 for |q| ≤ 40/128, to rounding, with the sign of r = ±q. */
    private static double expm1(double q, double r) {
        double p = 1.0 / 6227020800L; // 1/13!
        p = Math.fma(p, q, 1.0 / 479001600);
        p = Math.fma(p, q, 1.0 / 39916800);
        p = Math.fma(p, q, 1.0 / 3628800);
        p = Math.fma(p, q, 1.0 / 362880);
        p = Math.fma(p, q, 1.0 / 40320);
        p = Math.fma(p, q, 1.0 / 5040);
        p = Math.fma(p, q, 1.0 / 720);
        p = Math.fma(p, q, 1.0 / 120);
        p = Math.fma(p, q, 1.0 / 24);
        p = Math.fma(p, q, 1.0 / 6);
        p = Math.fma(p, q, 0.5);
        return Math.fma(p * q, r, r);
    }
}
