package bptt.show;

import bptt.Progress;
import bptt.math.Numbers;
import java.util.function.Consumer;

/**
 * A training's progress on one line: a bar, the update, the loss, updates per second and the time left. The line goes
 * to whatever rewrites it in place, at most five times a second; the last one says how it ended, without times, so that
 * it is the same on every run.
 */
public final class ProgressBar implements Progress {
    private static final int WIDTH = 24;
    private static final double SECONDS = 0.2;

    private final String title;
    private final Consumer<String> line;
    private final long start = System.nanoTime();
    private long shown = start - (long) (1e9 * SECONDS) - 1;
    private int first = -1;

    /**
     * A bar.
     *
     * @param title what is being trained
     * @param line takes the place of the line before; in a notebook {@code text -> updateDisplay(id, text,
     *     "text/plain")}
     */
    public ProgressBar(String title, Consumer<String> line) {
        this.title = title;
        this.line = line;
    }

    /**
     * A bar on the terminal, on the standard error stream.
     *
     * @param title what is being trained
     * @return the bar
     */
    public static ProgressBar terminal(String title) {
        return new ProgressBar(title, text -> System.err.print("\r" + text + "\u001b[K"));
    }

    @Override
    public void at(int update, int limit, double loss, boolean last) {
        long now = System.nanoTime();
        first = first < 0 ? update - 1 : first;
        if (last) {
            line.accept(Numbers.format("%s: %d updates", title, update));
        } else if (now - shown > 1e9 * SECONDS) {
            shown = now;
            double rate = (update - first) / ((now - start) / 1e9);
            String bar = "█".repeat((int) ((long) WIDTH * update / Math.max(limit, update)));
            line.accept(Numbers.format(
                    "%s |%-" + WIDTH + "s| %d of at most %d updates, loss %.4g, %s per second, at most %.0f s left",
                    title,
                    bar,
                    update,
                    limit,
                    loss,
                    Numbers.text(rate, 3),
                    (limit - update) / rate));
        }
    }
}
