package bptt.cell;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.ejml.simple.SimpleMatrix;

/**
 * The weights of a network by name: for each gate q of the cell W_xq (H×I), W_hq (H×H, unless the cell's gates do not
 * see h) and b_q (H×1), the cell's own vectors (H×1), and for the readout o_t = W_hy h_t + b_y, if there is one, W_hy
 * (O×H) and b_y (O×1). Immutable; no entry is NaN or infinite.
 */
public final class Parameters {
    private final Cell cell;
    private final int outputs;
    private final Map<String, SimpleMatrix> values;

    private Parameters(Cell cell, int outputs, Map<String, SimpleMatrix> values) {
        this.cell = cell;
        this.outputs = outputs;
        this.values = values;
    }

    /**
     * All zero.
     *
     * @param cell the cell
     * @param outputs O, the number of outputs; 0 for a network without readout
     * @return parameters of the right names and shapes
     */
    public static Parameters zeros(Cell cell, int outputs) {
        Require.given(cell, "cell", "one");
        if (outputs < 0) {
            throw new IllegalArgumentException("outputs O: expected 0 (no readout) or more, got " + outputs);
        }
        int I = cell.inputs(), H = cell.hidden();
        Map<String, SimpleMatrix> values = new LinkedHashMap<>();
        for (String q : cell.gates()) {
            values.put("W_x" + q, new SimpleMatrix(H, I));
            if (cell.recurrent()) {
                values.put("W_h" + q, new SimpleMatrix(H, H));
            }
            values.put("b_" + q, new SimpleMatrix(H, 1));
        }
        cell.vectors().forEach(name -> values.put(name, new SimpleMatrix(H, 1)));
        if (outputs > 0) {
            values.put("W_hy", new SimpleMatrix(outputs, H));
            values.put("b_y", new SimpleMatrix(outputs, 1));
        }
        return new Parameters(cell, outputs, values);
    }

    /**
     * The same parameters with one replaced.
     *
     * @param name its name
     * @param value its new value, copied
     * @return new parameters
     * @throws IllegalArgumentException if the name is unknown, the shape another, or an entry not
     *     finite
     */
    public Parameters with(String name, SimpleMatrix value) {
        SimpleMatrix old = get(name);
        Require.shape(value, old.getNumRows(), old.getNumCols(), name);
        Require.finite(value, name);
        Map<String, SimpleMatrix> copy = new LinkedHashMap<>(values);
        copy.put(name, value.copy());
        return new Parameters(cell, outputs, copy);
    }

    /**
     * The same parameters with every entry of one replaced, for example {@code with("b_f", 1)}, the usual forget bias
     * (Gers et al. 2000, Jozefowicz et al. 2015).
     *
     * @param name its name
     * @param value of every entry
     * @return new parameters
     * @throws IllegalArgumentException if the name is unknown or the value not finite
     */
    public Parameters with(String name, double value) {
        SimpleMatrix a = get(name);
        a.fill(value);
        return with(name, a);
    }

    /**
     * The same parameters, each with a new value.
     *
     * @param value the new value from the name and the old value
     * @return new parameters
     * @throws IllegalArgumentException if a shape is another or an entry not finite
     */
    public Parameters map(BiFunction<String, SimpleMatrix, SimpleMatrix> value) {
        Map<String, SimpleMatrix> mapped = new LinkedHashMap<>();
        values.forEach((name, old) -> {
            SimpleMatrix a = value.apply(name, old.copy());
            Require.shape(a, old.getNumRows(), old.getNumCols(), name);
            Require.finite(a, name);
            mapped.put(name, a.copy());
        });
        return new Parameters(cell, outputs, mapped);
    }

    /**
     * The value of one parameter.
     *
     * @param name for example {@code W_hf}
     * @return a copy
     * @throws IllegalArgumentException if there is no such parameter
     */
    public SimpleMatrix get(String name) {
        SimpleMatrix value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "unknown parameter “" + name + "”: expected one of " + String.join(", ", names()));
        }
        return value.copy();
    }

    /**
     * All names, gate by gate, the readout last.
     *
     * @return names in order
     */
    public List<String> names() {
        return List.copyOf(values.keySet());
    }

    /**
     * All values by name, in the order of {@link #names()}.
     *
     * @return an unmodifiable map of copies
     */
    public Map<String, SimpleMatrix> asMap() {
        Map<String, SimpleMatrix> copy = new LinkedHashMap<>();
        values.forEach((name, value) -> copy.put(name, value.copy()));
        return Collections.unmodifiableMap(copy);
    }

    /**
     * The cell these parameters belong to.
     *
     * @return the cell
     */
    public Cell cell() {
        return cell;
    }

    /**
     * O.
     *
     * @return number of outputs, 0 if there is no readout
     */
    public int outputs() {
        return outputs;
    }
}
