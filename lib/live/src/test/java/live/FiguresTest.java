package live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.Bptt;
import bptt.Gradients;
import bptt.Loss;
import bptt.Progress;
import bptt.State;
import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.cell.Rnn;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    private static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            "decay",
            Map.of(
                    "cell", "LSTM", "start", "uniform", "gain", "1", "b_f", "1", "input", "1", "H", "8", "T", "100",
                    "seed", "3"),
            "cliff",
            Map.of("w", "6.5", "b", "-2.6", "rate", "0.3", "theta", "1", "steps", "300"),
            "check",
            Map.of("network", "GRU", "lg h", "-5", "H", "4", "T", "10", "seed", "1"),
            "unrolled",
            Map.of("form", "right", "H", "2", "T", "4", "seed", "1"));

    private static Map<String, double[]> answer(String figure, String... changes) {
        Map<String, String> texts = new HashMap<>(DEFAULTS.get(figure));
        for (int i = 0; i < changes.length; i += 2) {
            texts.put(changes[i], changes[i + 1]);
        }
        return Figures.answer(figure, texts, Progress.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "decay|H|0|H: expected a whole number from 1 to 64, got “0”",
                "decay|H||H: expected a whole number from 1 to 64, got nothing",
                "decay|H|2.5|H: expected a whole number from 1 to 64, got “2.5”",
                "decay|T|1000000|T: expected a whole number from 2 to 1000, got “1000000”",
                "decay|T|1e400|T: expected a whole number from 2 to 1000, got “1e400”",
                "decay|gain|NaN|gain: expected a number from 0 to 4, got “NaN”",
                "decay|gain|-0.1|gain: expected a number from 0 to 4, got “-0.1”",
                "decay|gain|1,5|gain: expected a number from 0 to 4, got “1,5”",
                "decay|gain|0x1p0|gain: expected a number from 0 to 4, got “0x1p0”",
                "decay|cell|lstm|cell: expected one of tanh RNN, ReLU RNN, LSTM, GRU, minGRU, got “lstm”",
                "cliff|rate|0|rate: expected a number from 0.001 to 100, got “0”",
                "check|lg h|1|lg h: expected a number from -16 to -1, got “1”",
                "unrolled|T|5|T: expected a whole number from 2 to 4, got “5”"
            })
    void refusesWhatNoFieldHolds(String figure, String field, String text, String sentence) {
        var refusal =
                assertThrows(IllegalArgumentException.class, () -> answer(figure, field, text == null ? "" : text));
        assertEquals(sentence, refusal.getMessage());
    }

    @Test
    void acceptsTheLimitsThemselves() {
        answer("decay", "H", "1", "T", "2", "gain", "4", "b_f", "10", "input", "10");
        answer("decay", "cell", "ReLU RNN", "gain", "0", "input", "0", "b_f", "-5");
        answer("cliff", "w", "10", "b", "-10", "rate", "100", "theta", "1000", "steps", "1000");
        answer("check", "H", "1", "T", "1", "lg h", "-16");
    }

    /** The line that one matrix predicts is where the curve goes: the claim of notebook 10, held to five per cent. */
    @ParameterizedTest
    @CsvSource({"tanh RNN,uniform", "LSTM,uniform", "GRU,uniform", "minGRU,uniform", "LSTM,orthogonal"})
    void theRateIsTheSlope(String cell, String start) {
        var rows = answer("decay", "cell", cell, "start", start, "H", "32", "T", "400");
        assertEquals(rows.get("slope")[0], StrictMath.log10(rows.get("rate")[0]), 0.05 * -rows.get("slope")[0]);
    }

    @Test
    void theIrnnKeepsItsNorm() {
        var rows = answer("decay", "cell", "ReLU RNN", "start", "identity", "H", "16", "T", "1000");
        assertEquals(1, rows.get("rate")[0]);
        assertEquals(1, rows.get("norm")[rows.get("norm").length - 1], 1e-12);
    }

    /** The chaotic network has no fixed point, and so no prediction. */
    @Test
    void saysWhereNothingIsPredicted() {
        var rows = answer("decay", "cell", "tanh RNN", "gain", "4", "input", "0", "H", "64", "b_f", "0");
        assertTrue(Double.isNaN(rows.get("rate")[0]));
        assertEquals(0, rows.get("re").length);
        assertTrue(Arrays.stream(rows.get("predicted")).allMatch(Double::isNaN));
    }

    @Test
    void theUnitsOfTheMapDoNotSeeEachOther() {
        Map<String, double[]> map = Figures.answer("map", Map.of(), Progress.NONE);
        int side = map.get("w").length;
        for (int k : new int[] {0, 40, side * side / 2, side * side - 1}) {
            String w = String.valueOf(map.get("w")[k % side]), b = String.valueOf(map.get("b")[k / side]);
            assertEquals(answer("cliff", "w", w, "b", b, "steps", "1").get("free.L")[0], map.get("L")[k], 1e-15);
        }
    }

    @Test
    void clippingBoundsTheStep() {
        var rows = answer("cliff");
        double longest = 0, free = 0;
        for (int i = 1; i <= 300; i++) {
            longest = Math.max(longest, step(rows, "clipped", i));
            free = Math.max(free, step(rows, "free", i));
        }
        assertTrue(longest <= 0.3 * (1 + 1e-12), "" + longest);
        assertTrue(free > 5, "" + free);
    }

    private static double step(Map<String, double[]> rows, String name, int i) {
        double[] w = rows.get(name + ".w"), b = rows.get(name + ".b");
        return Math.hypot(w[i] - w[i - 1], b[i] - b[i - 1]);
    }

    @Test
    void theCheckHasTheErrorsOfItsTheory() {
        var rows = answer("check");
        double best = Arrays.stream(rows.get("central error")).min().orElseThrow();
        assertTrue(best > 1e-14 && best < 1e-8, "" + best);
        assertTrue(rows.get("complex error")[0] < 1e-13, "" + rows.get("complex error")[0]);
    }

    @ParameterizedTest
    @CsvSource({"1,2", "2,2", "1,4", "2,3", "2,4"})
    void theRightPassIsTheLibrarys(int H, int T) {
        var rows = answer("unrolled", "H", "" + H, "T", "" + T, "seed", "7");
        Parameters p = Parameters.zeros(Rnn.tanh(1, H), 1)
                .map((name, a) -> like(a.getNumRows(), a.getNumCols(), rows.get(name)));
        List<SimpleMatrix> x = sequence(rows.get("x")), y = sequence(rows.get("y"));
        SimpleMatrix h_0 = like(H, 1, Arrays.copyOf(rows.get("h"), H));
        Gradients back = Bptt.backward(Bptt.forward(p, x, State.of(h_0)), Loss.meanSquared(y));
        for (String name : List.of("W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_0")) {
            assertArrayEquals(Require.values(back.get(name)), rows.get("d" + name), 1e-13, name);
            assertArrayEquals(rows.get("truth.d" + name), rows.get("d" + name), 1e-13, name);
        }
        for (int t = 1; t <= T; t++) {
            double[] dh = Arrays.copyOfRange(rows.get("dh"), (t - 1) * H, t * H);
            double[] da = Arrays.copyOfRange(rows.get("da"), (t - 1) * H, t * H);
            assertArrayEquals(Require.values(back.h(t)), dh, 1e-13);
            assertArrayEquals(Require.values(back.a("h", t)), da, 1e-13);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "W_hh for its transpose,W_hh",
        "tanh' left out,W_hh",
        "h_t for h_{t-1},W_hh",
        "nothing from the next step,W_xh",
        "the last loss only,W_hy",
        "total for immediate derivative,b_h"
    })
    void everyWrongFormIsWrong(String form, String where) {
        var rows = answer("unrolled", "form", form);
        double[] wrong = rows.get("d" + where), truth = rows.get("truth.d" + where);
        assertTrue(Math.abs(wrong[0] - truth[0]) > 1e-3, wrong[0] + " for " + truth[0]);
        assertArrayEquals(truth, rows.get("right.d" + where), 1e-13);
    }

    private static SimpleMatrix like(int rows, int cols, double[] values) {
        return new SimpleMatrix(rows, cols, true, values);
    }

    private static List<SimpleMatrix> sequence(double[] values) {
        return Arrays.stream(values).mapToObj(v -> like(1, 1, new double[] {v})).toList();
    }
}
