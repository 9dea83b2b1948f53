package bench;

import bptt.Loss;
import bptt.State;
import bptt.Workspace;
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
    private State start;
    private Parameters gradients;
    private final Workspace workspace = new Workspace();

    @Override
    public void prepare(Problem problem) {
        parameters = problem.parameters();
        x = IntStream.rangeClosed(1, problem.T()).mapToObj(problem::x).toList();
        start = State.zero(parameters.cell(), problem.B());
        loss = Loss.meanSquared(problem.y());
    }

    @Override
    public void pass() {
        workspace.forward(parameters, x, start);
        gradients = workspace.backward(loss);
    }

    @Override
    public Map<String, double[]> gradients() {
        Map<String, double[]> byName = new LinkedHashMap<>();
        gradients.asMap().forEach((name, g) -> byName.put(name, g.getDDRM().data));
        return byName;
    }
}
