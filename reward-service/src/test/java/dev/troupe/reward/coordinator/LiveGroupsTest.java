package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.avro.Sampling;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveGroupsTest {

    private final RecordCodec records =
            new RecordCodec(Map.of("schema.registry.url", "mock://live-groups", "auto.register.schemas", true));
    private final GroupCodec codec = new GroupCodec(new PatientCodec(records, Duration.ofSeconds(1)));
    private final GroupStateMachine machine = new GroupStateMachine(CoordinatorOptions.from(Settings.of(Map.of())));

    @AfterEach
    void close() {
        records.close();
    }

    @Test
    void keepsAsManyGroupsDecodedAsTheirBytesAllow() {
        int large = codec.encode(group("a", 2_000), EncodedGroup.none()).bytes().length;
        LiveGroups groups = groups(2L * large);
        GroupState a = put(groups, "a", 2_000);
        GroupState b = put(groups, "b", 2_000);
        assertThat(groups.find("a").orElseThrow()).isSameAs(a);
        assertThat(groups.find("b").orElseThrow()).isSameAs(b);

        GroupState c = put(groups, "c", 2_000);
        assertThat(groups.find("c").orElseThrow()).isSameAs(c);
        assertThat(groups.find("b").orElseThrow()).isSameAs(b);
        assertThat(groups.find("a").orElseThrow()).isNotSameAs(a).isEqualTo(a);
    }

    @Test
    void aGroupThatIsPutAgainCountsOnce() {
        int large = codec.encode(group("a", 2_000), EncodedGroup.none()).bytes().length;
        LiveGroups groups = groups(2L * large);
        GroupState a = put(groups, "a", 2_000);
        GroupState b = put(groups, "b", 2_000);
        for (int i = 0; i < 5; i++) {
            groups.put(Optional.of(b), b);
        }

        assertThat(groups.find("a").orElseThrow()).isSameAs(a);
    }

    @Test
    void theGroupUsedLastIsKeptHoweverLarge() {
        LiveGroups groups = groups(1);
        GroupState a = put(groups, "a", 2_000);

        assertThat(groups.find("a").orElseThrow()).isSameAs(a);
    }

    private LiveGroups groups(long room) {
        return new LiveGroups(new MapStore(), new MapStore(), codec, room);
    }

    private GroupState put(LiveGroups groups, String taskId, int promptLength) {
        GroupState group = group(taskId, promptLength);
        assertThat(groups.put(Optional.empty(), group)).isTrue();
        return group;
    }

    private GroupState group(String taskId, int promptLength) {
        var task =
                Records.task(taskId).setSampling(new Sampling(1.0, 1.0, 0, 32)).build();
        var opening = TalkEnvironment.observation("ann", "x".repeat(promptLength));
        return machine.deal(task, List.of("ann"), List.of(opening), 0).state();
    }
}
