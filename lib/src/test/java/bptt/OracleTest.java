package bptt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.cell.Cell;
import bptt.cell.Gru;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import bptt.flow.Jacobians;
import bptt.flow.Norm;
import bptt.math.Numbers;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares the library with gradients and Jacobian norms that an independent program computed in
 * 60-digit arithmetic or by automatic differentiation: every {@code *.json} of the folder {@code
 * -Dbptt.oracle=DIR}, by default the test resources. Each array must agree to ‖got − want‖ ≤ 1e-12
 * ‖want‖ (1e-14 absolute where want is 0).
 */
class OracleTest {
    private static final double RELATIVE = 1e-12;
    private static final double ABSOLUTE = 1e-14;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private static final Set<String> OPTIONAL = Set.of("check", "dCT_dCk_total");
    private static final Set<String> OF_LSTM = Set.of("C0", "C_T", "dC0", "joint", "dCT_dCk_block");
    private static final Set<String> OF_OTHERS = Set.of("dhT_dhk");

    /** One file. Matrices are row-major nested lists with a sequence per column; check is not for us. */
    record Case(
            String id,
            String cell,
            int I,
            int H,
            int O,
            int B,
            int T,
            Map<String, double[][]> params,
            double[][][] x,
            double[][] h0,
            double[][] C0,
            double[][] h_T,
            double[][] C_T,
            double[][] o_T,
            SquaredError mse,
            CrossEntropy ce,
            NormCurves jacobian_norms,
            JsonNode check) {}

    record SquaredError(
            double[][] target, double loss, Map<String, double[][]> grads, double[][] dh0, double[][] dC0) {}

    record CrossEntropy(int[][] target, double loss, Map<String, double[][]> grads, double[][] dh0, double[][] dC0) {}

    record NormCurves(int[] k, double[] dhT_dhk, double[] joint, double[] dCT_dCk_block, Double[] dCT_dCk_total) {}

    @TestFactory
    Stream<DynamicTest> everyFile() throws IOException, URISyntaxException {
        Path folder = folder();
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        assertFalse(files.isEmpty(), "no *.json in " + folder);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
    }

    /** A relative folder is meant from where Maven was called. */
    private static Path folder() throws URISyntaxException {
        String given = System.getProperty("bptt.oracle");
        return given == null
                ? Path.of(OracleTest.class.getResource("/oracle").toURI())
                : Path.of(System.getProperty("bptt.invoked.from", "")).resolve(given);
    }

    private static void compare(Path file) throws IOException {
        Case c = read(file);
        Parameters p = parameters(c);
        State start = state(c.h0, c.C0);
        List<SimpleMatrix> x = Arrays.stream(c.x).map(SimpleMatrix::new).toList();
        Trace trace = Bptt.forward(p, x, start);
        agree("h_T", trace.h(c.T), c.h_T);
        if (c.C_T != null) {
            agree("C_T", trace.C(c.T), c.C_T);
        }
        agree("o_T", trace.o(c.T), c.o_T);

        Loss squared = Loss.meanSquared(new SimpleMatrix(c.mse.target));
        agree("mse.loss", squared.value(trace), c.mse.loss);
        gradients("mse", Bptt.backward(trace, squared), c, c.mse.grads, c.mse.dh0, c.mse.dC0);

        Loss crossEntropy = Loss.crossEntropy(
                Arrays.stream(c.ce.target).map(y -> Loss.oneHot(c.O, y)).toList());
        agree("ce.loss", crossEntropy.value(trace), c.ce.loss);
        gradients("ce", Bptt.backward(trace, crossEntropy), c, c.ce.grads, c.ce.dh0, c.ce.dC0);

        norms(trace, c);
    }

    /** A case that has every field of its cell, and no other. */
    private static Case read(Path file) throws IOException {
        try {
            JsonNode tree = JSON.readTree(Files.readString(file));
            requireFields(tree, Case.class, tree.path("cell").asText().equals("lstm"), "");
            Case c = JSON.treeToValue(tree, Case.class);
            Set<String> names = stacks(c).keySet();
            for (Map<String, double[][]> matrices : List.of(c.params, c.mse.grads, c.ce.grads)) {
                assertEquals(new TreeSet<>(names), new TreeSet<>(matrices.keySet()), "names of parameters");
                assertFalse(matrices.containsValue(null), "a parameter is null");
            }
            return c;
        } catch (JsonProcessingException | AssertionError e) {
            throw new AssertionError(file + ": " + e.getMessage(), e);
        }
    }

    private static void requireFields(JsonNode node, Class<?> type, boolean lstm, String where) {
        for (RecordComponent part : type.getRecordComponents()) {
            String name = part.getName();
            boolean wanted = !OPTIONAL.contains(name) && !(lstm ? OF_OTHERS : OF_LSTM).contains(name);
            if (wanted && !node.hasNonNull(name)) {
                throw new AssertionError("no field " + where + name);
            }
            if (part.getType().isRecord()) {
                requireFields(node.get(name), part.getType(), lstm, where + name + ".");
            }
        }
    }

