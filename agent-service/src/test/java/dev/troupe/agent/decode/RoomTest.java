package dev.troupe.agent.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoomTest {
    private static final int COMPLETION = 10;

    @Test
    void readsNoMoreBetweenTwoStepsThanItMay() {
        var room = new Room(100, 1000, 8, false);

        assertThat(room.takes(sequence(5))).isTrue();
        assertThat(room.takes(sequence(4))).as("5 and 4 are more than 8").isFalse();
        assertThat(room.leftUnread()).isTrue();
        assertThat(room.takes(sequence(3))).isTrue();
    }

    @Test
    void siblingsAreReadOnce() {
        var room = new Room(100, 1000, 8, false);
        Sequence first = sequence(5);
        room.takes(first);

        assertThat(room.takesSibling(sequence(5), first)).isTrue();
        assertThat(room.takesSibling(sequence(3), first)).as("another prompt").isFalse();
        assertThat(room.takes(sequence(3))).isTrue();
        assertThat(room.leftUnread()).isFalse();
    }

    @Test
    void aLongPromptIsReadAlone() {
        var room = new Room(100, 1000, 8, false);

        assertThat(room.takes(sequence(50))).isTrue();
        assertThat(room.takes(sequence(1))).isFalse();
    }

    @Test
    void aLargeRequestRunsAloneAndOnlyWhenNothingRuns() {
        assertThat(new Room(100, 12, 100, false).takes(sequence(5))).isFalse();

        var empty = new Room(100, 12, Long.MAX_VALUE, true);
        assertThat(empty.takes(sequence(5))).isTrue();
        assertThat(empty.takes(sequence(1))).isFalse();
        assertThat(empty.leftUnread()).as("it does not fit").isFalse();
    }

    @Test
    void takesAsManySequencesAsItHasRoomFor() {
        var room = new Room(2, 1000, 100, false);
        Sequence first = sequence(5);

        assertThat(room.takes(first)).isTrue();
        assertThat(room.takesSibling(sequence(5), first)).isTrue();
        assertThat(room.takesSibling(sequence(5), first)).isFalse();
        assertThat(room.takes(sequence(1))).isFalse();
    }

    private static Sequence sequence(int promptTokens) {
        var prompt = TokenIds.of(IntStream.rangeClosed(1, promptTokens).toArray());
        var request = new GenerationRequest(prompt, new SamplingParams(1, 1, 0, COMPLETION), 1);
        return new Sequence(new NoWeights(), new DecodeRequest(request, "line", Instant.EPOCH));
    }

    /** Room does not look at weights. */
    private record NoWeights() implements HeldWeights {
        @Override
        public ServingPolicy weights() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int version() {
            return 0;
        }

        @Override
        public HeldWeights share() {
            return this;
        }

        @Override
        public boolean outdated() {
            return false;
        }

        @Override
        public Optional<HeldWeights> successor() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
