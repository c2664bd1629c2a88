package dev.troupe.reward.coding;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text rules of the published scorer of MAGRPO's coding environment, written anew from a description of what it
 * does. They are kept as they are, defects included: a function ends at its first nested one, a signature that closes
 * at the outer level is cut, everything outside of functions is lost, loops and lines of an assert come apart.
 */
final class PublishedText {

    private static final Pattern CHECK =
            Pattern.compile("def check\\(candidate\\):(.*?)(?=\\n\\s*\\n\\s*def |\\z)", Pattern.DOTALL);
    private static final Pattern DOCSTRING = Pattern.compile("\"\"\".*?\"\"\"|'''.*?'''", Pattern.DOTALL);
    private static final Pattern RETURN = Pattern.compile("return\\s");

    private PublishedText() {}

    /** The last function of that name, or an empty text. */
    static String function(String reply, String name) {
        List<String> found = List.of();
        for (List<String> block : blocks(functionsOnly(reply), "def " + name + "(")) {
            found = block;
        }
        return String.join("\n", found);
    }

    private static List<String> functionsOnly(String reply) {
        var lines = new ArrayList<String>();
        List<String> unfenced =
                reply.lines().filter(line -> !line.strip().startsWith("```")).toList();
        blocks(unfenced, "def ").forEach(lines::addAll);
        return lines;
    }

    /** Lines from one that begins so, up to the first that is indented no deeper. */
    private static List<List<String>> blocks(List<String> lines, String start) {
        var blocks = new ArrayList<List<String>>();
        boolean inside = false;
        int indent = 0;
        for (String line : lines) {
            String stripped = line.strip();
            int own = line.length() - line.stripLeading().length();
            if (stripped.startsWith(start)) {
                blocks.add(new ArrayList<>());
                inside = true;
                indent = own;
            } else if (!stripped.isEmpty() && own <= indent) {
                inside = false;
            }
            if (inside) {
                blocks.getLast().add(line);
            }
        }
        return blocks;
    }

    static boolean returns(String function) {
        return RETURN.matcher(function).find();
    }

    /**
     * The lines of the tests that begin with an assert and name the candidate, each once.
     *
     * @param test with HumanEval's {@code check(candidate)}; without it all of it is its body
     */
    static List<String> asserts(String test, String entryPoint) {
        Matcher check = CHECK.matcher(test);
        String body = check.find() ? check.group(1) : test;
        var lines = new LinkedHashSet<String>();
        body.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("assert")
                        && (line.contains("candidate") || (!check.hasMatch() && line.contains(entryPoint))))
                .forEach(line -> lines.add(line.replace("candidate", entryPoint)));
        return List.copyOf(lines);
    }

    /** Whether the function counts as one that only hands on to the helper's. */
    static boolean isWrapper(String function, String helper) {
        List<String> body = DOCSTRING
                .matcher(function)
                .replaceAll("")
                .lines()
                .map(line -> line.replaceAll("#.*", "").strip())
                .filter(line -> !line.isEmpty() && !line.startsWith("def "))
                .toList();
        if (body.isEmpty()) {
            return true;
        }
        if (body.size() == 1) {
            return body.getFirst().startsWith("return ") && body.getFirst().contains(helper);
        }
        Matcher assigned = Pattern.compile("(\\w+)\\s*=\\s*" + Pattern.quote(helper) + "\\(.*")
                .matcher(body.getFirst());
        return body.size() == 2 && assigned.matches() && body.getLast().equals("return " + assigned.group(1));
    }

    static boolean calls(String function, String helper) {
        return function.contains(helper + "(");
    }

    /** The only form in which the published deduction for an ignored result ever fires. */
    static boolean ignores(String function, String helper) {
        return Pattern.compile("(?m)^\\s*" + Pattern.quote(helper) + " \\([^)]\\)\\s*$")
                .matcher(function)
                .find();
    }
}
