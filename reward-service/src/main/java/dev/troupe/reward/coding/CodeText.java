package dev.troupe.reward.coding;

import dev.troupe.reward.sandbox.PythonProgram;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the program in a completion. Nothing that stands at the outer level is lost: imports, constants, classes and
 * decorators stay.
 */
final class CodeText {

    private static final Pattern FENCE = Pattern.compile("^[ \\t]*```[ \\t]*(\\w*).*$");
    private static final Pattern OTHER_LANGUAGE = Pattern.compile("(?!(?i:py|python|python3)$).+");

    /** A line at the outer level that prose hardly ever begins with. */
    private static final Pattern CODE = Pattern.compile(
            "(def|class)\\s+\\w+.*|async\\s+def\\s.*|@\\w.*" + "|[A-Za-z_]\\w*(\\s*:[^=]+)?\\s*=(?!=).*");

    private static final Pattern CONTINUED = Pattern.compile("[ \\t]+\\S.*|[)\\]}].*|(else|elif|except|finally)\\b.*");

    private CodeText() {}

    /** What stands between fences, blocks of another language left out; all of it when there are none. */
    static String of(String completion) {
        if (completion.lines().noneMatch(line -> FENCE.matcher(line).matches())) {
            return completion;
        }
        var code = new StringBuilder();
        boolean inside = false;
        boolean kept = false;
        for (String line : completion.lines().toList()) {
            Matcher fence = FENCE.matcher(line);
            if (fence.matches()) {
                inside = !inside;
                kept = inside && !OTHER_LANGUAGE.matcher(fence.group(1)).matches();
            } else if (kept) {
                code.append(line).append('\n');
            }
        }
        return code.toString();
    }

    /**
     * How a completion may be read, the likeliest first: as it is, without the prose before and after the code, and,
     * where there is a beginning, as what follows it. The first that parses and defines the function is taken.
     *
     * @param beginning Python up to where the author was to go on; empty when there is none
     */
    static List<String> readings(String completion, String beginning) {
        String code = of(completion);
        var readings = new LinkedHashSet<String>();
        readings.add(code);
        readings.add(withoutProse(code));
        if (!beginning.isEmpty() && !code.isBlank()) {
            String start = beginning.endsWith("\n") ? beginning : beginning + "\n";
            readings.add(start + code);
            // A first line that lost its blanks on the way.
            readings.add(start + "    " + code.stripLeading());
        }
        readings.removeIf(reading -> capped(reading).isEmpty());
        return readings.isEmpty() ? List.of("") : List.copyOf(readings);
    }

    /** The text, or none: more than the cap is no program that a completion of the allowed length can hold. */
    static String capped(String code) {
        return code.length() > PythonProgram.MAX_SOURCE ? "" : code;
    }

    private static String withoutProse(String code) {
        List<String> lines = code.lines().toList();
        int first = 0;
        while (first < lines.size() && !startsCode(lines.get(first))) {
            first++;
        }
        int end = lines.size();
        while (end > first
                && !startsCode(lines.get(end - 1))
                && !CONTINUED.matcher(lines.get(end - 1)).matches()) {
            end--;
        }
        return String.join("\n", lines.subList(first, end));
    }

    private static boolean startsCode(String line) {
        return CODE.matcher(line).matches() || PromptText.isImport(line.stripTrailing());
    }

    /** Whether no line at the outer level looks like prose. */
    static boolean isCode(String text) {
        var outer = new ArrayList<>(text.lines().toList());
        outer.removeIf(line -> line.isBlank()
                || line.startsWith("#")
                || startsCode(line)
                || CONTINUED.matcher(line).matches());
        return outer.isEmpty();
    }
}
