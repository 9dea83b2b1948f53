package bptt;

import bptt.cell.Cell;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.cell.Step;
import bptt.math.Product;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.ejml.simple.SimpleMatrix;

/**
 * The sequences of a batch that one thread takes forward through time, and what they leave for the way back. Of every
 * quantity there is one array for each step, one sequence after the other, because long arrays are what the JIT
 * compiler vectorises; each is made when the thread first comes to it, and used again by the next pass.
 */
final class Sequences {
    private final Cell cell;

    /** The first of them in the batch. */
    final int first;

    /** How many there are. */
    final int count;

    /** x_t, t = 1 … T. */
    private final double[][] x;

    /** By part of the state: t = 0 … T. */
    private final double[][][] state;

    /** By gate: t = 1 … T. One that is a part of the state is the same array. */
    private final double[][][] gate;

    /** u of the second stage if there is one: t = 1 … T. */
    private final double[][] u;

    /** Room for the sequences {@code first} … {@code end} − 1, up to T steps of them. */
    Sequences(Cell cell, int T, int first, int end) {
        this.cell = cell;
        this.first = first;
        count = end - first;
        x = new double[T + 1][];
        state = new double[cell.states().size()][T + 1][];
        gate = new double[cell.gates().size()][T + 1][];
        for (int q = 0; q < gate.length; q++) {
            gate[q] = cell.stateOf(q) < 0 ? gate[q] : state[cell.stateOf(q)];
        }
        u = new double[T + 1][];
    }

    /** The way forward, from t = 1 to T. */
    void forward(Parameters p, double[][][] weights, List<SimpleMatrix> inputs, State start) {
        int H = cell.hidden(), I = cell.inputs(), U = Weights.seen(cell);
        List<String> names = cell.gates().stream().map(q -> "a_" + q).toList();
        Step step = new Step(cell, count);
        step.vector = Weights.vectors(p, count);
        Product[] products = Arrays.stream(weights)
                .map(w -> new Product(w, w[0].length, count))
                .toArray(Product[]::new);
        double[][] row = new double[count][U + I + 1]; // [u | x_t | 1]
        for (double[] r : row) {
            r[U + I] = 1;
        }
        for (int s = 0; s < state.length; s++) {
            Arrays.fill(make(state[s], 0, H), 0);
            add(start.parts().get(s), state[s][0]);
        }
        for (int t = 1; t <= inputs.size(); t++) {
            make(t);
            view(step, t);
            add(inputs.get(t - 1), x[t]);
            for (int r = 0; r < count; r++) {
                System.arraycopy(x[t], r * I, row[r], U, I);
            }
            Overflow hidden = null; // of a sum whose parts overflowed: σ and tanh would make a number of it
            for (int stage = 0, q = 0; stage < products.length; stage++) {
                for (int r = 0; r < count; r++) {
                    System.arraycopy(stage == 0 ? step.before[0] : step.u, r * H, row[r], 0, U);
                }
                double[][] a = products[stage].of(row, 0);
                for (int g = 0; g < cell.stages().get(stage).size(); g++, q++) {
                    for (int r = 0; r < count; r++) {
                        System.arraycopy(a[r], g * H, step.gate[q], r * H, H);
                    }
                    Overflow found = Overflow.in(step.gate[q], 0, step.n, names.get(q), t);
                    hidden = hidden == null ? found : hidden;
                }
                cell.forward(stage, step);
            }
            for (int s = 0; s < state.length; s++) {
                Overflow.check(state[s][t], cell.states().get(s), t);
            }
            if (hidden != null) {
                throw hidden;
            }
        }
    }

    private void make(int t) {
        Arrays.fill(make(x, t, cell.inputs()), 0);
        for (double[][] part : state) {
            make(part, t, cell.hidden());
        }
        for (double[][] q : gate) {
            make(q, t, cell.hidden());
        }
        if (cell.stages().size() > 1) {
            make(u, t, cell.hidden());
        }
    }

    /** The array of step t, n numbers for each sequence; t and t ± the number of arrays share one. */
    double[] make(double[][] steps, int t, int n) {
        int place = t % steps.length;
        if (steps[place] == null) {
            steps[place] = new double[n * count];
        }
        return steps[place];
    }

    /** Points {@code step} at step t. */
    void view(Step step, int t) {
        view(step, t, numbers -> numbers);
    }

    /** Points {@code step} at a copy of step t of one sequence. */
    void viewSequence(Step step, int t, int b) {
        int H = cell.hidden(), from = (b - first) * H;
        view(step, t, numbers -> Arrays.copyOfRange(numbers, from, from + H));
    }

    private void view(Step step, int t, Function<double[], double[]> numbers) {
        for (int s = 0; s < state.length; s++) {
            step.before[s] = numbers.apply(state[s][t - 1]);
            step.after[s] = numbers.apply(state[s][t]);
        }
        for (int q = 0; q < gate.length; q++) {
            step.gate[q] = numbers.apply(gate[q][t]);
        }
        step.u = u[t] == null ? null : numbers.apply(u[t]);
    }

    /** A part of the state at t. */
    double[] state(int part, int t) {
        return state[part][t];
    }

    /** The values of a gate at t. */
    double[] gate(int q, int t) {
        return gate[q][t];
    }

    /**
     * Writes [u | x_t] of the sequences b … b + n − 1, u that of a stage, as columns i … i + n − 1: the numbers from …
     * to − 1 of it, one row for each.
     */
    void columns(int stage, int t, int b, int n, double[][] at, int from, int to, int i) {
        int U = Weights.seen(cell), I = cell.inputs();
        if (from < U) {
            columns(stage == 0 ? state[0][t - 1] : u[t], U, b - first, n, at, 0, from, Math.min(to, U), i);
        }
        if (to > U) {
            int k = Math.max(from, U);
            columns(x[t], I, b - first, n, at, k - from, k - U, Math.min(to - U, I), i);
        }
    }

    /** Of rows of so many numbers, from row b on, the numbers from … to − 1, into the rows of {@code at} from k on. */
    private static void columns(double[] rows, int size, int b, int n, double[][] at, int k, int from, int to, int i) {
        int r = 0, first = b * size;
        for (; r + 3 < n; r += 4, first += 4 * size) {
            for (int j = from; j < to; j++) {
                double[] row = at[k + j - from];
                row[i + r] = rows[first + j];
                row[i + r + 1] = rows[first + size + j];
                row[i + r + 2] = rows[first + 2 * size + j];
                row[i + r + 3] = rows[first + 3 * size + j];
            }
        }
        for (; r < n; r++, first += size) {
            for (int j = from; j < to; j++) {
                at[k + j - from][i + r] = rows[first + j];
            }
        }
    }

    /** Adds these sequences' columns of a matrix. */
    void add(SimpleMatrix m, double[] numbers) {
        double[] values = Require.values(m);
        int n = m.getNumRows(), B = m.getNumCols();
        for (int r = 0; r < count; r++) {
            for (int j = 0; j < n; j++) {
                numbers[r * n + j] += values[j * B + first + r];
            }
        }
    }

    /** Sets these sequences' columns of a matrix. */
    void copy(double[] numbers, SimpleMatrix m) {
        double[] values = m.getDDRM().data;
        int n = m.getNumRows(), B = m.getNumCols();
        for (int r = 0; r < count; r++) {
            for (int j = 0; j < n; j++) {
                values[j * B + first + r] = numbers[r * n + j];
            }
        }
    }
}
