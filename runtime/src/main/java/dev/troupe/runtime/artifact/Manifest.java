package dev.troupe.runtime.artifact;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.schemas.avro.ArtifactFile;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What an artifact in a bucket consists of, for people and tools; that it is there says that the artifact is whole. */
final class Manifest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Manifest() {}

    static byte[] write(List<ArtifactFile> files) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode list = root.putArray("files");
        for (ArtifactFile file : files) {
            list.addObject()
                    .put("name", file.getName())
                    .put("sha256", file.getSha256())
                    .put("size", file.getSize());
        }
        return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
