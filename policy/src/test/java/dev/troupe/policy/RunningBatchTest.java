package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.RunningBatch.Finished;
import dev.troupe.policy.RunningBatch.Ticket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches whose rows come and go, on a decoder of a few thousand weights. */
class RunningBatchTest {
    @TempDir
    Path directory;

    private final Samples samples = new Samples(11);

    @ParameterizedTest
    @EnumSource(Backend.class)
    void drawsWhatEachRequestDrawsAloneWhoeverComesAndGoes(Backend backend) throws Exception {
        // Given: prompts of 2 to 6 tokens, up to 100 steps long, at random moments
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        List<GenerationRequest> requests = samples.requests(11);
        try (var serving = serving(2, backend)) {
            List<Completion> expected = new ArrayList<>();
            for (GenerationRequest request : requests) {
                expected.add(serving.generate(List.of(request)).getFirst());
            }

            // When
            Map<Ticket, Integer> places = new HashMap<>();
            Map<Integer, Completion> completions = new HashMap<>();
            try (RunningBatch batch = serving.open()) {
                for (int next = 0; next < requests.size() || batch.size() > 0; ) {
                    int coming = Math.min(random.nextInt(4), requests.size() - next);
                    List<Ticket> tickets = batch.admit(requests.subList(next, next + coming));
                    for (Ticket ticket : tickets) {
                        places.put(ticket, next++);
                    }
                    for (int steps = random.nextInt(12); steps > 0; steps--) {
                        batch.step();
                    }
                    batch.takeFinished()
                            .forEach(done ->
                                    completions.put(requireNonNull(places.get(done.ticket())), done.completion()));
                }
            }

            // Then
            for (int i = 0; i < requests.size(); i++) {
                Completion completion = requireNonNull(completions.get(i));
                assertThat(completion.tokens())
                        .as("request %d, seed %d", i, seed)
                        .isEqualTo(expected.get(i).tokens());
                assertThat(completion.logprobs().toArray())
                        .as("request %d, seed %d", i, seed)
                        .containsExactly(expected.get(i).logprobs().toArray(), within(1e-4f));
            }
        }
    }

