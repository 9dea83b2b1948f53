package bptt.exercise;

import static bptt.cell.Elementwise.oneMinus;

import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;
import org.ejml.simple.SimpleOperations.ElementOpReal;

/** The words in which wrong forms are written. */
final class Algebra {
    private Algebra() {}

    static SimpleMatrix column(double... v) {
        return new SimpleMatrix(v.length, 1, true, v);
    }

    static SimpleMatrix rows(int cols, double... v) {
        return new SimpleMatrix(v.length / cols, cols, true, v);
    }

    static SimpleMatrix T(SimpleMatrix a) {
        return a.transpose();
    }

    /** 1 − h ∘ h, the slope of tanh at a value h of it. */
    static SimpleMatrix slope(SimpleMatrix h) {
        return oneMinus(h.elementMult(h));
    }

    static SimpleMatrix diag(SimpleMatrix d) {
        return SimpleMatrix.diag(d.getDDRM().data.clone());
    }

    static SimpleMatrix each(SimpleMatrix a, DoubleUnaryOperator f) {
        ElementOpReal op = (i, j, v) -> f.applyAsDouble(v);
        return a.elementOp(op);
    }

    /** The a with tanh(a) = h. */
    static SimpleMatrix artanh(SimpleMatrix h) {
        return each(h, v -> 0.5 * StrictMath.log((1 + v) / (1 - v)));
    }

    static SimpleMatrix sum(int from, int to, IntFunction<SimpleMatrix> term) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(term)
                .reduce(SimpleMatrix::plus)
                .orElse(null);
    }
}
