package io.github.spencerpark.ijava;

import io.github.spencerpark.jupyter.kernel.display.Renderer;
import java.util.function.Supplier;

/** Stands in for the IJava kernel: the library finds it by this name and asks it for its renderer. */
public final class IJava {
    /** Of the last kernel. */
    public static Renderer renderer;

    /** Another one may be no kernel, or none yet. */
    public static Supplier<Object> kernel = Kernel::new;

    private IJava() {}

    public static Object getKernelInstance() {
        renderer = new Renderer();
        return kernel.get();
    }

    /** What the library sees of a kernel. */
    public static final class Kernel {
        public Renderer getRenderer() {
            return renderer;
        }
    }
}
