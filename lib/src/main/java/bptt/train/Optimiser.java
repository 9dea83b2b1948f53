package bptt.train;

import bptt.cell.Parameters;
import org.ejml.simple.SimpleMatrix;

/**
 * A rule that turns a gradient g into new parameters θ, element by element, with what it remembers between updates. η is the
 * rate.
 */
public final class Optimiser {
    /** The rules, with the constants of their papers. */
    public enum Rule {
        /** θ ← θ − η g. */
        SGD,
        /** v ← 0.9 v − η g, θ ← θ + v (Polyak 1964, in the form of Sutskever et al. 2013, equations 1 and 2). */
        MOMENTUM,
        /** r ← 0.9 r + 0.1 g², θ ← θ − η g/(√r + 1e-8) (Tieleman and Hinton 2012, lecture 6.5; without the 1e-8). */
        RMSPROP,
        /**
         * m ← 0.9 m + 0.1 g, v ← 0.999 v + 0.001 g², θ ← θ − η m̂/(√v̂ + 1e-8) with m̂ = m/(1 − 0.9ⁿ), v̂ = v/(1 − 0.999ⁿ)
         * at update n (Kingma and Ba 2015, algorithm 1).
         */
        ADAM
    }

    private static final double TINY = 1e-8;

    private final Rule rule;
    private final double rate;
    private Parameters m;
    private Parameters v;
    private double power1 = 1;
    private double power2 = 1;

    /**
     * A rule that remembers nothing yet.
     *
     * @param rule which
     * @param rate η &gt; 0
     * @param like parameters of the network
     */
    public Optimiser(Rule rule, double rate, Parameters like) {
        this.rule = rule;
        this.rate = rate;
        m = Parameters.zeros(like.cell(), like.outputs());
        v = m;
    }

    /**
     * One update.
     *
     * @param p parameters
     * @param g their gradient
     * @return new parameters
     * @throws IllegalArgumentException if one of them is no longer finite
     */
    public Parameters update(Parameters p, Parameters g) {
        Memory before = memory();
        try {
            return next(p, g);
        } catch (IllegalArgumentException e) {
            remember(before);
            throw e;
        }
    }

    private Parameters next(Parameters p, Parameters g) {
        power1 *= 0.9;
        power2 *= 0.999;
        if (rule == Rule.MOMENTUM) {
            m = m.map((name, a) -> a.scale(0.9).minus(g.get(name).scale(rate)));
        } else if (rule == Rule.ADAM) {
            m = m.map((name, a) -> a.scale(0.9).plus(g.get(name).scale(0.1)));
        }
        if (rule == Rule.ADAM || rule == Rule.RMSPROP) {
            double keep = rule == Rule.ADAM ? 0.999 : 0.9;
            v = v.map((name, a) ->
                    a.scale(keep).plus(g.get(name).elementMult(g.get(name)).scale(1 - keep)));
        }
        return p.map((name, a) -> a.plus(step(name, g)));
    }

    private SimpleMatrix step(String name, Parameters g) {
        return switch (rule) {
            case SGD -> g.get(name).scale(-rate);
            case MOMENTUM -> m.get(name);
            case RMSPROP -> quotient(g.get(name), 1, v.get(name), 1);
            case ADAM -> quotient(m.get(name), 1 - power1, v.get(name), 1 - power2);
        };
    }

    /** −η (a/c)/(√(b/d) + 1e-8). */
    private SimpleMatrix quotient(SimpleMatrix a, double c, SimpleMatrix b, double d) {
        SimpleMatrix q = a.copy();
        for (int k = 0; k < q.getNumElements(); k++) {
            q.set(k, -rate * (a.get(k) / c) / (Math.sqrt(b.get(k) / d) + TINY));
        }
        return q;
    }

    /**
     * What it remembers.
     *
     * @param m first moment, or velocity
     * @param v second moment
     * @param power1 0.9ⁿ
     * @param power2 0.999ⁿ
     */
    record Memory(Parameters m, Parameters v, double power1, double power2) {}

    Memory memory() {
        return new Memory(m, v, power1, power2);
    }

    void remember(Memory memory) {
        m = memory.m();
        v = memory.v();
        power1 = memory.power1();
        power2 = memory.power2();
    }
}
