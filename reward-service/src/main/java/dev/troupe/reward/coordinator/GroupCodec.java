package dev.troupe.reward.coordinator;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.EpisodeState.Ended;
import dev.troupe.reward.coordinator.EpisodeState.Judging;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A group as the bytes of its state store entry.
 *
 * <p>A thin frame of our own around records in the wire format of the topics: what an older release wrote is read by
 * the registry's rules of evolution, like everything else. Observations are written once per group, not per episode.
 */
final class GroupCodec {

    private static final int FORMAT = 2;
    /** Has no count of the roles that act: all did. */
    private static final int FORMAT_OF_FULL_TURNS = 1;

    private static final RoleObservation NO_OBSERVATION = new RoleObservation("", List.of());

    private final PatientCodec codec;

    GroupCodec(PatientCodec codec) {
        this.codec = codec;
    }

    /**
     * Encodes a group.
     *
     * @param before the same group's bytes before the last event, or {@link EncodedGroup#none}
     */
    EncodedGroup encode(GroupState group, EncodedGroup before) {
        IdentityHashMap<RoleObservation, Integer> numbers = ObservationNumbers.of(group, before.numbers());
        byte[] observations = !before.isNone() && numbers.equals(before.numbers())
                ? before.observations()
                : codec.encode(TopicCatalog.JUDGEMENTS, judgement(group.task(), numbers));
        var episodes = new ArrayList<byte[]>(group.episodes().size());
        for (EpisodeState state : group.episodes()) {
            episodes.add(before.episode(state).orElseGet(() -> episode(group.task(), state, numbers)));
        }
        byte[] head = before.isNone() ? head(group) : before.head();
        return new EncodedGroup(head, numbers, observations, group.episodes(), episodes);
    }

    private byte[] head(GroupState group) {
        var bytes = new ByteArrayOutputStream(512);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            write(out, codec.encode(TopicCatalog.TASKS, group.task()));
            out.writeLong(group.dealtAt());
            out.writeLong(group.deadlineAt());
            out.writeInt(group.roles().size());
            for (String role : group.roles()) {
                out.writeUTF(role);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private byte[] episode(Task task, EpisodeState state, IdentityHashMap<RoleObservation, Integer> numbers) {
        var bytes = new ByteArrayOutputStream(1024);
        try (var out = new DataOutputStream(bytes)) {
            write(out, task, state, numbers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalStateException when the bytes are not those of an {@link EncodedGroup} */
    GroupState decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT && format != FORMAT_OF_FULL_TURNS) {
                throw new IllegalStateException(
                        "group state of format %d, this release reads up to %d; upgrade the service"
                                .formatted(format, FORMAT));
            }
            Task task = codec.decode(TopicCatalog.TASKS, read(in));
            long dealtAt = in.readLong();
            long deadlineAt = in.readLong();
            List<String> roles = new ArrayList<>();
            for (int count = in.readInt(); count > 0; count--) {
                roles.add(in.readUTF());
            }
            List<RoleObservation> observations =
                    codec.decode(TopicCatalog.JUDGEMENTS, read(in)).getObservations();
            List<EpisodeState> episodes = new ArrayList<>();
            for (int count = in.readInt(); count > 0; count--) {
                episodes.add(episode(in, format, observations, roles.size()));
            }
            return new GroupState(task, roles, dealtAt, deadlineAt, episodes);
        } catch (IOException | MalformedRecordException e) {
            throw new IllegalStateException("a group's state cannot be read: " + e.getMessage(), e);
        }
    }

    private void write(
            DataOutputStream out, Task task, EpisodeState state, IdentityHashMap<RoleObservation, Integer> numbers)
            throws IOException {
        switch (state) {
            case Ended(Episode episode) -> {
                out.writeByte('E');
                write(out, codec.encode(TopicCatalog.EPISODES, episode));
            }
            case Judging(Progress progress, int attempt, long deadlineAt) -> {
                out.writeByte('J');
                write(out, soFar(task, progress));
                out.writeInt(attempt);
                out.writeLong(deadlineAt);
            }
            case Acting acting -> {
                out.writeByte('A');
                write(out, soFar(task, acting.progress().with(pending(acting))));
                out.writeInt(acting.roles().size());
                for (RoleTurn role : acting.roles()) {
                    out.writeInt(requireNonNull(numbers.get(role.observation()), "an observation has no number"));
                    out.writeInt(role.attempt());
                    out.writeLong(role.deadlineAt());
                }
            }
        }
    }

    private EpisodeState episode(DataInputStream in, int format, List<RoleObservation> observations, int roleCount)
            throws IOException, MalformedRecordException {
        int phase = in.readByte();
        Episode episode = codec.decode(TopicCatalog.EPISODES, read(in));
        return switch (phase) {
            case 'E' -> new Ended(episode);
            case 'J' -> new Judging(progress(episode, episode.getSteps()), in.readInt(), in.readLong());
            case 'A' -> {
                List<EpisodeStep> steps = episode.getSteps();
                EpisodeStep pending = steps.getLast();
                List<RoleTurn> roles = new ArrayList<>();
                for (int count = format == FORMAT_OF_FULL_TURNS ? roleCount : in.readInt(); count > 0; count--) {
                    RoleObservation observation = observations.get(in.readInt());
                    Optional<Action> action = pending.getActions().stream()
                            .filter(candidate -> candidate.getRole().equals(observation.getRole()))
                            .findFirst();
                    roles.add(new RoleTurn(observation, in.readInt(), in.readLong(), action));
                }
                yield new Acting(progress(episode, steps.subList(0, steps.size() - 1)), roles, pending.getMessages());
            }
            default -> throw new IllegalStateException("an episode's state has no phase '%c'".formatted(phase));
        };
    }

    /** The current turn with all its messages, those of attempts that may not count included. */
    private static EpisodeStep pending(Acting acting) {
        List<Action> actions =
                acting.roles().stream().flatMap(role -> role.action().stream()).toList();
        List<Message> messages = acting.messages();
        return new EpisodeStep(acting.turn(), actions, messages);
    }

    private byte[] soFar(Task task, Progress progress) {
        return codec.encode(
                TopicCatalog.EPISODES,
                Episode.newBuilder()
                        .setTaskId(task.getTaskId())
                        .setEpisode(progress.index())
                        .setEnvironment("")
                        .setTeamId("")
                        .setCollaboration("")
                        .setPurpose(task.getPurpose())
                        .setStatus(EpisodeStatus.INCOMPLETE)
                        .setSteps(progress.steps())
                        .setDuplicates(progress.duplicates())
                        .setRedeals(progress.redeals())
                        .setStartedAt(progress.startedAt())
                        .setFinishedAt(0)
                        .build());
    }

    private static Progress progress(Episode episode, List<EpisodeStep> steps) {
        return new Progress(
                episode.getEpisode(), episode.getStartedAt(), steps, episode.getDuplicates(), episode.getRedeals());
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

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] read(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }
}
