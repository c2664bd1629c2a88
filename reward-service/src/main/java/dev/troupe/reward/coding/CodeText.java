package dev.troupe.reward.coding;

import java.util.regex.Pattern;

/** Finds the program in a completion. */
final class CodeText {

    private static final Pattern FENCE = Pattern.compile("^[ \\t]*```.*$");
    private static final Pattern IMPORT =
            Pattern.compile("import [\\w., ]+|from [\\w.]+ import (\\*|[\\w, ]+|\\([\\w, ]+\\))");

    private CodeText() {}

    /** What stands between fences; all of it when there are none. */
    static String of(String completion) {
        if (completion.lines().noneMatch(line -> FENCE.matcher(line).matches())) {
            return completion;
        }
        var code = new StringBuilder();
        boolean inside = false;
        for (String line : completion.lines().toList()) {
            if (FENCE.matcher(line).matches()) {
                inside = !inside;
            } else if (inside) {
                code.append(line).append('\n');
            }
        }
        return code.toString();
    }

    /** The import lines of a prompt that is Python itself. */
    static String imports(String prompt) {
        var imports = new StringBuilder();
        prompt.lines()
                .filter(line -> IMPORT.matcher(line.stripTrailing()).matches())
                .forEach(line -> imports.append(line).append('\n'));
        return imports.toString();
    }

    /** Whether the text has a function of that name at its outer level that returns something. */
    static boolean returnsFrom(String code, String function) {
        boolean within = false;
        for (String line : code.lines().toList()) {
            boolean outer = !line.isBlank() && !Character.isWhitespace(line.charAt(0));
            if (outer) {
                within = line.matches("def\\s+" + Pattern.quote(function) + "\\s*\\(.*");
            }
            if (within && line.matches(".*\\breturn\\s+\\S.*")) {
                return true;
            }
        }
        return false;
    }
}
