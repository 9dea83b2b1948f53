package bptt.exercise;

import bptt.check.Derivatives;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;

/**
 * A forward pass that names everything it computes. Any of these quantities can be moved, and what follows is computed
 * again: so a complex step differentiates by each of them, those in the middle too, and knows no chain rule.
 */
final class Graph {
    private static final String LOSS = "L";

    /** Is told of every quantity, and returns what the pass goes on with: the same, or another value. */
    interface Node {
        SimpleMatrix of(String name, SimpleMatrix value);
    }

    /** Computes a loss, 1×1, and names what it computes on the way. */
    interface Pass {
        SimpleMatrix loss(Node node);
    }

    private final Pass pass;
    private final Map<String, SimpleMatrix> values = new LinkedHashMap<>();

    Graph(Pass pass) {
        this.pass = pass;
        values.put(LOSS, pass.loss((name, value) -> {
            values.put(name, value);
            return value;
        }));
    }

    /** What it computes, as an answer may use it: all but the loss. */
    Given given() {
        Map<String, SimpleMatrix> seen = new LinkedHashMap<>(values);
        seen.remove(LOSS);
        return new Given(seen, this);
    }

    SimpleMatrix get(String name) {
        return values.get(name);
    }

    /** ∂L/∂(name), in its shape. */
    SimpleMatrix gradient(String name) {
        return Derivatives.gradient(jacobian(LOSS, name), get(name));
    }

    /** ∂(of)/∂(by), through everything between them; both read column by column. */
    SimpleMatrix jacobian(String of, String by) {
        return Derivatives.complexStep(
                z -> {
                    Map<String, SimpleMatrix> seen = new LinkedHashMap<>();
                    SimpleMatrix loss = pass.loss((name, value) -> {
                        SimpleMatrix next = name.equals(by) ? z : value;
                        seen.put(name, next);
                        return next;
                    });
                    return of.equals(LOSS) ? loss : seen.get(of);
                },
                get(by));
    }
}
