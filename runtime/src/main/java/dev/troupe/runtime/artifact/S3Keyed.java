package dev.troupe.runtime.artifact;

/**
 * The keys of an artifact's objects. The manifest lies beside the directory, so that the directory holds the published
 * files and nothing else.
 *
 * @param home what the keys of all artifacts of the name begin with; ends with a slash
 * @param digest of the content
 */
record S3Keyed(String home, String digest) {
    static final String MANIFEST = ".json";
    static final String MARK = ".pending-";

    String directory() {
        return home + digest + "/";
    }

    String file(String name) {
        return directory() + name;
    }

    /** Written last: an artifact without it does not exist. */
    String manifest() {
        return home + digest + MANIFEST;
    }

    String mark() {
        return home + MARK + digest;
    }
}