    private static void gradients(
            String loss, Gradients got, Case c, Map<String, double[][]> want, double[][] dh0, double[][] dC0) {
        stacks(c)
                .forEach((name, parts) -> agree(
                        loss + " ∂L/∂" + name,
                        parts.stream()
                                .map(got::get)
                                .reduce(SimpleMatrix::concatRows)
                                .orElseThrow(),
                        want.get(name)));
        agree(loss + " ∂L/∂h_0", got.h(0), dh0);
        if (dC0 != null) {
            agree(loss + " ∂L/∂C_0", got.C(0), dC0);
        }
    }

    private static void norms(Trace trace, Case c) {
        NormCurves want = c.jacobian_norms;
        int compared = 0;
        List<SimpleMatrix> jacobians = Jacobians.toLast(trace, 0);
        for (int n = 0; n < want.k.length; n++) {
            int k = want.k[n];
            SimpleMatrix J = jacobians.get(k);
            if (want.dhT_dhk != null) {
                agree("‖∂h_T/∂h_" + k + "‖", Norm.SPECTRAL.of(J), want.dhT_dhk[n]);
                compared++;
            }
            if (want.joint != null) {
                SimpleMatrix block = J.extractMatrix(c.H, 2 * c.H, c.H, 2 * c.H);
                agree("‖∂(h,C)_T/∂(h,C)_" + k + "‖", Norm.SPECTRAL.of(J), want.joint[n]);
                agree("‖block " + k + "‖", Norm.SPECTRAL.of(block), want.dCT_dCk_block[n]);
                compared++;
                if (want.dCT_dCk_total != null && want.dCT_dCk_total[n] != null) {
                    agree(
                            "‖dC_T/dC_" + k + "‖",
                            Norm.SPECTRAL.of(Jacobians.cellState(trace, 0, k, J)),
                            want.dCT_dCk_total[n]);
                }
            }
        }
        assertTrue(compared == c.T + 1, "compared " + compared + " norms, expected " + (c.T + 1));
    }

    private static Cell cell(Case c) {
        return switch (c.cell) {
            case "tanh" -> Rnn.tanh(c.I, c.H);
            case "relu" -> Rnn.relu(c.I, c.H);
            case "lstm" -> new Lstm(c.I, c.H);
            case "gru" -> new Gru(c.I, c.H);
            default -> throw new AssertionError("unknown cell " + c.cell);
        };
    }

    /** Which parameters of the library, one under another, make one of the file. */
    private static Map<String, List<String>> stacks(Case c) {
        if (cell(c) instanceof Rnn) {
            return Parameters.zeros(cell(c), c.O).names().stream()
                    .collect(Collectors.toMap(Function.identity(), List::of));
        }
        List<String> gates = cell(c).gates();
        return Map.of(
                "W_x", gates.stream().map(q -> "W_x" + q).toList(),
                "W_h", gates.stream().map(q -> "W_h" + q).toList(),
                "b", gates.stream().map(q -> "b_" + q).toList(),
                "W_hy", List.of("W_hy"),
                "b_y", List.of("b_y"));
    }

    private static Parameters parameters(Case c) {
        Parameters p = Parameters.zeros(cell(c), c.O);
        for (var stack : stacks(c).entrySet()) {
            SimpleMatrix all = new SimpleMatrix(c.params.get(stack.getKey()));
            int first = 0;
            for (String name : stack.getValue()) {
                int rows = p.get(name).getNumRows();
                p = p.with(name, all.rows(first, first + rows));
                first += rows;
            }
            assertTrue(first == all.getNumRows(), stack.getKey() + " has another number of rows");
        }
        return p;
    }

    private static State state(double[][] h, double[][] C) {
        List<SimpleMatrix> parts = new ArrayList<>(List.of(new SimpleMatrix(h)));
        if (C != null) {
            parts.add(new SimpleMatrix(C));
        }
        return new State(parts);
    }

    private static void agree(String what, double got, double want) {
        agree(what, new SimpleMatrix(new double[][] {{got}}), new double[][] {{want}});
    }

    private static void agree(String what, SimpleMatrix got, double[][] want) {
        assertTrue(
                got.getNumRows() == want.length && got.getNumCols() == want[0].length, () -> what + ": another shape");
        double error = norm(i -> got.get(i / want[0].length, i % want[0].length), want);
        double size = norm(i -> 0.0, want);
        double bound = size == 0 ? ABSOLUTE : RELATIVE * size;
        assertTrue(error <= bound, () -> Numbers.format("%s: ‖got − want‖ = %g, bound %g", what, error, bound));
    }

    private static double norm(IntToDoubleFunction got, double[][] want) {
        int cols = want[0].length;
        return Math.sqrt(IntStream.range(0, want.length * cols)
                .mapToDouble(i -> got.applyAsDouble(i) - want[i / cols][i % cols])
                .map(e -> e * e)
                .sum());
    }
}
