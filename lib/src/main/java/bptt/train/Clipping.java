package bptt.train;

import bptt.cell.Parameters;
import org.ejml.simple.SimpleMatrix;

/**
 * What is done to a gradient that is too large.
 *
 * @param kind how
 * @param threshold θ &gt; 0
 */
public record Clipping(Kind kind, double threshold) {
    /** Ways to clip. */
    public enum Kind {
        /** Not at all. */
        NONE,
        /** Every element to [−θ, θ] (Mikolov 2012): changes the direction. */
        VALUE,
        /**
         * g ← θ g/‖g‖ if ‖g‖ ≥ θ, the norm of all parameters together (Pascanu et al. 2013, algorithm 1): keeps the
         * direction.
         */
        NORM
    }

    /** No clipping. */
    public static final Clipping NONE = new Clipping(Kind.NONE, 1);

    /** Requires both. */
    public Clipping {
        if (kind == null) {
            throw new IllegalArgumentException("clipping: expected a kind, or Clipping.NONE, got null");
        }
        if (!(threshold > 0)) {
            throw new IllegalArgumentException("clipping: expected a threshold above 0, got " + threshold);
        }
    }

    /**
     * By the norm.
     *
     * @param threshold θ
     * @return the clipping
     */
    public static Clipping norm(double threshold) {
        return new Clipping(Kind.NORM, threshold);
    }

    /**
     * Element by element.
     *
     * @param threshold θ
     * @return the clipping
     */
    public static Clipping value(double threshold) {
        return new Clipping(Kind.VALUE, threshold);
    }

    /**
     * The clipped gradient.
     *
     * @param g gradient
     * @return g, or a smaller one
     */
    public Parameters apply(Parameters g) {
        return switch (kind) {
            case NONE -> g;
            case VALUE -> g.map((name, a) -> clipped(a));
            case NORM -> {
                double norm = norm(g);
                yield norm >= threshold ? g.map((name, a) -> a.scale(threshold / norm)) : g;
            }
        };
    }

    /**
     * ‖g‖: the root of the sum of all squares.
     *
     * @param g gradient
     * @return the norm
     */
    public static double norm(Parameters g) {
        double[] norms =
                g.asMap().values().stream().mapToDouble(SimpleMatrix::normF).toArray();
        double sum = 0;
        for (double norm : norms) {
            sum += norm * norm;
        }
        return sum < Double.POSITIVE_INFINITY ? Math.sqrt(sum) : new SimpleMatrix(norms).normF(); // which scales
    }

    private SimpleMatrix clipped(SimpleMatrix a) {
        SimpleMatrix c = a.copy();
        for (int k = 0; k < c.getNumElements(); k++) {
            c.set(k, Math.max(-threshold, Math.min(threshold, c.get(k))));
        }
        return c;
    }
}
