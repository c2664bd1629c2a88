package dev.troupe.runtime.artifact;

/**
 * Credentials that the settings give.
 *
 * @param access key id
 * @param secret access key; shown nowhere
 */
public record S3Keys(String access, String secret) {
    public S3Keys {
        if (access.isBlank() || secret.isBlank()) {
            throw new IllegalArgumentException("a key is blank");
        }
    }

    @Override
    public String toString() {
        return "S3Keys[********]";
    }
}
