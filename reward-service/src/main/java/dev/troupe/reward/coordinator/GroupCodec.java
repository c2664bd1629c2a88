package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeCodec.RoleCount;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A group as the bytes of its state store entry.
 *
 * <p>A thin frame of our own around records in the wire format of the topics: what an older release wrote is read by
 * the registry's rules of evolution, like everything else. Observations are written once per group, not per episode; so
 * are the draws of a crossed group.
 */
final class GroupCodec {

    private static final int FORMAT_OF_CROSSED = 3;
    /** Of aligned groups, and so what an older release can still read. */
    private static final int FORMAT = 2;
    /** Has no count of the roles that act: all did. */
    private static final int FORMAT_OF_FULL_TURNS = 1;

    private static final RoleObservation NO_OBSERVATION = new RoleObservation("", List.of());

    private final PatientCodec codec;
    private final EpisodeCodec aligned;
    private final CrossCodec crossed;

    GroupCodec(PatientCodec codec) {
        this.codec = codec;
        this.aligned = new EpisodeCodec(codec);
        this.crossed = new CrossCodec(aligned);
    }

    /**
     * Encodes a group.
     *
     * @param before the same group's bytes before the last event, or {@link EncodedGroup#none}
     */
    EncodedGroup encode(GroupState group, EncodedGroup before) {
        Task task = group.task();
        IdentityHashMap<RoleObservation, Integer> numbers = ObservationNumbers.of(group, before.numbers());
        byte[] observations = !before.isNone() && numbers.equals(before.numbers())
                ? before.observations()
                : codec.encode(TopicCatalog.JUDGEMENTS, judgement(task, numbers));
        var parts = new IdentityHashMap<Object, byte[]>();
        group.draws()
                .ifPresent(draws -> draws.states()
                        .forEach(draw -> parts.put(
                                draw,
                                before.part(draw)
                                        .orElseGet(
                                                () -> Frames.bytes(out -> crossed.write(out, task, draw, numbers))))));
        for (EpisodeState state : group.episodes()) {
            parts.put(
                    state,
                    before.part(state)
                            .orElseGet(() -> Frames.bytes(out -> {
                                if (group.draws().isPresent()) {
                                    crossed.write(out, state);
                                } else {
                                    aligned.write(out, task, state, numbers);
                                }
                            })));
        }
        byte[] head = before.isNone() ? head(group) : before.head();
        return new EncodedGroup(head, numbers, observations, group, parts);
    }

    private byte[] head(GroupState group) {
        return Frames.bytes(out -> {
            out.writeByte(group.draws().isPresent() ? FORMAT_OF_CROSSED : FORMAT);
            Frames.write(out, codec.encode(TopicCatalog.TASKS, group.task()));
            out.writeLong(group.dealtAt());
            out.writeLong(group.deadlineAt());
            out.writeInt(group.roles().size());
            for (String role : group.roles()) {
                out.writeUTF(role);
            }
        });
    }

    /** @throws IllegalStateException when the bytes are not those of an {@link EncodedGroup} */
    GroupState decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format < FORMAT_OF_FULL_TURNS || format > FORMAT_OF_CROSSED) {
                throw new IllegalStateException(
                        "group state of format %d, this release reads up to %d; upgrade the service"
                                .formatted(format, FORMAT_OF_CROSSED));
            }
            Task task = codec.decode(TopicCatalog.TASKS, Frames.read(in));
            long dealtAt = in.readLong();
            long deadlineAt = in.readLong();
            List<String> roles = new ArrayList<>();
            for (int count = in.readInt(); count > 0; count--) {
                roles.add(in.readUTF());
            }
            List<RoleObservation> observations =
                    codec.decode(TopicCatalog.JUDGEMENTS, Frames.read(in)).getObservations();
            Optional<Draws> draws = format == FORMAT_OF_CROSSED
                    ? Optional.of(crossed.draws(in, roles, observations))
                    : Optional.empty();
            RoleCount acting = format == FORMAT_OF_FULL_TURNS ? _ -> roles.size() : RoleCount.WRITTEN;
            List<EpisodeState> episodes = new ArrayList<>();
            int count = in.readInt();
            for (int index = 0; index < count; index++) {
                episodes.add(
                        draws.isPresent()
                                ? crossed.episode(in, index, draws.get(), dealtAt)
                                : aligned.read(in, observations, acting));
            }
            return new GroupState(task, roles, dealtAt, deadlineAt, episodes, draws);
        } catch (IOException | MalformedRecordException e) {
            throw new IllegalStateException("a group's state cannot be read: " + e.getMessage(), e);
        }
    }

    /** The observations in the order of their numbers; a number that was given up has an empty one. */
    private static Judgement judgement(Task task, IdentityHashMap<RoleObservation, Integer> numbers) {
        int highest =
                numbers.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        var ordered = new ArrayList<>(Collections.nCopies(highest + 1, NO_OBSERVATION));
        numbers.forEach((observation, number) -> ordered.set(number, observation));
        return Judgement.newBuilder()
                .setTaskId(task.getTaskId())
                .setEpisode(0)
                .setTurn(0)
                .setObservations(ordered)
                .setJudgedBy("")
                .build();
    }
}
