package bptt;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CONTRIBUTING's table of packages and who may use whom, held against the classes; the table is read from the text. */
class PackagesTest {
    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("bptt");

    /** What each package may use, by the table's rows {@code | `bptt.flow` | … | `bptt`, `cell` |}. */
    private static Map<String, String[]> table() throws IOException {
        Path text = Path.of(System.getProperty("bptt.invoked.from"), "CONTRIBUTING.md");
        text = Files.exists(text) ? text : text.resolveSibling("../CONTRIBUTING.md");
        Map<String, String[]> table = new TreeMap<>();
        for (String line : Files.readAllLines(text)) {
            String[] cells = line.split(" *\\| *");
            if (cells.length == 4 && cells[1].startsWith("`bptt")) {
                String[] names = cells[3].equals("nothing") ? new String[0] : cells[3].split(", ");
                table.put(
                        cells[1].replace("`", ""),
                        Arrays.stream(names)
                                .map(name -> name.replace("`", ""))
                                .map(name -> name.equals("bptt") ? name : "bptt." + name)
                                .toArray(String[]::new));
            }
        }
        return table;
    }

    static Stream<Map.Entry<String, String[]>> rows() throws IOException {
        return table().entrySet().stream();
    }

    @Test
    void everyPackageHasARow() throws IOException {
        assertEquals(
                LIBRARY.stream()
                        .map(JavaClass::getPackageName)
                        .distinct()
                        .sorted()
                        .toList(),
                table().keySet().stream().toList());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void usesWhatItMay(Map.Entry<String, String[]> row) {
        DescribedPredicate<JavaClass> others = resideInAPackage("bptt..").and(not(resideInAPackage(row.getKey())));
        for (String allowed : row.getValue()) {
            others = others.and(not(resideInAPackage(allowed)));
        }
        noClasses()
                .that()
                .resideInAPackage(row.getKey())
                .should()
                .dependOnClassesThat(others)
                .check(LIBRARY);
    }

    @Test
    void noCircles() {
        slices().matching("bptt.(*)..").should().beFreeOfCycles().check(LIBRARY);
    }

    /** What a numerics user does not have on the class path: JSON, charts and tables stay in their rooms. */
    @Test
    void optionalLibrariesStayInTheirRooms() {
        noClasses()
                .that()
                .resideOutsideOfPackages("bptt.train", "bptt.show")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml..", "org.knowm..", "tech.tablesaw..", "de.erichseifert..")
                .check(LIBRARY);
    }
}
