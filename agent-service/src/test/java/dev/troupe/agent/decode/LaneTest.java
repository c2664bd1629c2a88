package dev.troupe.agent.decode;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainablePolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaneTest {
    /** No token ends a completion. */
    private static final DecoderConfig TINY = new DecoderConfig(
            16, 8, 8, 1, 2, 1, 4, 1e-5, 10_000, 512, true, List.of(), OptionalInt.empty(), OptionalInt.of(0));

    private static final Instant LATER = Instant.ofEpochSecond(60);
    private static final int PROMPT = 3;

    @TempDir
    Path directory;

    @Test
    void carriesOverAsManyAsTheBudgetAllowsAndOneInAnyCase() throws Exception {
        try (ServingPolicy old = policy(1);
                ServingPolicy young = policy(2);
                var from = new Lane(old);
                var to = new Lane(young)) {
            // Given: five sequences of a prompt of 3 tokens and one that was drawn
            var sequences = LongStream.range(0, 5)
                    .mapToObj(seed -> sequence(new Held(old, 1, new Held(young, 2, null)), seed))
                    .toList();
            from.admit(sequences);

            // When
            var carried = new ArrayList<Integer>();
            carried.add(from.carryOver(_ -> to, 2L * (PROMPT + 1)));
            carried.add(from.carryOver(_ -> to, 1));
            carried.add(from.carryOver(_ -> to, 100));
            carried.add(from.carryOver(_ -> to, 100));

            // Then
            assertThat(carried).containsExactly(2, 1, 2, 0);
            assertThat(from.isEmpty()).isTrue();
            while (!to.isEmpty()) {
                to.step(Instant.EPOCH);
            }
            assertThat(sequences)
                    .allSatisfy(sequence -> assertThat(sequence.result().join().spans())
                            .extracting(Decoded.Span::version)
                            .containsExactly(1, 2));
        }
    }

    private static Sequence sequence(Held held, long seed) {
        var request = new GenerationRequest(TokenIds.of(2, 3, 4), new SamplingParams(1, 1, 0, 6), seed);
        return new Sequence(held, new DecodeRequest(request, "line", LATER));
    }

    private ServingPolicy policy(long seed) throws IOException {
        Path checkpoint = directory.resolve(Long.toString(seed));
        try (TrainablePolicy policy = TrainablePolicy.initialize(TINY, seed)) {
            policy.save(checkpoint);
        }
        return ServingPolicy.load(checkpoint);
    }

    /** @param next the version that serves in place of this one */
    private record Held(
            ServingPolicy weights, int version, @Nullable Held next) implements HeldWeights {
        @Override
        public HeldWeights share() {
            return this;
        }

        @Override
        public boolean outdated() {
            return next != null;
        }

        @Override
        public Optional<HeldWeights> successor() {
            return Optional.of(requireNonNull(next));
        }

        @Override
        public void close() {}
    }
}
