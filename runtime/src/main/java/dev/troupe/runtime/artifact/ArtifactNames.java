package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSAFE_NAME;

import java.util.regex.Pattern;

/** What artifacts may be named. */
final class ArtifactNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private ArtifactNames() {}

    static String checked(String name) throws ArtifactException {
        if (!isName(name)) {
            throw new ArtifactException(UNSAFE_NAME, "'" + name + "' cannot name an artifact");
        }
        return name;
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    static boolean isDigest(String text) {
        return DIGEST.matcher(text).matches();
    }
}
