package dev.troupe.agent.openai;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.ModelVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An adapter as the servers know it. Its name is never used for other weights: servers cache prefixes by name, and
 * would answer with what they computed under the old ones. So it holds the version, and of what is in it a digest: a
 * run that begins again under old names does not meet them.
 *
 * @param policyId policy of the version
 * @param version its number
 * @param path directory, as the servers see it
 */
record LoraAdapter(String name, String policyId, int version, String path) {
    private static final int DIGEST_DIGITS = 12;

    LoraAdapter {
        requireNonNull(name, "name is null");
        requireNonNull(policyId, "policyId is null");
        requireNonNull(path, "path is null");
    }

    static LoraAdapter of(ModelVersion version, String path) {
        String name = "%s-v%d-%s".formatted(version.getPolicyId(), version.getVersion(), digest(version.getFiles()));
        return new LoraAdapter(name, version.getPolicyId(), version.getVersion(), path);
    }

    /** The version of an adapter of this policy by its name; empty when it is another's. */
    OptionalInt versionOf(String other) {
        Matcher matcher = Pattern.compile(Pattern.quote(policyId) + "-v(\\d{1,9})-[0-9a-f]{" + DIGEST_DIGITS + "}")
                .matcher(other);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    private static String digest(List<ArtifactFile> files) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        files.stream()
                .sorted(Comparator.comparing(ArtifactFile::getName))
                .forEach(file -> digest.update(
                        (file.getName() + " " + file.getSha256() + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_DIGITS);
    }
}
