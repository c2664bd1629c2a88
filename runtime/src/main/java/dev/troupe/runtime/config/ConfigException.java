package dev.troupe.runtime.config;

import java.util.List;

/** The settings cannot be used; the message lists every problem, one a line. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super("the settings have %d problem%s:\n  - %s"
                .formatted(problems.size(), problems.size() == 1 ? "" : "s", String.join("\n  - ", problems)));
        this.problems = List.copyOf(problems);
    }

    /** Every problem, in the order in which it was found. */
    public List<String> problems() {
        return problems;
    }
}
