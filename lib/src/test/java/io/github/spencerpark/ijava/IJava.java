package io.github.spencerpark.ijava;

import io.github.spencerpark.jupyter.kernel.display.Renderer;

/** Stands in for the IJava kernel: the library finds it by this name and asks it for its renderer. */
public final class IJava {
    /** Of the last kernel. */
    public static Renderer renderer;

    private IJava() {}

    public static Object getKernelInstance() {
        renderer = new Renderer();
        return new Kernel();
    }

    /** What the library sees of a kernel. */
    public static final class Kernel {
        public Renderer getRenderer() {
            return renderer;
        }
    }
}
