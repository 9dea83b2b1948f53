package live;

import bptt.Overflow;
import java.util.LinkedHashMap;
import java.util.Map;
import live.teavm.Substitutes;
import org.teavm.jso.JSExport;
import org.teavm.jso.JSFunctor;
import org.teavm.jso.JSObject;

/** What the compiled library offers to JavaScript. */
public final class Page {
    private Page() {}

    /** Takes a row of numbers. */
    @JSFunctor
    public interface Row extends JSObject {
        /** One row. */
        void of(String name, double[] numbers);
    }

    /** Is told how a figure gets on. */
    @JSFunctor
    public interface Share extends JSObject {
        /** The share that is done, 0 … 1. */
        void of(double done);
    }

    /**
     * Computes a figure.
     *
     * @param figure its name
     * @param fields name, text, name, text, … of its fields
     * @param row takes its numbers, if there is nothing to refuse
     * @param share is told how it gets on
     * @return the sentence that refuses a field, or null
     */
    @JSExport
    public static String answer(String figure, String[] fields, Row row, Share share) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            texts.put(fields[i], fields[i + 1]);
        }
        try {
            Figures.answer(figure, texts, (done, limit, value, last) -> share.of((double) done / limit))
                    .forEach(row::of);
            return null;
        } catch (IllegalArgumentException | Overflow e) {
            return e.getMessage();
        }
    }

    /**
     * Chooses how a·b + c is computed.
     *
     * @param exact whether rounded once, as {@link Math#fma} is; otherwise twice, which is ten times as fast
     */
    @JSExport
    public static void roundOnce(boolean exact) {
        Substitutes.roundOnce(exact);
    }
}
