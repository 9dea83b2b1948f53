package bptt.train;

import bptt.Loss;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;

/** The tasks of the literature. */
public enum Tasks implements Task {
    /**
     * The adding problem of Hochreiter and Schmidhuber 1997, section 5.4: values uniform on [−1, 1] with a marker. One
     * of the first ten and one of the first T/2 − 1 other pairs are marked 1, the first and the last −1, the rest 0 (a
     * marked first pair has the value 0). Target ½ + (X₁ + X₂)/4 at the end; solved if every |error| &lt; 0.04. The
     * length is uniform on T … 1.1 T, here the same for all sequences of a batch.
     */
    ADDING_1997(2, 1, 24, T -> 1e-4, (score, T) -> score.loss() < 0.01 && score.worst() < 0.04) {
        @Override
        public Batch batch(int T, int B, Random random) {
            return farPairs(T, B, random);
        }
    },

    /**
     * The sequences of {@link #ADDING_1997}, solved if the mean squared error is below 3 % of 1/24, which always
     * answering ½ has: whether the two numbers are found and added, not how exactly.
     */
    ADDING_FAR(2, 1, 24, T -> 0.03 / 24, (score, T) -> score.loss() < 0.03 / 24) {
        @Override
        public Batch batch(int T, int B, Random random) {
            return farPairs(T, B, random);
        }
    },

    /**
     * The adding problem of Le, Jaitly and Hinton 2015: values uniform on [0, 1], a mask that is 1 at two different
     * places and 0 elsewhere; target the sum of the two at the end. Always answering 1 has the error Var(U + U) = 1/6;
     * solved if the mean squared error is below 0.01.
     */
    ADDING_2015(2, 1, 2, T -> 0.01, (score, T) -> score.loss() < 0.01) {
        @Override
        public Batch batch(int T, int B, Random random) {
            SimpleMatrix[] x = Task.empty(inputs(), T, B);
            SimpleMatrix y = new SimpleMatrix(1, B);
            for (int b = 0; b < B; b++) {
                for (SimpleMatrix x_t : x) {
                    x_t.set(0, b, random.nextDouble());
                }
                int first = random.nextInt(T), second = random.nextInt(T - 1);
                second += second >= first ? 1 : 0;
                x[first].set(1, b, 1);
                x[second].set(1, b, 1);
                y.set(0, b, x[first].get(0, b) + x[second].get(0, b));
            }
            return new Batch(List.of(x), new TreeMap<>(Map.of(T, y)), false);
        }
    },

    /**
     * Recall at an exact distance, of the course's own: values uniform on [−1, 1], one of them marked 1, the others 0.
     * The marked value is the target, T steps after it was read; up to ten more steps come before, the same number for
     * all sequences of a batch. Always answering 0 has the error Var X = 1/3; solved if the mean squared error is below
     * 3 % of it.
     */
    RECALL(2, 1, 1, T -> 0.01, (score, T) -> score.loss() < 0.03 / 3) {
        @Override
        public Batch batch(int T, int B, Random random) {
            int marked = random.nextInt(11), length = marked + 1 + T;
            SimpleMatrix[] x = Task.empty(inputs(), length, B);
            SimpleMatrix y = new SimpleMatrix(1, B);
            for (int b = 0; b < B; b++) {
                for (SimpleMatrix x_t : x) {
                    x_t.set(0, b, 2 * random.nextDouble() - 1);
                }
                x[marked].set(1, b, 1);
                y.set(0, b, x[marked].get(0, b));
            }
            return new Batch(List.of(x), new TreeMap<>(Map.of(length, y)), false);
        }
    },

    /**
     * Temporal order as in Pascanu, Mikolov and Bengio 2013 (after Hochreiter and Schmidhuber 1997, task 6a): among
     * random distractors c … f there is an A or B at a place in [T/10, T/5] and another in [2T/5, T/2]; the class at
     * the end is which of AA, AB, BA, BB it was. Solved if fewer than 1 % of the sequences are wrong.
     */
    TEMPORAL_ORDER(6, 4, 10, T -> 0.05, (score, T) -> score.errors() < 0.01) {
        @Override
        public Batch batch(int T, int B, Random random) {
            SimpleMatrix[] x = Task.empty(inputs(), T, B);
            int[] classes = new int[B];
            for (int b = 0; b < B; b++) {
                int first = between(T / 10, T / 5, random), second = between(2 * T / 5, T / 2, random);
                for (int t = 0; t < T; t++) {
                    boolean relevant = t == first || t == second;
                    int symbol = relevant ? random.nextInt(2) : 2 + random.nextInt(4);
                    x[t].set(symbol, b, 1);
                    classes[b] += relevant ? symbol * (t == first ? 2 : 1) : 0;
                }
            }
            return new Batch(List.of(x), new TreeMap<>(Map.of(T, Loss.oneHot(4, classes))), true);
        }
    },

