package dev.troupe.agent.decode;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.policy.Completion;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainablePolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The decoder on a policy of a few hundred weights. */
class DecoderTest {
    private static final DecoderConfig TINY = new DecoderConfig(
            16, 8, 8, 1, 2, 1, 4, 1e-5, 10_000, 512, true, List.of(1), OptionalInt.empty(), OptionalInt.of(0));
    private static final Instant NOW = Instant.ofEpochSecond(1000);
    private static final Instant LATER = NOW.plusSeconds(60);

    @TempDir
    Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger leases = new AtomicInteger();

    @Test
    void completesWhatIsSubmittedAndGivesTheWeightsBack() throws Exception {
        try (ServingPolicy policy = policy(1);
                var decoder = decoder(new DecodeOptions(2, 3, 100, 3, false))) {
            // Given: more than fits at once
            List<GenerationRequest> requests = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                requests.add(new GenerationRequest(TokenIds.of(2, 3 + i % 5), new SamplingParams(1, 1, 0, 20), i));
            }

            // When
            List<CompletableFuture<Decoded>> results = requests.stream()
                    .map(request -> decoder.submit(new Held(policy, 4), new DecodeRequest(request, "line", LATER)))
                    .toList();

            // Then
            List<Completion> expected = policy.generate(requests);
            for (int i = 0; i < requests.size(); i++) {
                Decoded decoded = results.get(i).get(30, TimeUnit.SECONDS);
                assertThat(decoded.completion().tokens())
                        .isEqualTo(expected.get(i).tokens());
                assertThat(decoded.spans())
                        .containsExactly(new Decoded.Span(
                                4, 0, decoded.completion().tokens().size()));
                decoded.held().close();
            }
            assertThat(leases).hasValue(0);
        }
    }

    @Test
    void dropsWhatIsLateOrCancelled() throws Exception {
        try (ServingPolicy policy = policy(1);
                var decoder = decoder(DecodeOptions.DEFAULT)) {
            // Given: the decoder does not run yet
            var request = new GenerationRequest(TokenIds.of(2), new SamplingParams(1, 1, 0, 500), 1);
            var idle = new Decoder(DecodeOptions.DEFAULT, new SimpleMeterRegistry(), InstantSource.fixed(NOW));
            CompletableFuture<Decoded> cancelled =
                    idle.submit(new Held(policy, 1), new DecodeRequest(request, "a", LATER));
            cancelled.cancel(true);

            // When
            CompletableFuture<Decoded> late =
                    decoder.submit(new Held(policy, 1), new DecodeRequest(request, "a", NOW.minusSeconds(1)));
            idle.start();
            CompletableFuture<Decoded> good = idle.submit(new Held(policy, 1), new DecodeRequest(request, "a", LATER));

            // Then
            assertThatThrownBy(() -> late.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(DeadlinePassedException.class);
            good.get(30, TimeUnit.SECONDS).held().close();
            assertThat(leases).hasValue(0);
            idle.close();
        }
    }

    @Test
    void cancelsWhatItDoesNotGetToWhenItIsClosed() throws Exception {
        try (ServingPolicy policy = policy(1)) {
            var request = new GenerationRequest(TokenIds.of(2), new SamplingParams(1, 1, 0, 500), 1);
            var decoder = decoder(DecodeOptions.DEFAULT);
            List<CompletableFuture<Decoded>> results = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                results.add(decoder.submit(new Held(policy, 1), new DecodeRequest(request, "a", LATER)));
            }

            decoder.close();

            CompletableFuture<Decoded> after =
                    decoder.submit(new Held(policy, 1), new DecodeRequest(request, "a", LATER));
            results.add(after);
            for (CompletableFuture<Decoded> result : results) {
                result.handle((decoded, error) -> {
                            if (decoded != null) {
                                decoded.held().close();
                            }
                            return error;
                        })
                        .get(30, TimeUnit.SECONDS);
            }
            assertThatThrownBy(after::join).isInstanceOf(CancellationException.class);
            assertThat(leases).hasValue(0);
        }
    }

    @Test
    void carriesRunningSequencesOverToTheVersionThatIsSwappedIn() throws Exception {
        try (ServingPolicy old = policy(1);
                ServingPolicy young = policy(2);
                var decoder = decoder(new DecodeOptions(1, 8, 10_000, 2048, true))) {
            // Given: one that may go on with the next version, and one that asked for its own
            var successor = new AtomicReference<Optional<HeldWeights>>(Optional.empty());
            GenerationRequest request = lasting(old);
            CompletableFuture<Decoded> carried =
                    decoder.submit(new Held(old, 1, successor), new DecodeRequest(request, "a", LATER));
            CompletableFuture<Decoded> pinned =
                    decoder.submit(new Held(old, 1), new DecodeRequest(request, "a", LATER));

            // When
            successor.set(Optional.of(new Held(young, 2)));

            // Then
            Decoded result = carried.get(30, TimeUnit.SECONDS);
            assertThat(result.spans().getLast().end())
                    .isEqualTo(result.completion().tokens().size());
            assertThat(result.held().version())
                    .isEqualTo(result.spans().getLast().version());
            Completion alone = old.generate(List.of(request)).getFirst();
            int drawnByOld = result.spans().getFirst().version() == 1
                    ? result.spans().getFirst().end()
                    : 0;
            assertThat(result.completion().tokens().slice(0, drawnByOld))
                    .isEqualTo(alone.tokens().slice(0, drawnByOld));
            assertThat(pinned.get(30, TimeUnit.SECONDS).completion().tokens()).isEqualTo(alone.tokens());
            assertThat(meters.timer(DecodeMetrics.SWAP_PAUSE, "thread", "0").count())
                    .as("pauses: one if the old version had begun to draw")
                    .isBetween(drawnByOld == 0 ? 0L : 1L, 1L);
            result.held().close();
            pinned.get().held().close();
        }
    }

    /** A request that the policy does not complete soon. */
    private static GenerationRequest lasting(ServingPolicy policy) {
        for (long seed = 0; ; seed++) {
            var request = new GenerationRequest(TokenIds.of(2, 3), new SamplingParams(1, 1, 0, 400), seed);
            if (policy.generate(List.of(request)).getFirst().tokens().size() > 40) {
                return request;
            }
        }
    }

    private Decoder decoder(DecodeOptions options) {
        var decoder = new Decoder(options, meters, InstantSource.fixed(NOW));
        decoder.start();
        return decoder;
    }

    private ServingPolicy policy(long seed) throws IOException {
        Path checkpoint = directory.resolve(Long.toString(seed));
        try (TrainablePolicy policy = TrainablePolicy.initialize(TINY, seed)) {
            policy.save(checkpoint);
        }
        return ServingPolicy.load(checkpoint);
    }

    /** Counts how often its weights are held. */
    private final class Held implements HeldWeights {
        private final ServingPolicy weights;
        private final int version;
        private final AtomicReference<Optional<HeldWeights>> successor;

        Held(ServingPolicy weights, int version) {
            this(weights, version, new AtomicReference<>(Optional.empty()));
        }

        Held(ServingPolicy weights, int version, AtomicReference<Optional<HeldWeights>> successor) {
            this.weights = weights;
            this.version = version;
            this.successor = successor;
            leases.incrementAndGet();
        }

        @Override
        public ServingPolicy weights() {
            return weights;
        }

        @Override
        public int version() {
            return version;
        }

        @Override
        public HeldWeights share() {
            return new Held(weights, version);
        }

        @Override
        public boolean outdated() {
            return requireNonNull(successor.get()).isPresent();
        }

        @Override
        public Optional<HeldWeights> successor() {
            return requireNonNull(successor.get()).map(HeldWeights::share);
        }

        @Override
        public void close() {
            leases.decrementAndGet();
        }
    }
}
