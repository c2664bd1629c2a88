package dev.troupe.reward.environment;

import java.util.List;

/** Environments on the class path cannot be used; the message lists every problem, one a line, and what to do. */
public final class BrokenEnvironmentException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BrokenEnvironmentException(List<String> problems, List<String> jars) {
        super("""
                environments on the class path cannot be used:
                  - %s
                Environments are declared in:
                  - %s
                Repair the jar or take it off the class path. None is skipped: the tasks of an environment that is \
                missing would be refused for good.""".formatted(String.join("\n  - ", problems), String.join("\n  - ", jars)));
    }
}
