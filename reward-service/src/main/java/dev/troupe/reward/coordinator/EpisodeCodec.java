package dev.troupe.reward.coordinator;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.EpisodeState.Drawing;
import dev.troupe.reward.coordinator.EpisodeState.Ended;
import dev.troupe.reward.coordinator.EpisodeState.Judging;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** An episode of an aligned group, and a turn, as bytes. */
final class EpisodeCodec {

    private final PatientCodec codec;

    EpisodeCodec(PatientCodec codec) {
        this.codec = codec;
    }

    void write(DataOutputStream out, Task task, EpisodeState state, IdentityHashMap<RoleObservation, Integer> numbers)
            throws IOException {
        switch (state) {
            case Ended(Episode episode) -> {
                out.writeByte('E');
                write(out, episode);
            }
            case Judging(Progress progress, int attempt, long deadlineAt) -> {
                out.writeByte('J');
                write(out, soFar(task, progress));
                out.writeInt(attempt);
                out.writeLong(deadlineAt);
            }
            case Acting acting -> {
                out.writeByte('A');
                writeActing(out, task, acting, numbers);
            }
            case Drawing _ -> throw new IllegalStateException("an aligned group has no draws: " + task.getTaskId());
        }
    }

    /** @param roles how many act, read here or known otherwise */
    EpisodeState read(DataInputStream in, List<RoleObservation> observations, RoleCount roles)
            throws IOException, MalformedRecordException {
        int phase = in.readByte();
        return switch (phase) {
            case 'E' -> new Ended(readEpisode(in));
            case 'J' -> {
                Episode episode = readEpisode(in);
                yield new Judging(progress(episode, episode.getSteps()), in.readInt(), in.readLong());
            }
            case 'A' -> readActing(in, observations, roles);
            default -> throw new IllegalStateException("an episode's state has no phase '%c'".formatted(phase));
        };
    }

    /** How many roles act in a turn. */
    @FunctionalInterface
    interface RoleCount {
        RoleCount WRITTEN = DataInputStream::readInt;

        int read(DataInputStream in) throws IOException;
    }

    void writeActing(DataOutputStream out, Task task, Acting acting, IdentityHashMap<RoleObservation, Integer> numbers)
            throws IOException {
        write(out, soFar(task, acting.progress().with(pending(acting))));
        out.writeInt(acting.roles().size());
        for (RoleTurn role : acting.roles()) {
            out.writeInt(requireNonNull(numbers.get(role.observation()), "an observation has no number"));
            out.writeInt(role.attempt());
            out.writeLong(role.deadlineAt());
        }
    }

    Acting readActing(DataInputStream in, List<RoleObservation> observations, RoleCount count)
            throws IOException, MalformedRecordException {
        Episode episode = readEpisode(in);
        List<EpisodeStep> steps = episode.getSteps();
        EpisodeStep pending = steps.getLast();
        List<RoleTurn> roles = new ArrayList<>();
        for (int left = count.read(in); left > 0; left--) {
            RoleObservation observation = observations.get(in.readInt());
            Optional<Action> action = pending.getActions().stream()
                    .filter(candidate -> candidate.getRole().equals(observation.getRole()))
                    .findFirst();
            roles.add(new RoleTurn(observation, in.readInt(), in.readLong(), action));
        }
        return new Acting(progress(episode, steps.subList(0, steps.size() - 1)), roles, pending.getMessages());
    }

    void write(DataOutputStream out, Episode episode) throws IOException {
        Frames.write(out, codec.encode(TopicCatalog.EPISODES, episode));
    }

    Episode readEpisode(DataInputStream in) throws IOException, MalformedRecordException {
        return codec.decode(TopicCatalog.EPISODES, Frames.read(in));
    }

    /** The current turn with all its messages, those of attempts that may not count included. */
    private static EpisodeStep pending(Acting acting) {
        List<Action> actions =
                acting.roles().stream().flatMap(role -> role.action().stream()).toList();
        return new EpisodeStep(acting.turn(), actions, acting.messages());
    }

    private static Episode soFar(Task task, Progress progress) {
        return Episode.newBuilder()
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
                .build();
    }

    private static Progress progress(Episode episode, List<EpisodeStep> steps) {
        return new Progress(
                episode.getEpisode(), episode.getStartedAt(), steps, episode.getDuplicates(), episode.getRedeals());
    }
}
