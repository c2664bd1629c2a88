package dev.troupe.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.artifact.ArtifactException.Reason;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrunerTest {
    private final StubbornArtifacts store = new StubbornArtifacts();
    private final Pruner pruner = new Pruner(store);
    private final TreeMap<Integer, ModelVersion> history = new TreeMap<>();

    @BeforeEach
    void publish() {
        IntStream.rangeClosed(0, 9).forEach(number -> history.put(number, version(number, uri(number))));
    }

    @Test
    void asksAgainForWhatStayed() {
        store.keep(uri(2), Reason.UNREADABLE);

        pruner.prune(history, List.of(1, 2, 3));

        assertThat(history.keySet()).containsExactly(0, 2, 4, 5, 6, 7, 8, 9);
        assertThat(store.asked()).containsExactly(uri(3), uri(2), uri(1));
        store.letGo();
        pruner.prune(history, List.of(2, 4));
        assertThat(history.keySet()).containsExactly(0, 5, 6, 7, 8, 9);
        assertThat(store.asked()).containsExactly(uri(4), uri(2));
    }

    @Test
    void asksAStoreThatIsAwayOnce() {
        for (Reason reason : List.of(Reason.UNREACHABLE, Reason.DENIED)) {
            IntStream.rangeClosed(1, 5).forEach(number -> store.keep(uri(number), reason));

            pruner.prune(history, List.of(1, 2, 3, 4, 5));

            assertThat(history).hasSize(10);
            assertThat(store.asked()).containsExactly(uri(5));
        }
        store.letGo();
        pruner.prune(history, List.of(1, 2, 3, 4, 5));
        assertThat(history.keySet()).containsExactly(0, 6, 7, 8, 9);
    }

    @Test
    void givesUpForThisTimeAfterAFewFailures() {
        IntStream.rangeClosed(1, 4).forEach(number -> store.keep(uri(number), Reason.UNREADABLE));

        pruner.prune(history, List.of(1, 2, 3, 4, 5, 6));

        assertThat(store.asked()).containsExactly(uri(6), uri(5), uri(4), uri(3), uri(2));
        assertThat(history.keySet()).containsExactly(0, 1, 2, 3, 4, 7, 8, 9);
    }

    @Test
    void leavesWhatLiesElsewhereAlone() {
        store.keep(uri(1), Reason.UNSUPPORTED_URI);

        pruner.prune(history, List.of(1));

        assertThat(history).doesNotContainKey(1);
    }

    @Test
    void keepsFilesThatAnotherVersionHas() {
        history.put(9, version(9, uri(2)));
        history.put(3, version(3, uri(1)));
        store.keep(uri(1), Reason.UNREADABLE);

        pruner.prune(history, List.of(1, 2, 3));

        assertThat(store.asked()).containsExactly(uri(1));
        assertThat(history.keySet()).as("the files of 2 are those of 9").containsExactly(0, 1, 3, 4, 5, 6, 7, 8, 9);
    }

    private static String uri(int number) {
        return "s3://models/p/" + number + "/";
    }

    private static ModelVersion version(int number, String uri) {
        return ModelVersion.newBuilder()
                .setPolicyId("p")
                .setVersion(number)
                .setTeamId("team")
                .setArtifactUri(uri)
                .setFiles(List.of())
                .setTrainingStep(number)
                .setCreatedAt(0)
                .build();
    }
}
