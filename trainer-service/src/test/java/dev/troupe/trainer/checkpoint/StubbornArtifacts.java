package dev.troupe.trainer.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactException.Reason;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.artifact.OpenArtifact;
import dev.troupe.runtime.artifact.PendingArtifact;
import dev.troupe.schemas.avro.ArtifactFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lets artifacts go, or not; it can do nothing else. */
final class StubbornArtifacts implements ArtifactStore {
    private final Map<String, Reason> kept = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    void keep(String uri, Reason reason) {
        kept.put(uri, reason);
    }

    void letGo() {
        kept.clear();
    }

    /** What it was asked to remove since the last look. */
    List<String> asked() {
        var seen = List.copyOf(asked);
        asked.clear();
        return seen;
    }

    @Override
    public void remove(String uri) throws ArtifactException {
        asked.add(uri);
        if (kept.containsKey(uri)) {
            throw new ArtifactException(requireNonNull(kept.get(uri)), uri + " stays");
        }
    }

    @Override
    public Artifact publish(Path source, String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path fetch(String uri, List<ArtifactFile> files) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OpenArtifact open(String uri, List<ArtifactFile> files) {
        throw new UnsupportedOperationException();
    }

    @Override
    public URI root() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void markPending(String uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void clearPending(String uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<PendingArtifact> pending(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
