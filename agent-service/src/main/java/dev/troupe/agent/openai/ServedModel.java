package dev.troupe.agent.openai;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A version as the servers know it.
 *
 * @param name that every request carries
 * @param adapter what makes it of the base; empty for the base itself
 */
record ServedModel(String name, Optional<LoraAdapter> adapter) {
    ServedModel {
        requireNonNull(name, "name is null");
        requireNonNull(adapter, "adapter is null");
    }

    static ServedModel base(String name) {
        return new ServedModel(name, Optional.empty());
    }

    static ServedModel adapted(LoraAdapter adapter) {
        return new ServedModel(adapter.name(), Optional.of(adapter));
    }
}
