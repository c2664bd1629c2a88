package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A program of one or more authors, and what to call in it.
 *
 * @param prelude trusted lines that are run first, such as imports
 * @param units the authors' texts, loaded in order into one namespace
 * @param calls expressions to evaluate after all units are loaded, one result each
 */
public record PythonProgram(String prelude, List<Unit> units, List<String> calls) {

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

    public PythonProgram {
        requireNonNull(prelude, "prelude is null");
        units = List.copyOf(units);
        calls = List.copyOf(calls);
        if (units.isEmpty()) {
            throw new IllegalArgumentException("a program needs a unit");
        }
        if (calls.size() > MAX_CALLS) {
            throw new IllegalArgumentException("%d calls, at most %d are taken".formatted(calls.size(), MAX_CALLS));
        }
    }

    /** SHA-256 over everything that decides the outcome, hexadecimal. */
    public String digest() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        update(digest, prelude);
        for (Unit unit : units) {
            update(digest, unit.function());
            update(digest, unit.source());
        }
        for (String call : calls) {
            update(digest, call);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String text) {
        // The length goes first, so that no two lists of texts give the same bytes.
        digest.update((text.length() + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(text.getBytes(StandardCharsets.UTF_16BE));
    }
}
