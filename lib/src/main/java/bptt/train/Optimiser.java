package bptt.train;

import bptt.cell.Parameters;
import java.util.Arrays;
import java.util.List;

/** A {@link Rule} at work: it counts the updates and keeps what the rule remembers. */
public final class Optimiser {
    private final Rule rule;
    private final double rate;
    private Parameters[] moments;
    private int updates;

    /**
     * A rule that remembers nothing yet.
     *
     * @param rule which
     * @param rate η &gt; 0
     * @param like parameters of the network
     * @throws IllegalArgumentException if the rate is none
     */
    public Optimiser(Rule rule, double rate, Parameters like) {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learning rate: expected more than 0, got " + rate);
        }
        this.rule = rule;
        this.rate = rate;
        moments = new Parameters[rule.moments()];
        Arrays.fill(moments, Parameters.zeros(like.cell(), like.outputs()));
    }

    /**
     * One update.
     *
     * @param p parameters
     * @param g their gradient
     * @return new parameters
     * @throws IllegalArgumentException if one of them is no longer finite; what was remembered is as before
     */
    public Parameters update(Parameters p, Parameters g) {
        Parameters[] m = moments.clone();
        Parameters change = rule.change(g, rate, updates + 1, m);
        Parameters next = p.map((name, a) -> a.plus(change.get(name)));
        moments = m;
        updates++;
        return next;
    }

    List<Parameters> moments() {
        return List.of(moments);
    }

    void remember(int n, List<Parameters> m) {
        updates = n;
        moments = m.toArray(Parameters[]::new);
    }
}
