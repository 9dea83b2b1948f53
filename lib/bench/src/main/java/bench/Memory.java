package bench;

import bptt.Bptt;
import bptt.Loss;
import bptt.State;
import bptt.Workspace;
import bptt.cell.Parameters;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;

/**
 * Time and memory of one pass against T: the whole one, or one within a number of bytes. Prints for each problem T, the
 * least of three times in ms, and the largest heap in MB less what was there before the pass, with the young generation
 * that the command gives.
 */
final class Memory {
    private Memory() {}

    /** Arguments: cell, H, B, bytes or 0 for the whole pass, then each T. */
    public static void main(String[] args) {
        long bytes = Long.parseLong(args[3]);
        for (String text : List.of(args).subList(4, args.length)) {
            int T = Integer.parseInt(text);
            Problem problem = new Problem(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), T);
            Parameters p = problem.parameters();
            List<SimpleMatrix> x = IntStream.rangeClosed(1, T).mapToObj(problem::x).toList();
            State start = State.zero(p.cell(), problem.B());
            Loss loss = Loss.meanSquared(problem.y());
            double least = Double.POSITIVE_INFINITY, peak = 0;
            for (int i = 0; i < 3 + 4000 / T; i++) {
                System.gc();
                long before = pools(true), begun = System.nanoTime();
                if (bytes == 0) {
                    Workspace workspace = new Workspace();
                    workspace.forward(p, x, start);
                    workspace.backward(loss);
                } else {
                    Bptt.pass(p, x, start, loss, bytes);
                }
                least = Math.min(least, (System.nanoTime() - begun) / 1e6);
                peak = Math.max(peak, (pools(false) - before) / 1048576.0);
            }
            System.out.println(String.format(Locale.ROOT, "%d %.2f %.1f", T, least, peak));
        }
    }

    /** Bytes of the heap in use now, from when on the peak counts; or at their peak. */
    private static long pools(boolean now) {
        long sum = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                sum += now ? pool.getUsage().getUsed() : pool.getPeakUsage().getUsed();
                if (now) {
                    pool.resetPeakUsage();
                }
            }
        }
        return sum;
    }
}
