package live;

import bptt.Bptt;
import bptt.Gradients;
import bptt.Loss;
import bptt.Progress;
import bptt.cell.Cell;
import bptt.cell.Draw;
import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.MinGru;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.check.Reference;
import bptt.train.Clipping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ejml.simple.SimpleMatrix;

/**
 * The derivative of a loss along a direction v of all parameters, |v| = 1, three times: ∇L · v of back-propagation; the
 * central difference (L(θ + hv) − L(θ − hv))/2h; the complex step Im L(θ + ihv)/h. The last two evaluate the cell's
 * formulas and know nothing of a gradient.
 */
final class GradientCheck {
    /** h = 2^−3 … 2^−56. */
    private static final int LARGEST = 3, SMALLEST = 56;

    private final Reference at;
    private final Parameters v;
    private final SimpleMatrix y;
    private final int T;

    private GradientCheck(Reference at, Parameters v, SimpleMatrix y, int T) {
        this.at = at;
        this.v = v;
        this.y = y;
        this.T = T;
    }

    static Map<String, double[]> answer(Fields fields, Progress progress) {
        String name = fields.one("network", "tanh RNN", "LSTM", "GRU", "minGRU");
        int H = fields.whole("H", 1, 16), T = fields.whole("T", 1, 50);
        double chosen = StrictMath.exp(StrictMath.log(10) * fields.number("lg h", -16, -1));
        Random random = new Random(fields.whole("seed", 1, 9999));

        Parameters p = Init.uniform(cell(name, H), 1, random);
        List<SimpleMatrix> x = Draw.uniform(T, 2, 1, -1, 1, random);
        SimpleMatrix y = Draw.uniform(1, 1, -1, 1, random);
        Parameters some = p.map((q, a) -> Draw.normal(a.getNumRows(), a.getNumCols(), 1, random));
        double length = Clipping.norm(some);
        Parameters v = some.map((q, a) -> a.divide(length));
        GradientCheck check = new GradientCheck(Reference.of(p, x), v, y, T);

        Gradients back = Bptt.backward(Bptt.forward(p, x), Loss.meanSquared(y));
        double exact = 0;
        for (String q : v.names()) {
            exact += back.get(q).elementMult(v.get(q)).elementSum();
        }
        int n = SMALLEST - LARGEST + 1;
        double[] h = new double[n], central = new double[n], complex = new double[n];
        double step = 1;
        for (int k = 1; k <= SMALLEST; k++) {
            step /= 2;
            int i = SMALLEST - k;
            if (i < n) {
                h[i] = step;
                central[i] = Math.abs(check.central(step) - exact) / Math.abs(exact);
                complex[i] = Math.abs(check.complex(step) - exact) / Math.abs(exact);
            }
            progress.at(k, SMALLEST, exact, k == SMALLEST);
        }
        Map<String, double[]> answer = new LinkedHashMap<>();
        answer.put("h", h);
        answer.put("central error", central);
        answer.put("complex error", complex);
        answer.put("chosen", new double[] {chosen, exact, check.central(chosen), check.complex(chosen)});
        return answer;
    }

    private static Cell cell(String name, int H) {
        return switch (name) {
            case "tanh RNN" -> Rnn.tanh(2, H);
            case "LSTM" -> new Lstm(2, H);
            case "GRU" -> new Gru(2, H);
            default -> new MinGru(2, H);
        };
    }

    private double central(double h) {
        return (loss(h, 0).get(0) - loss(-h, 0).get(0)) / (2 * h);
    }

    private double complex(double h) {
        return loss(0, h).getImaginary(0, 0) / h;
    }

    /** L(θ + (real + i imaginary) v). */
    private SimpleMatrix loss(double real, double imaginary) {
        Reference moved = at;
        for (String q : v.names()) {
            SimpleMatrix a = at.get(q).plus(real, v.get(q));
            if (imaginary != 0) {
                SimpleMatrix d = v.get(q);
                a.convertToComplex();
                for (int i = 0; i < a.getNumRows(); i++) {
                    for (int j = 0; j < a.getNumCols(); j++) {
                        a.set(i, j, a.getReal(i, j), imaginary * d.get(i, j));
                    }
                }
            }
            moved = moved.with(q, a);
        }
        return Reference.meanSquared(moved.run().get("o_" + T), y);
    }
}
