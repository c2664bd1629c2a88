package dev.troupe.trainer.checkpoint;

import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.util.Optional;

/** A published version cannot be loaded, so that training has nothing to go on from. */
public final class LostArtifactException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean mayComeBack;

    /**
     * @param version that cannot be loaded
     * @param whole the newest version of the policy whose files are all as they were published
     */
    public LostArtifactException(ModelVersion version, Optional<ModelVersion> whole, ArtifactException cause) {
        super(
                "%s: version %d of %s cannot be loaded: %s. Bring back %s with the files of its record%s"
                        .formatted(
                                cause.reason(),
                                version.getVersion(),
                                version.getPolicyId(),
                                cause.getMessage(),
                                version.getArtifactUri(),
                                whole.map(LostArtifactException::instead).orElse("")),
                cause);
        this.mayComeBack = switch (cause.reason()) {
            case MISSING, UNREADABLE, UNREACHABLE, DENIED -> true;
            case WRONG_SIZE, WRONG_DIGEST, UNLISTED_FILE, UNSAFE_NAME, UNSUPPORTED_URI -> false;
        };
    }

    private static String instead(ModelVersion whole) {
        return "; or go back to version %d, the newest that is whole: troupe rollback --team %s --to-version %d"
                .formatted(whole.getVersion(), whole.getTeamId(), whole.getVersion());
    }

    /** Whether a store that is away for a while looks like this; bytes that are others stay so. */
    public boolean mayComeBack() {
        return mayComeBack;
    }
}
