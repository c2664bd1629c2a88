package dev.troupe.trainer.grpo;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The names that the values of an option have in settings: those of the enum, in lower case. */
final class OptionNames {

    private OptionNames() {}

    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming the option, the accepted values and this one */
    static <E extends Enum<E>> E parse(String option, Class<E> type, String name) {
        return parse(option, type, name, name);
    }

    /** As {@link #parse(String, Class, String)}, in whatever case the name is written. */
    static <E extends Enum<E>> E parseIgnoringCase(String option, Class<E> type, String name) {
        return parse(option, type, name.toLowerCase(Locale.ROOT), name);
    }

    private static <E extends Enum<E>> E parse(String option, Class<E> type, String wanted, String shown) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> of(value).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s must be one of %s: '%s'"
                        .formatted(
                                option,
                                Arrays.stream(type.getEnumConstants())
                                        .map(OptionNames::of)
                                        .collect(Collectors.joining(", ")),
                                shown)));
    }
}
