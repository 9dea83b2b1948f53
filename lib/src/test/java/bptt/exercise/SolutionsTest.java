package bptt.exercise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import bptt.exercise.Feedback.Kind;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The answers of notebooks/solutions: what each of them computes is what its exercise takes for the truth. */
class SolutionsTest {
    private final List<Feedback> told = new ArrayList<>();

    @BeforeEach
    void anew() {
        Exercise.gather();
    }

    static List<String> notebooks() throws IOException {
        try (Stream<Path> files = Files.list(folder().resolve("solutions"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ipynb"))
                    .sorted()
                    .toList();
        }
    }

    /** That of the notebooks, whether Maven was called in the project's folder or in lib. */
    static Path folder() {
        Path project = Path.of(System.getProperty("bptt.invoked.from"));
        Path folder = project.resolve("notebooks");
        return Files.exists(folder) ? folder : project.resolve("../notebooks");
    }

    @AfterEach
    void reset() {
        Exercise.tell(System.out::println);
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    void areTaken(String notebook) throws IOException {
        Exercise.tell(told::add);
        try (JShell shell = JShell.builder()
                .executionEngine("local") // in this JVM, with these classes
                .compilerOptions("-classpath", System.getProperty("java.class.path"))
                .build()) {
            run(
                    shell,
                    Files.readString(folder().resolve("words.jshell")),
                    "(?s)(//.*?\n\\s*)?(import|SimpleMatrix) .*");
            run(shell, "void show(String names, SimpleMatrix... matrices) {}", ".*");
            JsonNode cells = new ObjectMapper()
                    .readTree(folder().resolve("solutions").resolve(notebook).toFile())
                    .get("cells");
            for (JsonNode cell : cells) {
                if (cell.get("cell_type").asText().equals("code")) {
                    run(shell, text(cell.get("source")), "(?s)[^%].*");
                }
            }
        }
        String chapter = notebook.substring(0, 2);
        Set<String> asked = new TreeSet<>(Exercise.all().keySet()), taken = new TreeSet<>();
        asked.removeIf(id -> !id.startsWith(chapter));
        told.stream().filter(feedback -> feedback.kind() == Kind.RIGHT).forEach(feedback -> taken.add(feedback.id()));
        assertEquals(asked, taken, told.toString());
        assertFalse(asked.isEmpty());
    }

    private static String text(JsonNode lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.asText()));
        return text.toString();
    }

    /** Runs the snippets that look like this. */
    private static void run(JShell shell, String code, String wanted) {
        for (String rest = code; !rest.isBlank(); ) {
            CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            String source = next.source() == null ? rest : next.source();
            rest = next.source() == null ? "" : next.remaining();
            for (SnippetEvent event : source.strip().matches(wanted) ? shell.eval(source) : List.<SnippetEvent>of()) {
                assertNull(event.exception(), source);
                assertNotEquals(Snippet.Status.REJECTED, event.status(), source);
            }
        }
    }
}
