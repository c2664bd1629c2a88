package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

/**
 * Trusted Python, never a model's, that runs in an interpreter of its own and so may hold what the program must not
 * see, such as expected values. It defines {@code run(candidate, input)}, whose plain return value is the script's
 * result.
 *
 * <p>{@code candidate(function, *args)} calls the named function of the program's interpreter. Arguments and result are
 * plain values, copied; what the program raised, or returned that is not plain, is raised as {@code CandidateError}
 * with the class name in {@code type} ({@code NotAValue} where it is not plain) and the message as its text.
 *
 * @param source Python text, at most {@value #MAX_SOURCE} characters
 * @param input what {@code run} is given, at most {@value #MAX_INPUT} bytes on the wire
 */
public record Script(String source, PythonValue input) {

    /** Longest text, characters. */
    public static final int MAX_SOURCE = 1_000_000;

    /** Largest input, bytes. */
    public static final int MAX_INPUT = 2 << 20;

    public Script {
        requireNonNull(input, "input is null");
        if (source.length() > MAX_SOURCE) {
            throw new IllegalArgumentException(
                    "script has %d characters, at most %d are taken".formatted(source.length(), MAX_SOURCE));
        }
        long length = Wire.length(input);
        if (length > MAX_INPUT) {
            throw new IllegalArgumentException(
                    "input of a script has %d bytes, at most %d are taken".formatted(length, MAX_INPUT));
        }
    }
}
