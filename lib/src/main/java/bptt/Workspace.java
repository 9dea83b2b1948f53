package bptt;

import bptt.cell.Parameters;
import bptt.cell.Require;
import bptt.math.Numbers;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.ejml.simple.SimpleMatrix;

/**
 * Passes one after the other in the same memory, as training needs them: a pass of an LSTM with H = 100, B = 16 and T =
 * 400 writes some 50 MB, and making that anew each time takes longer than the arithmetic. The trace of a pass is
 * overwritten by the next one.
 */
public final class Workspace {
    private final AtomicReference<Thread> busy = new AtomicReference<>();
    private Thread owner;
    private Trace trace;
    private Gradients gradients;

    /**
     * Forward pass.
     *
     * @param p parameters
     * @param x inputs x_1 … x_T, each I×B
     * @param start the state at t = 0
     * @return valid until the next call
     * @throws IllegalArgumentException as {@link Bptt#forward(Parameters, List, State)}
     * @throws Overflow as there
     * @throws IllegalStateException if another thread is in a pass
     */
    public Trace forward(Parameters p, List<SimpleMatrix> x, State start) {
        return alone(() -> {
            Trace memory = trace;
            trace = null; // a pass that fails leaves nothing to go back through
            owner = Thread.currentThread();
            trace = Trace.of(p, x, start, memory);
            return trace;
        });
    }

    /**
     * Backward pass of the last forward pass. The derivatives with respect to states and inputs are computed, but not
     * kept: that would be a sixth of the memory that an LSTM writes, and a third for a simple network.
     *
     * @param loss the loss
     * @return ∂L/∂(every parameter)
     * @throws IllegalArgumentException as {@link Bptt#backward(Trace, Loss)}
     * @throws Overflow as there
     * @throws IllegalStateException without a forward pass, or if that was another thread's
     */
    public Parameters backward(Loss loss) {
        Require.given(loss, "loss", "one");
        return alone(() -> {
            if (trace == null) {
                throw new IllegalStateException("a backward pass needs a forward pass that succeeded");
            }
            if (owner != Thread.currentThread()) {
                throw refusal(owner);
            }
            gradients = Gradients.ofParameters(trace, loss.outputGradients(trace), gradients);
            return gradients.parameters();
        });
    }

    private <T> T alone(Supplier<T> pass) {
        if (!busy.compareAndSet(null, Thread.currentThread())) {
            throw refusal(busy.get());
        }
        try {
            return pass.get();
        } finally {
            busy.set(null);
        }
    }

    private static IllegalStateException refusal(Thread other) {
        return new IllegalStateException(Numbers.format(
                "workspace: expected one thread, got %s after %s: give each its own",
                Thread.currentThread().getName(), other == null ? "another" : other.getName()));
    }
}
