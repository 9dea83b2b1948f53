package bptt.show;

import bptt.check.Claim;
import bptt.exercise.Feedback;
import bptt.exercise.Given;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.internal.chartpart.IChart;
import tech.tablesaw.api.Table;

/**
 * The library's side of the notebook kernel. IJava and JJava have the same interfaces in different packages, so they
 * are reached by reflection and neither is needed to compile or to use the library elsewhere.
 */
public final class Notebook {
    private static final String JJAVA = "org.dflib.jjava.jupyter.kernel.";
    private static final String IJAVA = "io.github.spencerpark.jupyter.kernel.";

    private Notebook() {}

    /** What is shown: a text, and the same as HTML. */
    private record Shown(String text, String html) {
        static Shown figure(Figure f) {
            return new Shown(f.toString(), f.html());
        }

        /** A chart made with XChart itself, in its own look; its title is all that can be said of it. */
        static Shown chart(IChart c) {
            Figure.requireText("XChart: expected a chart with a title, to say what is drawn, got none", c.getTitle());
            byte[] png = Picture.png(c.getWidth(), c.getHeight(), g -> c.paint(g, c.getWidth(), c.getHeight()));
            return figure(new Figure(png, c.getWidth(), c.getHeight(), "chart", c.getTitle()));
        }

        static Shown text(String text) {
            return new Shown(text, "<pre>" + Tables.escape(text) + "</pre>");
        }

        static Shown table(Table t) {
            return new Shown(Tables.text(t), Tables.html(t));
        }
    }

    /**
     * Lets a {@link Figure}, a Tablesaw {@link Table}, any XChart chart and the cards show themselves.
     * Called by {@code setup.jshell}; outside a notebook it does nothing. In one, it also makes numbers come out the
     * same in every locale, as outputs must.
     */
    public static void install() {
        Object kernel = kernel();
        if (kernel != null) {
            Locale.setDefault(Locale.ROOT); // for XChart, too, which asks for no category
            Theme.font(12); // before an XChart chart of its own asks the system for fonts, of which there may be none
            register(kernel, Figure.class, value -> Shown.figure((Figure) value));
            register(kernel, IChart.class, value -> Shown.chart((IChart) value));
            register(kernel, Table.class, value -> Shown.table((Table) value));
            register(kernel, ClaimCard.class, value -> new Shown(value.toString(), ((ClaimCard) value).html()));
            register(kernel, AnswerCard.class, value -> new Shown(value.toString(), ((AnswerCard) value).html()));
            register(kernel, Board.class, value -> new Shown(value.toString(), ((Board) value).html()));
            for (Class<?> carded : List.of(Claim.class, Feedback.class)) { // its card is there already
                register(kernel, carded, value -> new Shown("", ""));
            }
            register(kernel, Given.class, value -> Shown.text(value.toString()));
        }
    }

    private static Object kernel() {
        for (String[] candidate : new String[][] {
            {JJAVA + "BaseKernel", "notebookKernel"},
            {"io.github.spencerpark.ijava.IJava", "getKernelInstance"}
        }) {
            try {
                return Class.forName(candidate[0]).getMethod(candidate[1]).invoke(null);
            } catch (ClassNotFoundException e) {
                // not this kernel
            } catch (ReflectiveOperationException e) {
                throw unexpected(e);
            }
        }
        return null;
    }

    private interface Show {
        Shown show(Object value);
    }

    private static void register(Object kernel, Class<?> type, Show show) {
        try {
            Object renderer = call(kernel, "getRenderer");
            ClassLoader loader = renderer.getClass().getClassLoader();
            String root = renderer.getClass().getName().startsWith(JJAVA) ? JJAVA : IJAVA;
            Class<?> function = Class.forName(root + "display.RenderFunction", true, loader);
            Object render = Proxy.newProxyInstance(loader, new Class<?>[] {function}, (proxy, method, args) -> {
                put(call(args[1], "getOutputContainer"), show.show(args[0]));
                return null;
            });
            Object registration = renderer.getClass()
                    .getMethod("createRegistration", Class.class)
                    .invoke(renderer, type);
            registration.getClass().getMethod("preferring", String[].class).invoke(registration, (Object)
                    new String[] {"text/html"});
            registration.getClass().getMethod("register", function).invoke(registration, render);
        } catch (ReflectiveOperationException e) {
            throw unexpected(e);
        }
    }

    private static void put(Object container, Shown shown) throws ReflectiveOperationException {
        var putData = container.getClass().getMethod("putData", String.class, Object.class);
        putData.invoke(container, "text/plain", shown.text());
        putData.invoke(container, "text/html", shown.html());
    }

    private static Object call(Object on, String method) throws ReflectiveOperationException {
        return on.getClass().getMethod(method).invoke(on);
    }

    private static IllegalStateException unexpected(ReflectiveOperationException e) {
        Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
        return new IllegalStateException(
                "this kernel is neither IJava nor JJava as the library knows them: " + cause, cause);
    }
}