    /** One after another, with steps between: the later ones find their prompt read, whoever read it. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void siblingsThatComeLaterDrawWhatTheyDrawAlone(Backend backend) throws Exception {
        // Given: four seeds of each of three prompts, the longest prompt first
        try (var serving = serving(2, backend)) {
            List<GenerationRequest> requests = new ArrayList<>();
            for (TokenIds prompt : List.of(samples.tokens(7), samples.tokens(2), samples.tokens(5))) {
                LongStream.range(0, 4)
                        .mapToObj(seed -> new GenerationRequest(prompt, new SamplingParams(1, 1, 0, 20), seed))
                        .forEach(requests::add);
            }
            List<Completion> expected = serving.generate(requests);

            // When: first one of each prompt, then two more of each at a time, then the last ones
            Map<Ticket, Integer> places = new HashMap<>();
            Map<Integer, Completion> completions = new HashMap<>();
            try (RunningBatch batch = serving.open()) {
                for (List<Integer> seeds : List.of(List.of(0), List.of(1, 2), List.of(3))) {
                    List<Integer> coming = IntStream.range(0, requests.size())
                            .filter(i -> seeds.contains(i % 4))
                            .boxed()
                            .toList();
                    List<Ticket> tickets =
                            batch.admit(coming.stream().map(requests::get).toList());
                    IntStream.range(0, coming.size()).forEach(i -> places.put(tickets.get(i), coming.get(i)));
                    batch.step();
                    batch.step();
                }
                while (batch.size() > 0) {
                    batch.step();
                }
                batch.takeFinished()
                        .forEach(done -> completions.put(requireNonNull(places.get(done.ticket())), done.completion()));
            }

            // Then
            for (int i = 0; i < requests.size(); i++) {
                Completion completion = requireNonNull(completions.get(i));
                assertThat(completion.tokens())
                        .as("request %d", i)
                        .isEqualTo(expected.get(i).tokens());
                assertThat(completion.logprobs().toArray())
                        .as("request %d", i)
                        .containsExactly(expected.get(i).logprobs().toArray(), within(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aSiblingIsNotReadAgain(Backend backend) throws Exception {
        try (var serving = serving(2, backend);
                RunningBatch batch = serving.open()) {
            GenerationRequest lasting = lasting(serving, 5);
            batch.admit(List.of(lasting));

            Ticket sibling = batch.admit(List.of(lasting)).getFirst();

            assertThat(batch.drawn(sibling)).as("before the next step").isZero();
            batch.step();
            assertThat(batch.drawn(sibling)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void carriesSequencesOverToOtherWeights(Backend backend) throws Exception {
        // Given
        try (var before = serving(2, backend);
                var after = serving(3, backend);
                var trainer = TrainablePolicy.load(directory.resolve("3"));
                RunningBatch old = before.open();
                RunningBatch next = after.open()) {
            GenerationRequest first = lasting(before, 5);
            GenerationRequest second = lasting(before, 3);
            List<Ticket> tickets = old.admit(List.of(first, second));
            old.step();
            old.step();
            assertThat(old.drawn(tickets.getFirst())).isEqualTo(3);

            // When
            next.carryOver(old, tickets);
            while (next.size() > 0) {
                next.step();
            }

            // Then: the first three tokens are the old policy's, and all behind them the new one's
            assertThat(old.size()).isZero();
            List<Finished> finished = next.takeFinished();
            assertThat(finished).extracting(Finished::ticket).containsExactlyInAnyOrderElementsOf(tickets);
            for (Finished done : finished) {
                GenerationRequest request = done.ticket() == tickets.getFirst() ? first : second;
                TokenIds tokens = done.completion().tokens();
                Completion alone = before.generate(List.of(request)).getFirst();
                assertThat(tokens.slice(0, 3)).isEqualTo(alone.tokens().slice(0, 3));
                TrainingSequence carried = TrainingSequence.of(request.prompt(), tokens, 1);
                float[] recomputed =
                        trainer.logprobs(List.of(carried)).getFirst().toArray();
                for (int t = 3; t < tokens.size(); t++) {
                    assertThat(done.completion().logprobs().get(t)).isCloseTo(recomputed[t], within(1e-4f));
                }
            }
        }
    }

    @Test
    void leavesOutWhatIsCancelled() throws Exception {
        // Given
        List<GenerationRequest> requests = samples.requests(4);
        try (var serving = serving(2, Backend.NDARRAY)) {
            List<Completion> expected = serving.generate(requests);
            try (RunningBatch batch = serving.open()) {
                List<Ticket> tickets = batch.admit(requests);

                // When
                batch.cancel(tickets.get(3));
                batch.cancel(tickets.get(1));
                while (batch.size() > 0) {
                    batch.step();
                }

                // Then
                List<Finished> finished = batch.takeFinished();
                assertThat(finished)
                        .extracting(Finished::ticket)
                        .containsExactlyInAnyOrder(tickets.get(0), tickets.get(2));
                assertThat(finished)
                        .extracting(Finished::completion)
                        .extracting(Completion::tokens)
                        .containsExactlyInAnyOrder(
                                expected.get(0).tokens(), expected.get(2).tokens());
                assertThatThrownBy(() -> batch.drawn(tickets.get(1))).hasMessageContaining("no sequence");
            }
        }
    }

    @Test
    void admitsAllOrNone() throws Exception {
        try (var serving = serving(2, Backend.NDARRAY);
                RunningBatch batch = serving.open()) {
            var good = new GenerationRequest(samples.tokens(2), SamplingParams.greedy(3), 0);
            var foreign = new GenerationRequest(TokenIds.of(40), SamplingParams.greedy(1), 0);

            assertThatThrownBy(() -> batch.admit(List.of(good, foreign))).hasMessageContaining("vocabulary of 40");
            assertThat(batch.size()).isZero();
            batch.step();
            assertThat(batch.takeFinished()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void keepsNothingWhenItIsClosed(Backend backend) throws Exception {
        // Given
        try (var serving = serving(2, backend)) {
            serving.generate(samples.requests(3));
            int arrays = serving.managedArrays();

            // When: closed half way
            try (RunningBatch batch = serving.open()) {
                batch.admit(samples.requests(5));
                batch.step();
                batch.admit(samples.requests(3));
            }

            // Then
            assertThat(serving.managedArrays()).isEqualTo(arrays);
        }
    }

    /** A request that the policy does not complete within a few tokens. */
    private GenerationRequest lasting(ServingPolicy policy, int promptLength) {
        TokenIds prompt = samples.tokens(promptLength);
        return LongStream.range(0, 100)
                .mapToObj(seed -> new GenerationRequest(prompt, new SamplingParams(1, 1, 0, 20), seed))
                .filter(request ->
                        policy.generate(List.of(request)).getFirst().tokens().size() > 6)
                .findFirst()
                .orElseThrow();
    }

    private ServingPolicy serving(long seed, Backend backend) throws IOException {
        Path checkpoint = directory.resolve(Long.toString(seed));
        try (var policy = TrainablePolicy.initialize(Samples.TINY, seed)) {
            policy.save(checkpoint);
        }
        return ServingPolicy.load(checkpoint, new PolicyOptions(backend, Precision.FLOAT32));
    }
}
