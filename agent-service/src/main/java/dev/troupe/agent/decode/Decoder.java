package dev.troupe.agent.decode;

import dev.troupe.policy.TokenIds;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Decodes turns in this process. Safe for use by many threads. */
public final class Decoder implements AutoCloseable {
    private final List<DecodeLoop> loops;
    // guarded by this
    private TokenIds lastPrompt = TokenIds.of();
    // guarded by this
    private DecodeLoop lastLoop;

    public Decoder(DecodeOptions options, MeterRegistry registry, InstantSource clock) {
        loops = IntStream.range(0, options.threads())
                .mapToObj(i -> new DecodeLoop(
                        "decoder-" + i, options, new DecodeMetrics(registry, Integer.toString(i)), clock))
                .toList();
        lastLoop = loops.getFirst();
    }

    public void start() {
        loops.forEach(DecodeLoop::start);
    }

    public boolean live() {
        return loops.stream().allMatch(DecodeLoop::live);
    }

    /**
     * Decodes a turn. Its draws depend on its own seed alone.
     *
     * @param held is the decoder's from here on, until the result holds it
     * @return fails with {@link DeadlinePassedException}, with {@link java.util.concurrent.CancellationException} when
     *     the decoder is closed, or with what the engine says; cancel it when nobody waits for it any more
     */
    public CompletableFuture<Decoded> submit(HeldWeights held, DecodeRequest request) {
        var sequence = new Sequence(held, request);
        loop(request.generation().prompt()).submit(sequence);
        return sequence.result();
    }

    /** The one with the least to do; but siblings that continue one prompt stay together, so that it is read once. */
    private synchronized DecodeLoop loop(TokenIds prompt) {
        if (!prompt.equals(lastPrompt)) {
            lastLoop = loops.stream()
                    .min(Comparator.comparingLong(DecodeLoop::load))
                    .orElseThrow();
            lastPrompt = prompt;
        }
        return lastLoop;
    }

    @Override
    public void close() {
        loops.forEach(DecodeLoop::close);
    }
}