    /**
     * The copying problem as in Arjovsky, Shah and Bengio 2016: ten symbols out of eight, T − 1 blanks, a delimiter,
     * ten blanks; to be answered by T + 10 blanks and the ten symbols. Without memory the cross-entropy is 10 ln 8/(T +
     * 20). Solved if it is below a tenth of that.
     */
    COPY(10, 9, 2, T -> StrictMath.log(8) / (T + 20), (score, T) -> score.loss() < StrictMath.log(8) / (T + 20)) {
        private static final int SYMBOLS = 10, BLANK = 8, DELIMITER = 9;

        @Override
        public Batch batch(int T, int B, Random random) {
            SimpleMatrix[] x = Task.empty(inputs(), T + 2 * SYMBOLS, B);
            int[][] in = new int[x.length][B], out = new int[x.length][B];
            for (int t = 0; t < x.length; t++) {
                for (int b = 0; b < B; b++) {
                    in[t][b] = t < SYMBOLS ? random.nextInt(8) : t == T + SYMBOLS - 1 ? DELIMITER : BLANK;
                    out[t][b] = t < T + SYMBOLS ? BLANK : in[t - T - SYMBOLS][b];
                    x[t].set(in[t][b], b, 1);
                }
            }
            TreeMap<Integer, SimpleMatrix> y = new TreeMap<>();
            for (int t = 0; t < x.length; t++) {
                y.put(t + 1, Loss.oneHot(9, out[t]));
            }
            return new Batch(List.of(x), y, true);
        }
    },

    /**
     * Handwritten digits pixel by pixel, row by row ({@link Digits}); the test is on those held out. Never solved: it
     * is trained to the limit and its share of errors is what counts.
     */
    DIGITS(1, 10, Digits.PIXELS, T -> 0, (score, T) -> false) {
        @Override
        public Batch batch(int T, int B, Random random) {
            return Digits.batch(T, B, random, false);
        }

        @Override
        public Stream<Batch> unseen(int T, int B, Random random) {
            return Digits.heldOut(T, false);
        }
    },

    /** The same with the pixels in another order, so that what belongs together lies far apart (Le et al. 2015). */
    DIGITS_PERMUTED(1, 10, Digits.PIXELS, T -> 0, (score, T) -> false) {
        @Override
        public Batch batch(int T, int B, Random random) {
            return Digits.batch(T, B, random, true);
        }

        @Override
        public Stream<Batch> unseen(int T, int B, Random random) {
            return Digits.heldOut(T, true);
        }
    };

    private final int inputs;
    private final int outputs;
    private final int shortest;
    private final IntToDoubleFunction near;
    private final BiPredicate<Batch.Score, Integer> solved;

    Tasks(int inputs, int outputs, int shortest, IntToDoubleFunction near, BiPredicate<Batch.Score, Integer> solved) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.shortest = shortest;
        this.near = near;
        this.solved = solved;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int shortest() {
        return shortest;
    }

    @Override
    public double near(int T) {
        return near.applyAsDouble(T);
    }

    @Override
    public boolean solved(Batch.Score score, int T) {
        return solved.test(score, T);
    }

    private static Batch farPairs(int T, int B, Random random) {
        int length = T + random.nextInt(T / 10 + 1);
        SimpleMatrix[] x = Task.empty(2, length, B), y = {new SimpleMatrix(1, B)};
        for (int b = 0; b < B; b++) {
            for (SimpleMatrix x_t : x) {
                x_t.set(0, b, 2 * random.nextDouble() - 1);
            }
            int first = random.nextInt(10), second = random.nextInt(T / 2 - 1);
            second += second >= first ? 1 : 0;
            x[0].set(1, b, -1);
            x[length - 1].set(1, b, -1);
            if (first == 0 || second == 0) {
                x[0].set(0, b, 0);
            }
            x[first].set(1, b, 1);
            x[second].set(1, b, 1);
            y[0].set(0, b, 0.5 + (x[first].get(0, b) + x[second].get(0, b)) / 4);
        }
        return new Batch(List.of(x), new TreeMap<>(Map.of(length, y[0])), false);
    }

    private static int between(int from, int to, Random random) {
        return from + random.nextInt(to - from + 1);
    }
}
