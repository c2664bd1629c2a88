package dev.troupe.reward.coding.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The public formats of coding benchmarks. */
public enum BenchmarkFormat {
    /** OpenAI's: signature and docstring in {@code prompt}, tests in {@code check(candidate)}. */
    HUMANEVAL {
        @Override
        Problem read(Entry entry) throws BadEntryException {
            entry.allow("task_id", "prompt", "entry_point", "test", "canonical_solution");
            String prompt = entry.text("prompt");
            return new Problem(
                    entry.line(),
                    entry.id(""),
                    prompt,
                    entry.text("entry_point"),
                    entry.text("test"),
                    entry.optionalText("canonical_solution").map(prompt::concat));
        }
    },

    /** CoopHumanEval's, which is HumanEval's without solutions. */
    COOP {
        @Override
        Problem read(Entry entry) throws BadEntryException {
            return HUMANEVAL.read(entry);
        }
    },

    /** MBPP's, full ({@code text}) and sanitized ({@code prompt}); its challenge tests are left out. */
    MBPP {
        @Override
        Problem read(Entry entry) throws BadEntryException {
            entry.allow(
                    "task_id",
                    "text",
                    "prompt",
                    "code",
                    "source_file",
                    "test_list",
                    "test_setup_code",
                    "test_imports",
                    "challenge_test_list");
            List<String> tests = entry.texts("test_list");
            if (tests.isEmpty()) {
                throw new BadEntryException("'test_list' is missing or empty");
            }
            String code = entry.text("code");
            var lines = new ArrayList<>(entry.texts("test_imports"));
            entry.optionalText("test_setup_code")
                    .filter(setup -> !setup.isBlank())
                    .ifPresent(lines::add);
            lines.addAll(tests);
            Optional<String> words = entry.optionalText("prompt").or(() -> entry.optionalText("text"));
            return new Problem(
                    entry.line(),
                    entry.id("MBPP/"),
                    words.orElseThrow(() -> new BadEntryException("'prompt' (or 'text') is missing")),
                    called(code, tests.getFirst()),
                    String.join("\n", lines),
                    Optional.of(code));
        }
    };

    private static final Pattern FUNCTION = Pattern.compile("(?m)^def\\s+(\\w+)\\s*\\(");

    /** As it is named on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract Problem read(Entry entry) throws BadEntryException;

    /** The function of the reference solution that the test calls. */
    private static String called(String code, String test) throws BadEntryException {
        Matcher function = FUNCTION.matcher(code);
        while (function.find()) {
            if (Pattern.compile("\\b" + function.group(1) + "\\s*\\(")
                    .matcher(test)
                    .find()) {
                return function.group(1);
            }
        }
        throw new BadEntryException("'code' defines no function that the first of 'test_list' calls");
    }

    /** One JSON object of a file. */
    record Entry(int line, JsonNode json) {

        void allow(String... names) throws BadEntryException {
            List<String> allowed = List.of(names);
            for (var field : json.properties()) {
                if (!allowed.contains(field.getKey())) {
                    throw new BadEntryException("unknown field '%s'; the format has %s"
                            .formatted(field.getKey(), String.join(", ", allowed)));
                }
            }
        }

        String id(String prefix) throws BadEntryException {
            JsonNode id = json.path("task_id");
            return id.isIntegralNumber() ? prefix + id.asText() : text("task_id");
        }

        String text(String name) throws BadEntryException {
            JsonNode value = json.path(name);
            if (!value.isTextual() || value.textValue().isBlank()) {
                throw new BadEntryException(
                        value.isMissingNode()
                                ? "'%s' is missing".formatted(name)
                                : "'%s' is not a text".formatted(name));
            }
            return value.textValue();
        }

        Optional<String> optionalText(String name) {
            return Optional.ofNullable(json.path(name).textValue());
        }

        List<String> texts(String name) throws BadEntryException {
            var texts = new ArrayList<String>();
            for (JsonNode item : json.path(name)) {
                if (!item.isTextual()) {
                    throw new BadEntryException("'%s' is not a list of texts".formatted(name));
                }
                texts.add(item.textValue());
            }
            return texts;
        }
    }

    /** An entry that is no problem of the format. */
    static final class BadEntryException extends Exception {

        private static final long serialVersionUID = 1;

        BadEntryException(String message) {
            super(message);
        }
    }
}
