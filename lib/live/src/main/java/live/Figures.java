package live;

import bptt.Progress;
import java.util.Map;

/** The live figures by name. Each is a function of what its fields hold, to named rows of numbers. */
final class Figures {
    private Figures() {}

    private interface Figure {
        Map<String, double[]> answer(Fields fields, Progress progress);
    }

    private static final Map<String, Figure> BY_NAME = Map.of(
            "decay", GradientDecay::answer,
            "map", Cliff::map,
            "cliff", Cliff::descents,
            "check", GradientCheck::answer,
            "unrolled", Unrolled::answer);

    /**
     * Computes a figure.
     *
     * @param figure its name
     * @param texts what its fields hold
     * @param progress is told how it gets on
     * @return its numbers
     * @throws IllegalArgumentException if a field holds something else than expected; says what
     * @throws bptt.Overflow if something overflows; says what and where
     */
    static Map<String, double[]> answer(String figure, Map<String, String> texts, Progress progress) {
        Figure one = BY_NAME.get(figure);
        if (one == null) {
            throw new IllegalArgumentException("figure: expected one of those there are, got “" + figure + "”");
        }
        return one.answer(new Fields(texts), progress);
    }
}
