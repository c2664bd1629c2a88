package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeCodec.RoleCount;
import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.EpisodeState.Drawing;
import dev.troupe.reward.coordinator.EpisodeState.Ended;
import dev.troupe.reward.coordinator.EpisodeState.Judging;
import dev.troupe.reward.coordinator.TurnState.Complete;
import dev.troupe.reward.coordinator.TurnState.Lost;
import dev.troupe.reward.coordinator.TurnState.Open;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The draws and episodes of a crossed group as bytes. A draw is written once, however many episodes combine it: an
 * episode that is with the judges, or has ended, has all that its draws came to, and takes its turn from there.
 */
final class CrossCodec {

    private final EpisodeCodec codec;

    CrossCodec(EpisodeCodec codec) {
        this.codec = codec;
    }

    void write(DataOutputStream out, Task task, TurnState draw, IdentityHashMap<RoleObservation, Integer> numbers)
            throws IOException {
        switch (draw) {
            case Open _ -> out.writeByte('O');
            case Complete _ -> out.writeByte('C');
            case Lost(Acting _, String reason) -> {
                out.writeByte('L');
                out.writeUTF(reason);
            }
        }
        codec.writeActing(out, task, draw.acting(), numbers);
    }

    void write(DataOutputStream out, EpisodeState state) throws IOException {
        switch (state) {
            case Drawing _ -> out.writeByte('D');
            case Judging(Progress progress, int attempt, long deadlineAt) -> {
                out.writeByte('J');
                out.writeInt(progress.duplicates());
                out.writeInt(progress.redeals());
                out.writeInt(attempt);
                out.writeLong(deadlineAt);
            }
            case Ended(Episode episode) -> {
                out.writeByte('E');
                codec.write(out, EpisodeRecords.stripped(episode));
            }
            case Acting acting ->
                throw new IllegalStateException("a crossed episode does not act: " + acting.progress());
        }
    }

    Draws draws(DataInputStream in, List<String> roles, List<RoleObservation> observations)
            throws IOException, MalformedRecordException {
        var states = new ArrayList<TurnState>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            states.add(draw(in, observations));
        }
        return new Draws(count / roles.size(), roles, states);
    }

    private TurnState draw(DataInputStream in, List<RoleObservation> observations)
            throws IOException, MalformedRecordException {
        int phase = in.readByte();
        return switch (phase) {
            case 'O' -> new Open(codec.readActing(in, observations, RoleCount.WRITTEN));
            case 'C' -> new Complete(codec.readActing(in, observations, RoleCount.WRITTEN));
            case 'L' -> {
                String reason = in.readUTF();
                yield new Lost(codec.readActing(in, observations, RoleCount.WRITTEN), reason);
            }
            default -> throw new IllegalStateException("a draw's state has no phase '%c'".formatted(phase));
        };
    }

    EpisodeState episode(DataInputStream in, int index, Draws draws, long dealtAt)
            throws IOException, MalformedRecordException {
        int phase = in.readByte();
        return switch (phase) {
            case 'D' -> new Drawing(index);
            case 'J' -> {
                var progress = new Progress(index, dealtAt, draws.steps(index), in.readInt(), in.readInt());
                yield new Judging(progress, in.readInt(), in.readLong());
            }
            case 'E' ->
                new Ended(Episode.newBuilder(codec.readEpisode(in))
                        .setSteps(draws.steps(index))
                        .build());
            default -> throw new IllegalStateException("an episode's state has no phase '%c'".formatted(phase));
        };
    }
}
