package bptt.exercise;

import bptt.math.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ejml.simple.SimpleMatrix;

/** Any matrix, or number, that has the properties asked for. */
final class Example implements Question {
    private final int rows, cols;
    private final List<Function<SimpleMatrix, String>> properties = new ArrayList<>();

    Example(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
    }

    /** A property: null if the matrix has it, otherwise a sentence that says what is missing. */
    Example must(Function<SimpleMatrix, String> property) {
        properties.add(property);
        return this;
    }

    @Override
    public Verdict judge(Object answer) throws Unreadable {
        Map<String, SimpleMatrix> value = Value.of(answer);
        SimpleMatrix a = value.get(Value.ALONE);
        if (a == null || a.getNumRows() != rows || a.getNumCols() != cols) {
            throw new Unreadable(Numbers.format(
                    "expected %s, got %s", Value.type(new SimpleMatrix(rows, cols)), Value.type(answer)));
        }
        Comparison.requireFinite(a, "", "");
        for (var property : properties) {
            String missing = property.apply(a);
            if (missing != null) {
                return Verdict.off(missing);
            }
        }
        return Verdict.right("right: it has every property asked for");
    }
}
