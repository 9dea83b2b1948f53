import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;

/**
 * A notebook's cells as classes, for notebooks/mutants.py. The kernel compiles a snippet at a time, which takes most of
 * a notebook's seconds; here each cell is one class that extends the class of the cell before, so that a later
 * declaration hides an earlier one as it does in JShell, and a broken cell is compiled alone. A method may call one that
 * a later cell declares, as in JShell: it is then declared there.
 *
 * <p>A broken cell and those after it go on from an unbroken run that has come as far as the cell before, or to an
 * earlier one after which nothing was changed of what had been made (the variables, as they are serialized, and the
 * cards). Broken cells come in their order, and this run goes along; at its end it has to have printed and written what
 * the first one did, or something was changed after all.
 *
 * <p>Reads a line of JSON and answers by one: {"cells": […], "endless": s} compiles and runs them; {"cell": k, "source":
 * "…"} runs them with another cell k and says what became different; {"end": true} runs what is left of the unbroken
 * ones. A cell that takes ten times as long as it did at first, and s seconds at least, ends the process.
 */
public class Cells {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = JAVAC.getStandardFileManager(null, null, null);
    private static final String ROOT =
            """
            public class C {
                public interface Action { void run() throws Throwable; }
                public interface Value { Object get() throws Throwable; }
                public static Object $value(Value value) throws Throwable { return value.get(); }
                public static Object $value(Action action) throws Throwable { action.run(); return null; }
                // they grow, as their claims do
                public static java.util.List<Object> $cards = new java.util.ArrayList<>();
                public static String display(Object value, String... types) {
                    if (value instanceof bptt.show.ClaimCard || value instanceof bptt.show.Board) { $cards.add(value); }
                    return "";
                }
                public static void updateDisplay(String id, Object value, String... types) { }
            }
            """;

    private final List<Map<String, byte[]>> classes = new ArrayList<>(); // of the root and of each cell
    private final List<List<Unit>> units = new ArrayList<>(List.of(List.of())); // what each of them declares and does
    private List<Unit> waiting = new ArrayList<>(); // declarations that need a later cell
    private final StringBuilder imports = new StringBuilder();
    private final Path folder = Files.createTempDirectory("cells"); // the same classes, for the compiler
    private final Map<String, byte[]> given = files();
    private final List<Map<String, Object>> made = new ArrayList<>(); // after each cell, in the first run
    private final List<Long> took = new ArrayList<>(); // milliseconds of each cell, there
    private long endless;
    private final Timer watch = new Timer(true);
    private Run first; // of all cells
    private Run along; // of the cells before the broken one

