package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.RoleObservation;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A group's bytes in parts, with what they stand for, so that after the next event only what it changed is encoded. All
 * comparisons are by identity: the states are values, so an episode that no event has touched is the same object.
 */
final class EncodedGroup {

    private final byte[] head;
    private final IdentityHashMap<RoleObservation, Integer> numbers;
    private final byte[] observations;
    private final List<byte[]> episodes;
    private final IdentityHashMap<EpisodeState, byte[]> byState = new IdentityHashMap<>();

    /**
     * @param head what never changes about a group
     * @param numbers under which the episodes name their observations
     * @param observations the observations by number
     * @param states of the episodes
     * @param episodes their bytes, in the same order
     */
    EncodedGroup(
            byte[] head,
            IdentityHashMap<RoleObservation, Integer> numbers,
            byte[] observations,
            List<EpisodeState> states,
            List<byte[]> episodes) {
        this.head = head;
        this.numbers = numbers;
        this.observations = observations;
        this.episodes = episodes;
        for (int index = 0; index < states.size(); index++) {
            byState.put(states.get(index), episodes.get(index));
        }
    }

    /** Before a group was encoded for the first time. */
    static EncodedGroup none() {
        return new EncodedGroup(new byte[0], new IdentityHashMap<>(), new byte[0], List.of(), List.of());
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

    /** The bytes of an episode that is still in this state. */
    Optional<byte[]> episode(EpisodeState state) {
        return Optional.ofNullable(byState.get(state));
    }

    /** The whole entry of the state store. */
    byte[] bytes() {
        int length = head.length + 2 * Integer.BYTES + observations.length;
        for (byte[] episode : episodes) {
            length += episode.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(length)
                .put(head)
                .putInt(observations.length)
                .put(observations)
                .putInt(episodes.size());
        episodes.forEach(bytes::put);
        return bytes.array();
    }
}
