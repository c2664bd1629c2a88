package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A program of one or more authors, and what to call in it.
 *
 * @param prelude trusted lines that are run first, such as imports
 * @param units the authors' texts, loaded in order into one namespace; none where there is only a script, and then
 *     neither prelude nor calls
 * @param calls expressions to evaluate after all units are loaded, one result each
 * @param script what is run last, in an interpreter that the units never see
 */
public record PythonProgram(String prelude, List<Unit> units, List<String> calls, Optional<Script> script) {

    /**
     * One author's text. A unit that does not load is left out; the others are still tried.
     *
     * @param function the function the text is to define; a definition of that name by an earlier unit does not count
     * @param source Python text, at most {@value PythonProgram#MAX_SOURCE} characters
     */
    public record Unit(String function, String source) {
        public Unit {
            requireNonNull(source, "source is null");
            if (!function.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new IllegalArgumentException("not a Python name: " + function);
            }
            if (source.length() > MAX_SOURCE) {
                throw new IllegalArgumentException(
                        "source has %d characters, at most %d are taken".formatted(source.length(), MAX_SOURCE));
            }
        }
    }

    /** Longest text of one author, characters. */
    public static final int MAX_SOURCE = 100_000;

    /** Most calls of one program. */
    public static final int MAX_CALLS = 1_000;

    /** Longest text of prelude, units and calls together, characters. */
    public static final int MAX_TEXT = 1_000_000;

    public PythonProgram {
        requireNonNull(prelude, "prelude is null");
        requireNonNull(script, "script is null");
        units = List.copyOf(units);
        calls = List.copyOf(calls);
        if (units.isEmpty() && !(script.isPresent() && prelude.isEmpty() && calls.isEmpty())) {
            throw new IllegalArgumentException("a program needs a unit, or a script and nothing else");
        }
        if (calls.size() > MAX_CALLS) {
            throw new IllegalArgumentException("%d calls, at most %d are taken".formatted(calls.size(), MAX_CALLS));
        }
        long length = length(prelude, units, calls);
        if (length > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "a program of %d characters, at most %d are taken".formatted(length, MAX_TEXT));
        }
    }

    /** A program without a script. */
    public PythonProgram(String prelude, List<Unit> units, List<String> calls) {
        this(prelude, units, calls, Optional.empty());
    }

    /** A script by itself, such as one that looks at a text without running it. */
    public static PythonProgram of(Script script) {
        return new PythonProgram("", List.of(), List.of(), Optional.of(script));
    }

    private static long length(String prelude, List<Unit> units, List<String> calls) {
        return prelude.length()
                + units.stream()
                        .mapToLong(
                                unit -> unit.function().length() + unit.source().length())
                        .sum()
                + calls.stream().mapToLong(String::length).sum();
    }

    /** SHA-256 over everything that decides the outcome, hexadecimal. */
    public String digest() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        // The numbers go first, so that no call passes for a unit or a script.
        update(digest, "%d %d %b".formatted(units.size(), calls.size(), script.isPresent()));
        update(digest, prelude);
        for (Unit unit : units) {
            update(digest, unit.function());
            update(digest, unit.source());
        }
        for (String call : calls) {
            update(digest, call);
        }
        if (script.isPresent()) {
            update(digest, script.get().source());
            update(digest, script.get().input().literal());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String text) {
        // The length goes first, so that no two lists of texts give the same bytes.
        digest.update((text.length() + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(text.getBytes(StandardCharsets.UTF_16BE));
    }
}
