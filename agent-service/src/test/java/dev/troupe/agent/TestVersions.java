package dev.troupe.agent;

import dev.troupe.schemas.avro.ModelVersion;
import java.util.List;

/** Versions of the policy {@code p}, whose files nobody reads. */
public final class TestVersions {
    private TestVersions() {}

    public static ModelVersion version(int number) {
        return ModelVersion.newBuilder()
                .setPolicyId("p")
                .setVersion(number)
                .setTeamId("team")
                .setArtifactUri("file:///p/" + number)
                .setFiles(List.of())
                .setTrainingStep(number)
                .setCreatedAt(0)
                .build();
    }
}
