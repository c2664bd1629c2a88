package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What came of the hostile programs in one sandbox. Each test run writes it below {@code target}; with
 * {@code -Dtroupe.sandbox.document=true} it goes into SANDBOX.md as well.
 */
final class MatrixTable {

    private static final Path DOCUMENT = Path.of("SANDBOX.md");
    private static final Path FOLDER = Path.of("target", "sandbox-matrix");

    private final String column;
    private final Map<Integer, String> titles = new TreeMap<>();
    private final Map<Integer, Set<String>> outcomes = new TreeMap<>();

    MatrixTable(String column) {
        this.column = column;
    }

    void add(HostileProgram program, String outcome) {
        titles.put(program.category(), program.title());
        outcomes.computeIfAbsent(program.category(), _ -> new LinkedHashSet<>()).add(outcome);
    }

    void write() throws IOException {
        var table = new StringBuilder("| # | programs | %s |\n|---|---|---|\n".formatted(column));
        titles.forEach((category, title) -> table.append(
                "| %d | %s | %s |\n".formatted(category, title, String.join(", ", outcomes.get(category)))));
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve(column + ".md"), table, UTF_8);
        if (Boolean.getBoolean("troupe.sandbox.document") && titles.size() == HostileProgram.CATEGORIES) {
            Files.writeString(DOCUMENT, replaced(Files.readString(DOCUMENT), table.toString()));
        }
    }

    private String replaced(String document, String table) {
        String begin = begin(column);
        int from = document.indexOf(begin) + begin.length();
        int to = document.indexOf(end(column));
        return document.substring(0, from) + "\n" + table + document.substring(to);
    }

    static String begin(String column) {
        return "<!-- matrix of %s: written by SandboxMatrix -->".formatted(column);
    }

    static String end(String column) {
        return "<!-- end of the matrix of %s -->".formatted(column);
    }
}
