package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.RoleObservation;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A group's bytes in parts, with what they stand for, so that after the next event only what it changed is encoded. All
 * comparisons are by identity: the states are values, so an episode or a draw that no event has touched is the same
 * object.
 */
final class EncodedGroup {

    private final byte[] head;
    private final IdentityHashMap<RoleObservation, Integer> numbers;
    private final byte[] observations;
    private final List<byte[]> draws;
    private final List<byte[]> episodes;
    private final IdentityHashMap<Object, byte[]> parts;

    /**
     * @param head what never changes about a group
     * @param numbers under which the turns name their observations
     * @param observations the observations by number
     * @param parts the bytes of all draws and episodes of the group
     */
    EncodedGroup(
            byte[] head,
            IdentityHashMap<RoleObservation, Integer> numbers,
            byte[] observations,
            GroupState group,
            IdentityHashMap<Object, byte[]> parts) {
        this(
                head,
                numbers,
                observations,
                group.draws().stream()
                        .flatMap(draws -> draws.states().stream())
                        .map(parts::get)
                        .toList(),
                group.episodes().stream().map(parts::get).toList(),
                parts);
    }

    private EncodedGroup(
            byte[] head,
            IdentityHashMap<RoleObservation, Integer> numbers,
            byte[] observations,
            List<byte[]> draws,
            List<byte[]> episodes,
            IdentityHashMap<Object, byte[]> parts) {
        this.head = head;
        this.numbers = numbers;
        this.observations = observations;
        this.draws = draws;
        this.episodes = episodes;
        this.parts = parts;
    }

    /** Before a group was encoded for the first time. */
    static EncodedGroup none() {
        return new EncodedGroup(
                new byte[0], new IdentityHashMap<>(), new byte[0], List.of(), List.of(), new IdentityHashMap<>());
    }

    boolean isNone() {
        return episodes.isEmpty();
    }

    byte[] head() {
        return head;
    }

    IdentityHashMap<RoleObservation, Integer> numbers() {
        return numbers;
    }

    byte[] observations() {
        return observations;
    }

    /** The bytes of an {@link EpisodeState} or of a draw's {@link TurnState} that is still there. */
    Optional<byte[]> part(Object state) {
        return Optional.ofNullable(parts.get(state));
    }

    /** The whole entry of the state store. An aligned group has no draws, and no count of them. */
    byte[] bytes() {
        int counts = draws.isEmpty() ? 2 : 3;
        int length = head.length + counts * Integer.BYTES + observations.length + length(draws) + length(episodes);
        ByteBuffer bytes = ByteBuffer.allocate(length)
                .put(head)
                .putInt(observations.length)
                .put(observations);
        if (!draws.isEmpty()) {
            bytes.putInt(draws.size());
            draws.forEach(bytes::put);
        }
        bytes.putInt(episodes.size());
        episodes.forEach(bytes::put);
        return bytes.array();
    }

    private static int length(List<byte[]> parts) {
        return parts.stream().mapToInt(part -> part.length).sum();
    }
}
