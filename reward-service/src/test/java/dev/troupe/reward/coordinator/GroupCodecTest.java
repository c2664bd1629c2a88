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
import java.util.Set;
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
        assertThat(walk(deal(3))).containsExactly("Acting", "Ended", "Judging");
    }

    @Test
    void everyStateOfACrossedGroupComesBackAsItWas() {
        assertThat(walk(dealCrossed(3))).containsExactly("Complete", "Drawing", "Ended", "Judging", "Lost", "Open");
    }

    /** The kinds of states that a group goes through at random. */
    private Set<String> walk(Transition<GroupState> dealt) {
        long seed = 20261122;
        var random = new Random(seed);
        var phases = new TreeSet<String>();
        Transition<GroupState> next = dealt;
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
            group.draws()
                    .ifPresent(draws -> draws.states()
                            .forEach(draw -> phases.add(draw.getClass().getSimpleName())));
            collect(next.effects(), turns, steps);
            now += random.nextInt(2_000);
            Transition<GroupState> after = step(group, turns, steps, random, now);
            next = after;
        }
        return phases;
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
        assertThat(before.part(after.episodes().getFirst())).isEmpty();
    }

    @Test
    void anActionOfACrossedGroupIsWrittenOnce() {
        Transition<GroupState> dealt = dealCrossed(4);
        List<Turn> turns = new ArrayList<>();
        collect(dealt.effects(), turns, new ArrayList<>());
        GroupState before = dealt.state();
        for (Turn turn : turns.subList(0, turns.size() - 1)) {
            before = machine.action(before, Records.action(turn, 0, 1_000), 1).state();
        }
        EncodedGroup encoded = codec.encode(before, EncodedGroup.none());
        GroupState after = machine.action(before, Records.action(turns.getLast(), 0, 1_000), 1)
                .state();
        EncodedGroup next = codec.encode(after, encoded);

        // Of 8 draws and 16 episodes: the one, and the 4 that went to the judges with it, without what it says.
        int action = 1_000 * (Float.BYTES + 1);
        assertThat(next.bytes().length - encoded.bytes().length).isBetween(action, action + 500);
        assertThat(next.bytes().length).isLessThan(10 * action);
        assertThat(after.episodes().stream().filter(state -> encoded.part(state).isEmpty()))
                .hasSize(4);
        assertThat(after.draws().orElseThrow().states().stream()
                        .filter(state -> encoded.part(state).isEmpty()))
                .hasSize(1);
    }

    @Test
    void anAlignedGroupIsWrittenAsOlderReleasesReadIt() {
        assertThat(bytes(deal(2).state())[0]).isEqualTo((byte) 2);
        assertThat(bytes(dealCrossed(2).state())[0]).isEqualTo((byte) 3);
    }

    private static byte[] bytes(EncodedGroup encoded, GroupState group, int index) {
        return encoded.part(group.episodes().get(index)).orElseThrow();
    }

    private byte[] bytes(GroupState group) {
        return codec.encode(group, EncodedGroup.none()).bytes();
    }

    private Transition<GroupState> deal(int generations) {
        return deal(Records.task("t").setNumGenerations(generations).setMaxTurns(3));
    }

    private Transition<GroupState> dealCrossed(int generations) {
        return deal(Records.task("t").setNumGenerations(generations).setJointMode("cross"));
    }

    private Transition<GroupState> deal(Task.Builder task) {
        return machine.deal(
                task.setSampling(new Sampling(1.0, 1.0, 0, 32)).build(),
                List.of("ann", "bob"),
                List.of(
                        TalkEnvironment.observation("ann", "x".repeat(2_000)),
                        TalkEnvironment.observation("bob", "x".repeat(2_000))),
                0);
    }

    private Transition<GroupState> step(GroupState group, List<Turn> turns, List<Step> steps, Random random, long now) {
        if (!steps.isEmpty() && random.nextInt(3) == 0) {
            Step step = steps.remove(random.nextInt(steps.size()));
            boolean last = step.getTurn() + 1 == step.getTask().getMaxTurns();
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
            boolean lost = group.draws().isPresent() && turn.getEpisode() == 0;
            return machine.action(group, lost ? Records.refusal(turn) : Records.action(turn, random.nextInt(2)), now);
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
