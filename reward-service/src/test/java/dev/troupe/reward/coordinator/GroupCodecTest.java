package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Turn;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCodecTest {

    private final RecordCodec records =
            new RecordCodec(Map.of("schema.registry.url", "mock://group-codec", "auto.register.schemas", true));
    private final GroupCodec codec = new GroupCodec(new PatientCodec(records, Duration.ofSeconds(1)));
    private final GroupStateMachine machine = new GroupStateMachine(CoordinatorOptions.from(Settings.of(Map.of())));

    @AfterEach
    void close() {
        records.close();
    }

    @Test
    void everyStateOfARandomWalkComesBackAsItWas() {
        long seed = 20261122;
        var random = new Random(seed);
        var phases = new TreeSet<String>();
        Transition<GroupState> next = deal(3);
        List<Turn> turns = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        long now = 0;
        EncodedGroup encoded = EncodedGroup.none();
        while (!next.state().closed()) {
            GroupState group = next.state();
            assertThat(codec.decode(bytes(group))).as("seed %d", seed).isEqualTo(group);
            encoded = codec.encode(group, encoded);
            assertThat(codec.decode(encoded.bytes()))
                    .as("from what was encoded before, seed %d", seed)
                    .isEqualTo(group);
            group.episodes().forEach(episode -> phases.add(episode.getClass().getSimpleName()));
            collect(next.effects(), turns, steps);
            now += random.nextInt(2_000);
            Transition<GroupState> after = step(group, turns, steps, random, now);
            next = after;
        }
        assertThat(phases).containsExactly("Acting", "Ended", "Judging");
    }

    @Test
    void observationsAreWrittenOncePerGroup() {
        int one = bytes(deal(1).state()).length;
        int eight = bytes(deal(8).state()).length;

        assertThat(eight - one).isLessThan(7 * 200);
    }

    @Test
    void whatWasWrittenBeforeTurnsCouldBePartialIsRead() {
        GroupState group = deal(1).state();
        byte[] bytes = bytes(group);
        // Two roles act: number, attempt and deadline of each are the last bytes, after the count of roles.
        int roles = 2 * (2 * Integer.BYTES + Long.BYTES);
        byte[] before = ByteBuffer.allocate(bytes.length - Integer.BYTES)
                .put((byte) 1)
                .put(bytes, 1, bytes.length - 1 - Integer.BYTES - roles)
                .put(bytes, bytes.length - roles, roles)
                .array();

        assertThat(codec.decode(before)).isEqualTo(group);
    }

    @Test
    void anotherFormatIsRefusedByName() {
        assertThatThrownBy(() -> codec.decode(new byte[] {9}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("format 9");
    }

    @Test
    void onlyTheChangedEpisodeIsEncodedAgain() {
        Transition<GroupState> dealt = deal(3);
        EncodedGroup before = codec.encode(dealt.state(), EncodedGroup.none());
        List<Turn> turns = new ArrayList<>();
        collect(dealt.effects(), turns, new ArrayList<>());

        GroupState after = machine.action(dealt.state(), Records.action(turns.getFirst(), 0), 1)
                .state();
        EncodedGroup next = codec.encode(after, before);

        assertThat(next.head()).isSameAs(before.head());
        assertThat(next.observations()).isSameAs(before.observations());
        assertThat(bytes(next, after, 1)).isSameAs(bytes(before, dealt.state(), 1));
        assertThat(before.episode(after.episodes().getFirst())).isEmpty();
    }

    private static byte[] bytes(EncodedGroup encoded, GroupState group, int index) {
        return encoded.episode(group.episodes().get(index)).orElseThrow();
    }

    private byte[] bytes(GroupState group) {
        return codec.encode(group, EncodedGroup.none()).bytes();
    }

    private Transition<GroupState> deal(int generations) {
        Task task = Records.task("t")
                .setNumGenerations(generations)
                .setMaxTurns(3)
                .setSampling(new Sampling(1.0, 1.0, 0, 32))
                .build();
        return machine.deal(
                task,
                List.of("ann", "bob"),
                List.of(
                        TalkEnvironment.observation("ann", "x".repeat(2_000)),
                        TalkEnvironment.observation("bob", "x".repeat(2_000))),
                0);
    }

    private Transition<GroupState> step(GroupState group, List<Turn> turns, List<Step> steps, Random random, long now) {
        if (!steps.isEmpty() && random.nextInt(3) == 0) {
            Step step = steps.remove(random.nextInt(steps.size()));
            boolean last = step.getTurn() == 2;
            return machine.judgement(
                    group,
                    last ? Records.scored(step, 1) : Records.next(step, "on", Records.some(random, "ann", "bob")),
                    now);
        }
        if (!turns.isEmpty()) {
            Turn turn = turns.get(random.nextInt(turns.size()));
            if (random.nextInt(3) == 0) {
                return machine.message(group, Records.message(turn, 0), now);
            }
            turns.remove(turn);
            return machine.action(group, Records.action(turn, random.nextInt(2)), now);
        }
        return machine.expire(group, now);
    }

    private static void collect(List<Effect> effects, List<Turn> turns, List<Step> steps) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.DealTurn(Turn turn)) {
                turns.add(turn);
            } else if (effect instanceof Effect.EmitStep(Step step)) {
                steps.add(step);
            }
        }
    }
}
