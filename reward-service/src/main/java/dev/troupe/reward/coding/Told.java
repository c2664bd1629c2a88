package dev.troupe.reward.coding;

/**
 * What an author may be told of a test that failed: the call and what came of it, never the answer that was expected.
 * Of an exception only the class is told, because its message is whatever the program's author wrote.
 */
final class Told {

    private static final int MAX_SHOWN = 200;

    private Told() {}

    static String gave(String call, String value) {
        return "%s gave %s, which is wrong.".formatted(shown(call), shown(value));
    }

    static String noValue(String call) {
        return "%s gave something that is no plain value.".formatted(shown(call));
    }

    static String raised(String call, String type) {
        return "%s raised %s.".formatted(shown(call), errorClass(type));
    }

    static String shown(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    private static String errorClass(String type) {
        return type.matches("[A-Z][A-Za-z]{0,40}(Error|Exit|Exception|Iteration|Interrupt|Warning)")
                ? type
                : "an exception";
    }
}
