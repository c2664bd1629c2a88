package dev.troupe.cli.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionsTableTest {

    @Test
    void saysWhoServesWhatAndWhy() {
        String table = VersionsTable.of(list(route(3, null)), Optional.empty());

        assertThat(table.lines()).hasSize(4);
        assertThat(table.lines().filter(line -> line.contains("pinned")))
                .singleElement()
                .asString()
                .contains("team", " 3 ", "1970-01-01T00:00:03Z", "a1, a2");
        assertThat(table.lines().filter(line -> line.endsWith("newest"))).hasSize(2);
    }

    @Test
    void anActivationEndsWithTheNextVersion() {
        assertThat(VersionsTable.of(list(route(3, 4)), Optional.of("team"))).contains("active until 5 is published");
        assertThat(VersionsTable.of(list(route(3, 3)), Optional.of("team"))).doesNotContain("active");
    }

    @Test
    void namesWhatThereIsWhenSomethingIsNot() {
        VersionList list = list(route(3, null));
        assertThat(list.find("team", 4).getVersion()).isEqualTo(4);
        assertThatThrownBy(() -> list.find("team", 9)).hasMessageContaining("kept are 3 to 4");
        assertThatThrownBy(() -> list.find("tame", 1)).hasMessageContaining("[other, team]");
    }

    private static VersionList list(ModelRoute route) {
        var versions = new TreeMap<String, NavigableMap<Integer, ModelVersion>>();
        for (ModelVersion version : List.of(version("team", 3), version("team", 4), version("other", 0))) {
            versions.computeIfAbsent(version.getPolicyId(), _ -> new TreeMap<>())
                    .put(version.getVersion(), version);
        }
        return new VersionList(
                versions, Map.of("team", route), Map.of("a2", Map.of("team", 3, "other", 7), "a1", Map.of("team", 3)));
    }

    private static ModelRoute route(int version, @Nullable Integer until) {
        return ModelRoute.newBuilder()
                .setPolicyId("team")
                .setVersion(version("team", version))
                .setUntil(until)
                .setRoutedAt(0)
                .build();
    }

    private static ModelVersion version(String policyId, int number) {
        return ModelVersion.newBuilder()
                .setPolicyId(policyId)
                .setVersion(number)
                .setParent(number == 0 ? null : number - 1)
                .setTeamId("team")
                .setArtifactUri("file:///" + number)
                .setFiles(List.of())
                .setTrainingStep(number)
                .setCreatedAt(number * 1000L)
                .build();
    }
}
