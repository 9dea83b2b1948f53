package bench;

import bptt.cell.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.ejml.simple.SimpleMatrix;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Deeplearning4j's recurrent layers. It stacks an LSTM's gates as g, f, o, i and leaves the mean over the batch to its
 * updater.
 */
final class Dl4jPeer implements Peer {
    private Problem problem;
    private List<String> gates;
    private MultiLayerNetwork network;

    @Override
    public void prepare(Problem problem) {
        this.problem = problem;
        gates = problem.name().equals("lstm") ? List.of("g", "f", "o", "i") : problem.gates();
        int H = problem.H(), B = problem.B(), T = problem.T(), I = Problem.I;
        BaseRecurrentLayer layer = switch (problem.name()) {
            case "lstm" -> new LSTM.Builder()
                    .nIn(I)
                    .nOut(H)
                    .activation(Activation.TANH)
                    .gateActivationFunction(Activation.SIGMOID)
                    .build();
            case "tanh" -> new SimpleRnn.Builder().nIn(I).nOut(H).activation(Activation.TANH).build();
            default -> new SimpleRnn.Builder().nIn(I).nOut(H).activation(Activation.RELU).build();
        };
        network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .list()
                .layer(new LastTimeStep(layer))
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(H).nOut(1).activation(Activation.IDENTITY).build())
                .build());
        network.init();
        Parameters p = problem.parameters();
        network.getParam("0_W").assign(stacked(p, "W_x", I));
        network.getParam("0_RW").assign(stacked(p, "W_h", H));
        network.getParam("0_b").assign(stacked(p, "b_", 1));
        network.getParam("1_W").assign(array(p.get("W_hy").transpose()));
        network.getParam("1_b").assign(array(p.get("b_y")));
        INDArray x = Nd4j.create(DataType.DOUBLE, B, I, T);
        for (int t = 0; t < T; t++) {
            SimpleMatrix x_t = problem.x(t + 1);
            for (int b = 0; b < B; b++) {
                for (int i = 0; i < I; i++) {
                    x.putScalar(new int[] {b, i, t}, x_t.get(i, b));
                }
            }
        }
        network.setInput(x);
        network.setLabels(array(problem.y().transpose()));
    }

    /** The gates side by side, transposed: (I, H or 1) × 4H. */
    private INDArray stacked(Parameters p, String prefix, int rows) {
        SimpleMatrix all = gates.stream()
                .map(q -> p.get(prefix + q).transpose())
                .reduce(SimpleMatrix::concatColumns)
                .orElseThrow();
        return array(all);
    }

    private static INDArray array(SimpleMatrix a) {
        return Nd4j.createFromArray(a.toArray2());
    }

    @Override
    public void pass() {
        network.computeGradientAndScore();
    }

    @Override
    public Map<String, double[]> gradients() {
        Map<String, INDArray> found = network.gradient().gradientForVariable();
        Map<String, double[]> byName = new LinkedHashMap<>();
        int H = problem.H();
        for (String q : problem.gates()) {
            int from = gates.indexOf(q) * H;
            byName.put("W_x" + q, columns(found.get("0_W"), from, H));
            byName.put("W_h" + q, columns(found.get("0_RW"), from, H));
            byName.put("b_" + q, columns(found.get("0_b"), from, H));
        }
        byName.put("W_hy", columns(found.get("1_W"), 0, 1));
        byName.put("b_y", columns(found.get("1_b"), 0, 1));
        return byName;
    }

    /** Some columns, each as a row, over the batch. */
    private double[] columns(INDArray a, int from, int count) {
        INDArray m = a.rank() == 1 ? a.reshape(1, a.length()) : a;
        int rows = m.rows();
        double[] values = new double[count * rows];
        for (int j = 0; j < count; j++) {
            for (int i = 0; i < rows; i++) {
                values[j * rows + i] = m.getDouble(i, from + j) / problem.B();
            }
        }
        return values;
    }
}
