package bench;

import bptt.Bptt;
import bptt.Gradients;
import bptt.Loss;
import bptt.cell.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/** This library. */
final class BpttPeer implements Peer {
    private Parameters parameters;
    private List<SimpleMatrix> x;
    private Loss loss;
    private Gradients gradients;

    @Override
    public void prepare(Problem problem) {
        parameters = problem.parameters();
        x = IntStream.rangeClosed(1, problem.T()).mapToObj(problem::x).toList();
        loss = Loss.meanSquared(problem.y());
    }

    @Override
    public void pass() {
        gradients = Bptt.backward(Bptt.forward(parameters, x), loss);
    }

    @Override
    public Map<String, double[]> gradients() {
        Map<String, double[]> byName = new LinkedHashMap<>();
        gradients.parameters().asMap().forEach((name, g) -> byName.put(name, g.getDDRM().data));
        return byName;
    }
}
