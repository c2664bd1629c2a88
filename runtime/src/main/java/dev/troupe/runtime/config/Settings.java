package dev.troupe.runtime.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Flat settings, typed where they are read.
 *
 * <p>Each read registers its key; a value that cannot be used is noted and the default stands in for it, so that
 * {@link #check()} reports all problems together, including keys that nobody read. Several services may share one
 * object: {@code check()} is called once, after all of them have read theirs. Safe for use by many threads.
 */
public final class Settings {

    private final Map<String, String> given;
    // guarded by this
    private final Map<String, String> effective = new TreeMap<>();
    // guarded by this
    private final Map<String, String> prefixes = new TreeMap<>();
    // guarded by this; by key, so that reading a key twice reports it once
    private final Map<String, String> problems = new LinkedHashMap<>();

    private Settings(Map<String, String> given) {
        this.given = new TreeMap<>(given);
    }

    /** Settings with exactly these values. */
    public static Settings of(Map<String, String> values) {
        return new Settings(values);
    }

    /**
     * Reads the file, lets the environment override it and the given overrides both.
     *
     * <p>{@code TROUPE_AGENT_MAX__BATCH___SIZE} is {@code agent.max_batch-size}: one underscore is a dot, two an
     * underscore, three a dash.
     *
     * @param file a {@code .properties} file in UTF-8, or null
     * @throws ConfigException when the file cannot be read
     */
    public static Settings load(@Nullable Path file, Map<String, String> env, Map<String, String> overrides) {
        var merged = new TreeMap<String, String>();
        if (file != null) {
            merged.putAll(SettingSources.file(file));
        }
        merged.putAll(SettingSources.environment(env));
        merged.putAll(overrides);
        return new Settings(merged);
    }

    /** Text, as it stands. */
    public String text(String key, String defaultValue) {
        return read(key, defaultValue, value -> value);
    }

    /** Text without which nothing works; an absent or blank one is a problem and reads as "". */
    public synchronized String required(String key) {
        String value = read(key, "", given -> given);
        if (value.isBlank()) {
            problems.put(key, "%s is missing".formatted(key));
        }
        return value;
    }

    /** A whole number between {@code min} and {@code max}, both included. */
    public int integer(String key, int defaultValue, int min, int max) {
        return read(key, defaultValue, value -> {
            int number;
            try {
                number = Integer.parseInt(value);
            } catch (NumberFormatException _) {
                throw new IllegalArgumentException("is not a whole number");
            }
            if (number < min || number > max) {
                throw new IllegalArgumentException("is not between %d and %d".formatted(min, max));
            }
            return number;
        });
    }

    /** A finite number between {@code min} and {@code max}, both included. */
    public double decimal(String key, double defaultValue, double min, double max) {
        return read(key, defaultValue, value -> {
            double number;
            try {
                number = new BigDecimal(value).doubleValue();
            } catch (NumberFormatException _) {
                throw new IllegalArgumentException("is not a number");
            }
            if (!(number >= min && number <= max)) {
                throw new IllegalArgumentException("is not between %s and %s".formatted(min, max));
            }
            return number;
        });
    }

    /** A duration with its unit: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}. */
    public Duration duration(String key, Duration defaultValue) {
        return read(key, defaultValue, Units::duration, Units::text);
    }

    /** A number of bytes with its unit: {@code 512B}, {@code 64KiB}, {@code 64MiB}, {@code 2GiB}. */
    public long size(String key, long defaultValue) {
        return read(key, defaultValue, Units::size, bytes -> bytes + "B");
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String key, boolean defaultValue) {
        return read(key, defaultValue, value -> switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is neither true nor false");
        });
    }

    /** Comma-separated texts, trimmed; empty ones are left out. */
    public List<String> list(String key, List<String> defaultValue) {
        return read(
                key,
                List.copyOf(defaultValue),
                value -> Arrays.stream(value.split(",", -1))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList(),
                items -> String.join(",", items));
    }

    /** A path of the file system. */
    public Path path(String key, Path defaultValue) {
        return read(key, defaultValue, value -> {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("is empty");
            }
            try {
                return Path.of(value);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("is not a path: " + e.getReason(), e);
            }
        });
    }

    /** All settings under a prefix, verbatim, without the prefix; every key under it counts as known. */
    public synchronized Map<String, String> prefixed(String prefix) {
        prefixes.put(prefix, prefix);
        var found = new TreeMap<String, String>();
        given.forEach((key, value) -> {
            if (key.startsWith(prefix) && key.length() > prefix.length()) {
                found.put(key.substring(prefix.length()), value);
                effective.put(key, value);
            }
        });
        return found;
    }

    /** Notes a problem that only the reader of a setting can see; {@link #check()} reports it with the others. */
    public synchronized void problem(String key, String problem) {
        problems.put(key, key + " " + problem);
    }

    /**
     * Ends the reading.
     *
     * @throws ConfigException with every unusable value and every key that nobody read
     */
    public synchronized void check() {
        var found = new ArrayList<>(problems.values());
        for (String key : given.keySet()) {
            if (!effective.containsKey(key) && prefixes.keySet().stream().noneMatch(key::startsWith)) {
                String nearest = Names.nearest(key, effective.keySet());
                found.add("unknown setting '%s'%s"
                        .formatted(key, nearest.isEmpty() ? "" : "; did you mean '" + nearest + "'?"));
            }
        }
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }

    /** Every setting in effect, defaults included, one {@code key=value} a line; secrets are masked. */
    public synchronized String describe() {
        var text = new StringBuilder();
        effective.forEach((key, value) ->
                text.append(key).append('=').append(Secrets.mask(key, value)).append('\n'));
        return text.toString();
    }

    @Override
    public String toString() {
        return describe();
    }

    private <T> T read(String key, T defaultValue, Function<String, T> parse) {
        return read(key, defaultValue, parse, String::valueOf);
    }

    private synchronized <T> T read(String key, T defaultValue, Function<String, T> parse, Function<T, String> print) {
        String value = given.get(key);
        if (value == null) {
            effective.putIfAbsent(key, print.apply(defaultValue));
            return defaultValue;
        }
        effective.put(key, value);
        try {
            return parse.apply(value.strip());
        } catch (IllegalArgumentException e) {
            problems.put(key, "%s '%s' %s".formatted(key, Secrets.mask(key, value), e.getMessage()));
            return defaultValue;
        }
    }
}
