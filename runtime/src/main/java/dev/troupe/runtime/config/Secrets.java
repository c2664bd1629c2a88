package dev.troupe.runtime.config;

import java.util.regex.Pattern;

/** What must not be shown. Errs on the side of hiding. */
final class Secrets {

    private static final String MASK = "********";

    private static final Pattern SECRET_KEY = Pattern.compile(
            "(^|.*[._-])(password|passphrase|secret|token|credentials?|jaas[._-]config|user[._-]info"
                    + "|keystore[._-]key|api[._-]?key|private[._-]key|access[._-]key|secret[._-]key|bearer.*token)",
            Pattern.CASE_INSENSITIVE);

    /** {@code scheme://user:password@host}. */
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]+@");

    private Secrets() {}

    static String mask(String key, String value) {
        if (SECRET_KEY.matcher(key).matches()) {
            return MASK;
        }
        return USER_INFO.matcher(value).replaceAll(MASK + "@");
    }
}
