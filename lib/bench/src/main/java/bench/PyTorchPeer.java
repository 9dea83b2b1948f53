package bench;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import ai.djl.training.GradientCollector;
import bptt.cell.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;

/** PyTorch's own recurrent layers and its automatic differentiation, called through DJL. */
final class PyTorchPeer implements Peer {
    private final DataType type;
    private final NDManager manager = NDManager.newBaseManager();
    private Problem problem;
    private NDArray x, y, h_0, W_x, W_h, b_x, b_h, W_hy, b_y;

    PyTorchPeer(DataType type) {
        this.type = type;
    }

    private NDArray array(double[] values, long... shape) {
        return manager.create(values, new Shape(shape)).toType(type, true);
    }

    private NDArray parameter(double[] values, long... shape) {
        NDArray a = array(values, shape);
        a.setRequiresGradient(true);
        return a;
    }

    /** The gates' matrices one below the other, as PyTorch stacks them. */
    private static double[] stacked(Parameters p, String prefix, List<String> gates) {
        return gates.stream()
                .map(q -> p.get(prefix + q))
                .reduce(SimpleMatrix::concatRows)
                .orElseThrow()
                .getDDRM()
                .data;
    }

    @Override
    public void prepare(Problem problem) {
        this.problem = problem;
        Parameters p = problem.parameters();
        List<String> gates = problem.gates();
        int H = problem.H(), B = problem.B(), T = problem.T(), I = Problem.I, G = gates.size() * H;
        double[] inputs = new double[T * B * I];
        for (int t = 0; t < T; t++) {
            System.arraycopy(problem.x(t + 1).transpose().getDDRM().data, 0, inputs, t * B * I, B * I);
        }
        x = array(inputs, T, B, I);
        y = array(problem.y().getDDRM().data, B, 1);
        h_0 = array(new double[B * H], 1, B, H);
        W_x = parameter(stacked(p, "W_x", gates), G, I);
        W_h = parameter(stacked(p, "W_h", gates), G, H);
        b_x = parameter(stacked(p, "b_", gates), G);
        b_h = parameter(new double[G], G); // PyTorch has two biases
        W_hy = parameter(p.get("W_hy").getDDRM().data, 1, H);
        b_y = parameter(p.get("b_y").getDDRM().data, 1);
    }

    @Override
    public void pass() {
        for (NDArray p : List.of(W_x, W_h, b_x, b_h, W_hy, b_y)) {
            if (p.hasGradient()) {
                p.getGradient().subi(p.getGradient());
            }
        }
        try (NDManager inner = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDList weights = new NDList(W_x, W_h, b_x, b_h);
            NDList states = new NDList(h_0, h_0);
            NDList out = problem.name().equals("lstm")
                    ? x.getNDArrayInternal().lstm(x, states, weights, true, 1, 0, true, false, false)
                    : x.getNDArrayInternal()
                            .rnn(
                                    x,
                                    h_0,
                                    weights,
                                    true,
                                    1,
                                    problem.name().equals("tanh") ? RNN.Activation.TANH : RNN.Activation.RELU,
                                    0,
                                    true,
                                    false,
                                    false);
            out.attach(inner);
            NDArray h_T = out.get(0).get(problem.T() - 1);
            NDArray loss = h_T.matMul(W_hy.transpose()).add(b_y).sub(y).square().mean();
            collector.backward(loss);
            h_T.close();
            loss.close();
        }
    }

    private static double[] values(NDArray a) {
        try (NDArray d = a.toType(DataType.FLOAT64, true)) {
            return d.toDoubleArray();
        }
    }

    @Override
    public Map<String, double[]> gradients() {
        Map<String, double[]> byName = new LinkedHashMap<>();
        int H = problem.H(), q = 0;
        for (String gate : problem.gates()) {
            String range = q * H + ":" + (q + 1) * H;
            byName.put("W_x" + gate, values(W_x.getGradient().get(range)));
            byName.put("W_h" + gate, values(W_h.getGradient().get(range)));
            byName.put("b_" + gate, values(b_x.getGradient().get(range)));
            q++;
        }
        byName.put("W_hy", values(W_hy.getGradient()));
        byName.put("b_y", values(b_y.getGradient()));
        return byName;
    }
}
