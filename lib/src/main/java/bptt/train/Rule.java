package bptt.train;

import bptt.cell.Parameters;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * How a gradient becomes an update. {@link Rules} has those of the literature; another one is a class that implements
 * this. Files know it by its name.
 */
public interface Rule {
    /**
     * The name, by which experiments are told apart.
     *
     * @return for example {@code ADAM}
     */
    @JsonValue
    String name();

    /** The one of that name in {@link Rules}, or one that has the name alone. */
    @JsonCreator
    static Rule named(String name) {
        return Store.named(Rule.class, Rules.values(), Rule::name, name);
    }

    /**
     * What it remembers between updates.
     *
     * @return how many arrays of the parameters' shapes; none unless overridden
     */
    default int moments() {
        return 0;
    }

    /**
     * The change of the parameters.
     *
     * @param g gradient
     * @param rate η
     * @param n number of this update, 1, 2, …
     * @param m what it remembers, zeros at first; new values take the place of the old
     * @return what is added to θ
     */
    Parameters change(Parameters g, double rate, int n, Parameters[] m);
}
