package dev.troupe.evaluator.alarm;

import static java.util.Objects.requireNonNull;

/**
 * Two metrics that should move together. Where the one that is trained for rises and the other, a stricter one on
 * held-out tasks, falls, the policies have found out how to be rewarded without doing the work.
 *
 * @param name key of the published alarms
 * @param reward what is trained for
 * @param guard what must not fall
 */
public record AlarmRule(String name, Series reward, Series guard) {

    public AlarmRule {
        requireNonNull(name, "name is null");
        if (reward.equals(guard)) {
            throw new IllegalArgumentException("alarm '%s' has the same reward and guard, %s".formatted(name, reward));
        }
    }

    /** A metric of a benchmark, from version to version. */
    public record Series(String benchmark, String metric) {

        /** @throws IllegalArgumentException when it is not {@code <benchmark>.<metric>} */
        public static Series parse(String text) {
            int dot = text.lastIndexOf('.');
            if (dot < 1 || dot == text.length() - 1) {
                throw new IllegalArgumentException(
                        "'%s' is not <benchmark>.<metric>, such as coding-team.passRate".formatted(text));
            }
            return new Series(text.substring(0, dot), text.substring(dot + 1));
        }

        @Override
        public String toString() {
            return benchmark + "." + metric;
        }
    }
}