    private Cells() throws IOException {}

    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Cells cells = new Cells();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Object answer = cells.answer(JSON.readTree(line));
            System.setOut(answers);
            answers.println(JSON.writeValueAsString(answer));
            answers.flush();
        }
        try (Stream<Path> left = Files.walk(cells.folder)) {
            left.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    private Object answer(JsonNode request) throws Exception {
        if (request.has("cells")) {
            Map<String, byte[]> root = new TreeMap<>();
            String error = errors(compile(ROOT, root));
            if (!error.isEmpty()) {
                throw new IllegalStateException(error);
            }
            keep(root);
            for (JsonNode cell : request.get("cells")) {
                error = keep(classes.size(), cell.asText(), classes.size() == request.get("cells").size());
                if (!error.isEmpty()) {
                    return Map.of("error", "cell " + classes.size() + ": " + error);
                }
            }
            first = new Run(Map.of());
            endless = 1000 * request.get("endless").asLong();
            for (int k = 1; k < classes.size() && first.failure == null; k++) {
                long begun = System.nanoTime();
                first.go(k);
                took.add((System.nanoTime() - begun) / 1_000_000);
                made.add(first.made());
            }
            first.end();
            return first.failure == null ? Map.of("printed", first.printed) : Map.of("error", first.failure);
        }
        if (request.has("end")) {
            return along == null ? Map.of() : difference(along.goOn());
        }
        int k = request.get("cell").asInt();
        Map<String, byte[]> broken = new TreeMap<>();
        String error;
        try {
            error = compileCell(units(k, request.get("source").asText()), broken);
        } catch (IllegalArgumentException e) {
            error = e.getMessage();
        }
        if (!error.isEmpty()) {
            return Map.of("rejected", error);
        }
        Run run;
        try {
            run = from(unchanged(k - 1), broken).goOn();
        } catch (LinkageError e) { // it needs what only classes of one loader see of each other
            along = null;
            run = new Run(broken).goOn();
        }
        if (along != null) {
            along.keepItsCards();
        }
        return run.failure == null ? difference(run) : Map.of("failed", run.failure, "at", run.printed.size());
    }

    private Map<String, String> difference(Run run) {
        String difference = run.failure == null ? first.difference(run) : run.failure;
        return difference == null ? Map.of() : Map.of("differs", difference);
    }

    /** The last cell up to k after which nothing of what was there was changed. */
    private int unchanged(int k) {
        while (k > 0 && !made.get(made.size() - 1).entrySet().containsAll(made.get(k - 1).entrySet())) {
            k--;
        }
        return k;
    }

    /** A run of other cells after the first k, which are run if they have not been. */
    private Run from(int k, Map<String, byte[]> broken) throws IOException {
        if (along == null || along.printed.size() > k) {
            along = new Run(Map.of());
        }
        along.go(k);
        return new Run(along, broken);
    }

    private void keep(Map<String, byte[]> made) throws IOException {
        for (var one : made.entrySet()) {
            Files.write(folder.resolve(one.getKey() + ".class"), one.getValue());
        }
        classes.add(made);
    }

    /** Compiles and keeps cell k, without the declarations that need a later one; the errors, or nothing. */
    private String keep(int k, String cell, boolean last) throws IOException {
        List<Unit> here = new ArrayList<>(waiting);
        here.addAll(units(k, cell));
        here.stream().filter(Unit::imports).forEach(unit -> imports.append(unit.code).append('\n'));
        here.removeIf(Unit::imports);
        waiting = new ArrayList<>();
        while (true) {
            String source = asClass(k, here);
            Map<String, byte[]> made = new TreeMap<>();
            DiagnosticCollector<JavaFileObject> said = compile(source, made);
            List<Unit> late = here.stream().filter(unit -> isLate(unit, source, said)).toList();
            if (late.isEmpty() || last) {
                keep(made);
                units.add(here);
                return errors(said);
            }
            here.removeAll(late);
            waiting.addAll(late);
        }
    }

    /** Whether this declares a method or a class with a name that is not known yet. */
    private static boolean isLate(Unit unit, String source, DiagnosticCollector<JavaFileObject> said) {
        int start = source.indexOf("public static " + unit.code + "\n"), end = start + unit.code.length() + 14;
        return start >= 0
                && said.getDiagnostics().stream()
                        .anyMatch(d -> d.getKind() == Diagnostic.Kind.ERROR
                                && d.getCode().startsWith("compiler.err.cant.resolve")
                                && start <= d.getPosition()
                                && d.getPosition() < end);
    }

    /** Compiles the classes that these units of a cell are in, each in its place; the errors, or nothing. */
    private String compileCell(List<Unit> changed, Map<String, byte[]> into) {
        StringBuilder errors = new StringBuilder();
        for (int k = 1; k < units.size(); k++) {
            List<Unit> now = new ArrayList<>(units.get(k));
            now.replaceAll(old -> changed.stream()
                    .filter(unit -> unit.cell == old.cell && unit.at == old.at)
                    .findFirst()
                    .orElse(old));
            if (!now.equals(units.get(k))) {
                errors.append(errors(compile(asClass(k, now), into)));
            }
        }
        return errors.toString();
    }

    /**
     * A statement or a declaration.
     *
     * @param cell whose it is
     * @param at its place there
     * @param last whether it is the last one, whose value a kernel shows
     */
    private record Unit(int cell, int at, String code, boolean last) {
        boolean imports() {
            return code.strip().startsWith("import ");
        }
    }

    private static List<Unit> units(int k, String cell) {
        List<String> codes = units(cell);
        return IntStream.range(0, codes.size())
                .mapToObj(at -> new Unit(k, at, codes.get(at), at == codes.size() - 1))
                .toList();
    }

    /** What is in cell k as the source of a class. */
    private String asClass(int k, List<Unit> here) {
        StringBuilder members = new StringBuilder(), body = new StringBuilder();
        boolean returns = false;
        for (Unit one : here) {
            String unit = one.code;
            Parsed parsed = parse("class X {\n" + unit + "\n}");
            List<Tree> trees = parsed.type().getMembers().stream().map(Tree.class::cast).toList();
            if (parsed.valid() && trees.stream().allMatch(VariableTree.class::isInstance)) {
                for (Tree tree : trees) {
                    VariableTree v = (VariableTree) tree;
                    String type = parsed.text(v.getType());
                    members.append("public static %s %s;\n".formatted(type, v.getName()));
                    if (v.getInitializer() != null) {
                        boolean bare = v.getInitializer() instanceof NewArrayTree n && n.getType() == null;
                        body.append("%s = %s%s;\n"
                                .formatted(
                                        v.getName(), bare ? "new " + type + " " : "", parsed.text(v.getInitializer())));
                    }
                }
            } else if (parsed.valid()
                    && trees.stream().allMatch(t -> t instanceof MethodTree || t instanceof ClassTree)) {
                members.append("public static ").append(unit).append('\n');
            } else {
                returns = one.last && shows(unit);
                body.append(returns ? "return $value(() -> " + bare(unit) + ");\n" : unit + "\n");
            }
        }
        return imports
                + "public class C%s extends C%s {\n%spublic static Object $run() throws Throwable {\n%s%s}\n}\n"
                        .formatted(k, k == 1 ? "" : k - 1, members, body, returns ? "" : "return null;\n");
    }

    private static String bare(String unit) {
        String text = unit.strip();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }

    /** Whether this is a call or a bare expression, whose value a kernel shows. */
    private static boolean shows(String unit) {
        Parsed parsed = parse("class X { void m() {\n" + bare(unit) + ";\n} }");
        if (!parsed.valid()) {
            return parse("class X { Object m() { return " + bare(unit) + "; } }").valid();
        }
        List<? extends StatementTree> statements =
                ((MethodTree) parsed.type().getMembers().get(0)).getBody().getStatements();
        return statements.size() == 1
                && statements.get(0) instanceof ExpressionStatementTree e
                && e.getExpression() instanceof MethodInvocationTree;
    }

    private static List<String> units(String cell) {
        List<String> units = new ArrayList<>();
        SourceCodeAnalysis analysis = SHELL.sourceCodeAnalysis();
        String rest = cell;
        while (!rest.isBlank()) {
            SourceCodeAnalysis.CompletionInfo info = analysis.analyzeCompletion(rest);
            if (!info.completeness().isComplete()) {
                throw new IllegalArgumentException("incomplete: " + rest.lines().findFirst().orElse(""));
            }
            if (!info.source().isBlank()) {
                units.add(info.source());
            }
            rest = info.remaining();
        }
        return units;
    }

    private static final JShell SHELL = JShell.builder().executionEngine("local").build();

    private record Parsed(String source, CompilationUnitTree unit, JavacTask task, boolean valid) {
        ClassTree type() {
            return (ClassTree) unit.getTypeDecls().get(0);
        }

        String text(Tree tree) {
            var positions = Trees.instance(task).getSourcePositions();
            return source.substring(
                    (int) positions.getStartPosition(unit, tree), (int) positions.getEndPosition(unit, tree));
        }
    }

    private static Parsed parse(String source) {
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        JavacTask task = (JavacTask)
                JAVAC.getTask(null, FILES, said, List.of("-proc:none"), null, List.of(source("X", source)));
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            return new Parsed(source, unit, task, errors(said).isEmpty());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private DiagnosticCollector<JavaFileObject> compile(String source, Map<String, byte[]> into) {
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        String path = folder + java.io.File.pathSeparator + System.getProperty("java.class.path");
        String name = source.substring(source.lastIndexOf("public class C") + 13).split(" ")[0];
        JavaFileManager memory = new ForwardingJavaFileManager<>(FILES) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location l, String type, JavaFileObject.Kind kind, FileObject near) {
                return new SimpleJavaFileObject(URI.create("memory:///" + type + ".class"), kind) {
                    @Override
                    public ByteArrayOutputStream openOutputStream() {
                        return new ByteArrayOutputStream() {
                            @Override
                            public void close() {
                                into.put(type, toByteArray());
                            }
                        };
                    }
                };
            }
        };
        List<String> options = List.of("-proc:none", "-nowarn", "-Xlint:none", "-implicit:none", "-cp", path);
        JAVAC.getTask(null, memory, said, options, null, List.of(source(name, source))).call();
        return said;
    }

    private static String errors(DiagnosticCollector<JavaFileObject> said) {
        return said.getDiagnostics().stream()
                .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .map(d -> d.getMessage(null) + " (" + d.getLineNumber() + ")")
                .collect(Collectors.joining("; "));
    }

    private static JavaFileObject source(String name, String text) {
        return new SimpleJavaFileObject(URI.create("memory:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignore) {
                return text;
            }
        };
    }

    /** What the cells so far printed, showed and wrote, up to the first failure. */
    private final class Run {
        private final boolean alone; // all classes are its own
        private ClassLoader loader;
        final List<String> printed = new ArrayList<>();
        private final List<Integer> cards = new ArrayList<>(); // so many are there after each cell
        private Map<String, byte[]> files;
        String failure;

        Run(Map<String, byte[]> broken) {
            loader = loader(Cells.class.getClassLoader(), 0, broken);
            alone = true;
            files = given;
        }

        /** Goes on from where the other one is; its own classes are those of the cells from there on. */
        Run(Run before, Map<String, byte[]> broken) {
            printed.addAll(before.printed);
            cards.addAll(before.cards);
            files = before.files;
            loader = loader(before.loader, printed.size() + 1, broken);
            alone = false;
        }

        /** Runs the cells that have not been run yet, to the k-th. */
        void go(int k) throws IOException {
            restore(files);
            while (printed.size() < k && failure == null) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
                Object value = null;
                TimerTask end = endOf(printed.size());
                try {
                    value = loader.loadClass("C" + (printed.size() + 1))
                            .getMethod("$run")
                            .invoke(null);
                } catch (InvocationTargetException e) {
                    Throwable cause = e.getCause();
                    if (cause instanceof LinkageError error && !alone) {
                        throw error;
                    }
                    boolean claim = cause instanceof AssertionError;
                    failure = claim ? cause.getMessage() : cause.getClass().getSimpleName() + ": " + cause.getMessage();
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                } finally {
                    end.cancel();
                }
                String shown = value == null || value.getClass().isArray() ? "" : String.valueOf(value);
                printed.add(out.toString(StandardCharsets.UTF_8) + "\f" + shown);
                cards.add(cards().size());
            }
            files = files();
        }

        Run goOn() throws IOException {
            go(classes.size() - 1);
            end();
            return this;
        }

        /** Adds the cards to what was printed, as they are in the end, and lets go of what was made. */
        void end() {
            for (int k = 0; k < cards.size(); k++) {
                List<?> own = cards().subList(k == 0 ? 0 : cards.get(k - 1), cards.get(k));
                String text = own.stream().map(String::valueOf).collect(Collectors.joining("\n"));
                printed.set(k, printed.get(k) + "\f" + text);
            }
            loader = null;
        }

        /** Removes the cards that a run that went on from this one has added. */
        void keepItsCards() {
            List<?> all = cards();
            all.subList(cards.isEmpty() ? 0 : cards.get(cards.size() - 1), all.size())
                    .clear();
        }

        String difference(Run other) {
            for (int k = 0; k < printed.size(); k++) {
                if (!named(printed.get(k)).equals(named(other.printed.get(k)))) {
                    return "cell " + (k + 1);
                }
            }
            return files.keySet().stream()
                    .filter(name -> !name.endsWith(".svg") && !name.endsWith(".pdf")) // they count what they hold
                    .filter(name -> !Arrays.equals(files.get(name), other.files.get(name)))
                    .findFirst()
                    .orElse(null);
        }

        private List<?> cards() {
            return (List<?>) fields(loader, "C").get("C.$cards");
        }

        /** The variables and cards so far, each as a number that another content hardly has. */
        Map<String, Object> made() {
            Map<String, Object> made = new TreeMap<>();
            for (int k = 2; k <= printed.size(); k++) { // the words of the first know each claim
                fields(loader, "C" + k).forEach((name, value) -> made.put(name, content(value)));
            }
            List<?> cards = cards();
            for (int i = 0; i < cards.size(); i++) {
                made.put("card " + i, cards.get(i).toString());
            }
            return made;
        }
    }

    /** What ends the process when the cell after the first k does not end; the first run may take what it takes. */
    private TimerTask endOf(int k) {
        TimerTask end = new TimerTask() {
            @Override
            public void run() {
                Runtime.getRuntime().halt(1);
            }
        };
        if (k < took.size()) {
            watch.schedule(end, Math.max(endless, 10 * took.get(k)));
        }
        return end;
    }

    /** Objects without a text of their own have their address in it. */
    private static String named(String printed) {
        return printed.replaceAll("@[0-9a-f]+", "@");
    }

    private static Map<String, Object> fields(ClassLoader loader, String type) {
        Map<String, Object> fields = new TreeMap<>();
        try {
            for (Field field : loader.loadClass(type).getDeclaredFields()) {
                if (!field.isSynthetic()) {
                    fields.put(type + "." + field.getName(), field.get(null));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return fields;
    }

    private static Object content(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
            return Arrays.hashCode(bytes.toByteArray());
        } catch (IOException e) { // not serializable
            return System.identityHashCode(value);
        }
    }

    /** Of the classes of the cells from the k-th on, and the broken ones among them; the others are the parent's. */
    private ClassLoader loader(ClassLoader parent, int k, Map<String, byte[]> broken) {
        Map<String, byte[]> own = new TreeMap<>();
        classes.subList(k, classes.size()).forEach(own::putAll);
        own.putAll(broken);
        return new ClassLoader(parent) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                synchronized (getClassLoadingLock(name)) {
                    byte[] bytes = own.get(name);
                    if (bytes == null) {
                        return super.loadClass(name, resolve);
                    }
                    Class<?> loaded = findLoadedClass(name);
                    return loaded == null ? defineClass(name, bytes, 0, bytes.length) : loaded;
                }
            }
        };
    }

    /** Makes results/ what it was. */
    private static void restore(Map<String, byte[]> files) throws IOException {
        for (String name : files().keySet()) {
            if (!files.containsKey(name)) {
                Files.delete(Path.of("results", name));
            }
        }
        for (var file : files.entrySet()) {
            Files.write(Path.of("results", file.getKey()), file.getValue());
        }
    }

    /** What lies in results/, without the folders there. */
    private static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(Path.of("results"))) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(path.getFileName().toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }
}
