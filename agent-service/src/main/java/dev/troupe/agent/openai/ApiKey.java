package dev.troupe.agent.openai;

import static java.util.Objects.requireNonNull;

/** What servers want to see before they answer; empty for those that want nothing. Never shown. */
record ApiKey(String value) {
    ApiKey {
        requireNonNull(value, "value is null");
    }

    @Override
    public String toString() {
        return value.isEmpty() ? "none" : "********";
    }
}
