package bptt.exercise;

import bptt.exercise.Question.Unreadable;
import bptt.math.Numbers;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs somebody's code, which may throw and may never end. */
final class Limit {
    private static final int LONGEST_MESSAGE = 200;

    /** Seconds that an answer may take; tests set less. */
    static double seconds = 5;

    private Limit() {}

    /** What the code returns. Its thread does not keep the kernel alive, but only the kernel's end can stop it. */
    static <T> T run(Callable<T> code) throws Unreadable {
        FutureTask<T> task = new FutureTask<>(code);
        Thread thread = new Thread(task, "answer");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get((long) (1000 * seconds), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            String limit = seconds == Math.rint(seconds) ? "" + (int) seconds : "" + seconds;
            throw new Unreadable(Numbers.format(
                    "your function did not come to an end within %s seconds; does a loop never end? "
                            + "(Restart the kernel to stop it.)",
                    limit));
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new Unreadable("the check was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Unreadable unreadable) {
                throw unreadable;
            }
            throw new Unreadable("your function ended with " + words(e.getCause()));
        }
    }

    private static String words(Throwable thrown) {
        String message = thrown.getMessage();
        String name = thrown.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return name;
        }
        String line = message.strip().replaceAll("\\s+", " ");
        return name + ": "
                + (line.length() <= LONGEST_MESSAGE
                        ? line
                        : line.substring(0, LONGEST_MESSAGE - 1).strip() + "…");
    }
}
