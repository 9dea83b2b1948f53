package bptt.train;

import bptt.cell.Parameters;

/** The rules of the literature, with the constants of their papers. */
public enum Rules implements Rule {
    /** θ ← θ − η g. */
    SGD(0, (g, rate, n, m) -> g.map((name, a) -> a.scale(-rate))),
    /** v ← 0.9 v − η g, θ ← θ + v (Polyak 1964, in the form of Sutskever et al. 2013, equations 1 and 2). */
    MOMENTUM(1, (g, rate, n, m) -> {
        m[0] = m[0].map((name, v) -> v.scale(0.9).minus(g.get(name).scale(rate)));
        return m[0];
    }),
    /** r ← 0.9 r + 0.1 g², θ ← θ − η g/(√r + 1e-8) (Tieleman and Hinton 2012, lecture 6.5; without the 1e-8). */
    RMSPROP(1, (g, rate, n, m) -> {
        m[0] = squares(m[0], 0.9, g);
        return quotient(rate, g, 1, m[0], 1);
    }),
    /**
     * m ← 0.9 m + 0.1 g, v ← 0.999 v + 0.001 g², θ ← θ − η m̂/(√v̂ + 1e-8) with m̂ = m/(1 − 0.9ⁿ), v̂ = v/(1 − 0.999ⁿ)
     * at update n (Kingma and Ba 2015, algorithm 1).
     */
    ADAM(2, (g, rate, n, m) -> {
        m[0] = m[0].map((name, a) -> a.scale(0.9).plus(g.get(name).scale(0.1)));
        m[1] = squares(m[1], 0.999, g);
        return quotient(rate, m[0], 1 - power(0.9, n), m[1], 1 - power(0.999, n));
    });

    private static final double TINY = 1e-8;

    private final int moments;
    private final Change change;

    Rules(int moments, Change change) {
        this.moments = moments;
        this.change = change;
    }

    private interface Change {
        Parameters of(Parameters g, double rate, int n, Parameters[] m);
    }

    @Override
    public int moments() {
        return moments;
    }

    @Override
    public Parameters change(Parameters g, double rate, int n, Parameters[] m) {
        return change.of(g, rate, n, m);
    }

    private static Parameters squares(Parameters v, double keep, Parameters g) {
        return v.map((name, a) ->
                a.scale(keep).plus(g.get(name).elementMult(g.get(name)).scale(1 - keep)));
    }

    /** −η (a/c)/(√(b/d) + 1e-8). */
    private static Parameters quotient(double rate, Parameters p, double c, Parameters q, double d) {
        return p.map((name, a) -> {
            double[] x = a.getDDRM().data, b = q.get(name).getDDRM().data;
            for (int k = 0; k < x.length; k++) {
                x[k] = -rate * (x[k] / c) / (Math.sqrt(b[k] / d) + TINY);
            }
            return a;
        });
    }

    /**
     * βⁿ, factor by factor: StrictMath.pow rounds but once, and stored trainings would not come out to the same bits.
     */
    private static double power(double beta, int n) {
        double power = 1;
        for (int i = 0; i < n && power > 0; i++) {
            power *= beta;
        }
        return power;
    }
}
