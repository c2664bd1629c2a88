package dev.troupe.reward.coding;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is Python in the prompt of a task. */
final class PromptText {

    private static final Pattern IMPORT =
            Pattern.compile("import [\\w., ]+|from [\\w.]+ import (\\*|[\\w, ]+|\\([\\w, ]+\\))");

    private PromptText() {}

    /**
     * The code before the function to write: imports, and the functions and constants that it may use. Where the prompt
     * is not Python up to there, its import lines.
     */
    static String context(String prompt, String entryPoint) {
        return header(prompt, entryPoint).filter(CodeText::isCode).orElseGet(() -> imports(prompt));
    }

    /** The import lines, at the outer level. */
    static String imports(String prompt) {
        var imports = new StringBuilder();
        prompt.lines()
                .filter(line -> isImport(line.stripTrailing()))
                .forEach(line -> imports.append(line).append('\n'));
        return imports.toString();
    }

    static boolean isImport(String line) {
        return IMPORT.matcher(line).matches();
    }

    /** Whether the prompt begins the function to write, so that a completion may go on with its body. */
    static boolean beginsFunction(String prompt, String entryPoint) {
        return header(prompt, entryPoint).isPresent();
    }

    private static Optional<String> header(String prompt, String entryPoint) {
        Matcher definition = Pattern.compile("(?m)^(async\\s+)?def\\s+" + Pattern.quote(entryPoint) + "\\s*\\(")
                .matcher(prompt);
        int start = -1;
        while (definition.find()) {
            start = definition.start();
        }
        return start < 0 ? Optional.empty() : Optional.of(prompt.substring(0, start));
    }
}
