package dev.troupe.reward.environment;

import static java.util.stream.Collectors.joining;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The environments on the class path, by name. */
public final class Environments {

    private final SortedMap<String, Environment> byName;

    private Environments(Collection<Environment> environments) {
        var names = new TreeMap<String, Environment>();
        for (Environment environment : environments) {
            Environment other = names.put(environment.name(), environment);
            if (other != null) {
                throw new IllegalStateException("two environments are named '%s': %s and %s"
                        .formatted(
                                environment.name(),
                                other.getClass().getName(),
                                environment.getClass().getName()));
            }
        }
        this.byName = Collections.unmodifiableSortedMap(names);
    }

    /**
     * Finds every environment by {@link java.util.ServiceLoader}.
     *
     * @throws BrokenEnvironmentException when one of them cannot be used, or two have the same name
     */
    public static Environments load() {
        return of(EnvironmentLoader.load(Environments.class.getClassLoader()));
    }

    /** Just these. */
    public static Environments of(List<Environment> environments) {
        return new Environments(environments);
    }

    public Optional<Environment> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public SortedSet<String> names() {
        return new TreeSet<>(byName.keySet());
    }

    @Override
    public String toString() {
        return byName.keySet().stream().collect(joining(", ", "[", "]"));
    }
}
