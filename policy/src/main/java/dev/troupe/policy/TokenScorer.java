package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs sequences through the decoder, micro-batch by micro-batch, and takes logits at completion positions only. Logits
 * are kept for the backward pass up to a bound; beyond it they are computed a piece at a time, and again on the way
 * back, so that (tokens, vocab) is never held whole.
 */
final class TokenScorer {
    /**
     * Enough rows to keep matrix products efficient, few enough to stay near the cache (measured at 0.66 M weights).
     */
    static final int MICRO_BATCH_TOKENS = 2048;

    /** 64 MiB of logits: large against the cost of a call, small against a machine's memory. */
    static final int MAX_LOGITS = 1 << 24;

    private final DecoderConfig config;
    private final TrainDecoder decoder;
    private final TokenHead head;
    private final int maxLogits;

    /** @param maxLogits that are kept, and of one piece; a piece has one token at least */
    TokenScorer(DecoderConfig config, TrainDecoder decoder, int maxLogits) {
        this.config = config;
        this.decoder = decoder;
        this.head = new TokenHead(config, decoder);
        this.maxLogits = maxLogits;
    }

    void check(List<TrainingSequence> sequences) {
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("no sequences: a batch needs at least one");
        }
        int positions = RopeTable.positions(config);
        for (int i = 0; i < sequences.size(); i++) {
            TokenIds tokens = sequences.get(i).tokens();
            if (tokens.size() > positions) {
                throw new IllegalArgumentException("sequence " + i + " has " + tokens.size()
                        + " tokens, more than the model's " + positions + " positions");
            }
            if (tokens.highest() >= config.vocabSize()) {
                throw new IllegalArgumentException("sequence " + i + " has token id " + tokens.highest()
                        + ", outside the vocabulary of " + config.vocabSize());
            }
        }
    }

    /** One micro-batch between its forward and its backward pass; its tokens begin at {@code from}. */
    private record Scored(HiddenStates hidden, TokenScores scores, int from, int tokens) {}

    /** A batch between its forward and its backward pass. */
    static final class Pass {
        private final NDManager step;
        private final List<Scored> scored;
        private final TokenPlaces places;

        private Pass(NDManager step, List<Scored> scored, TokenPlaces places) {
            this.step = step;
            this.scored = scored;
            this.places = places;
        }

        /** The log-probs (tokens) as the start of a graph of their own. */
        NDArray leaf() {
            return Torch.leaf(joined(scored, TokenScores::logprobs), step);
        }

        /** What a loss is computed from by the engine. */
        TokenLogProbs batch(NDArray leaf) {
            return TokenScorer.batch(places, leaf, () -> joined(scored, TokenScores::entropies), step);
        }

        /** What a loss is computed from in Java. */
        ScoredTokens tokens() {
            return new ScoredTokens(
                    places,
                    joined(scored, TokenScores::logprobs).toFloatArray(),
                    () -> joined(scored, TokenScores::entropies).toFloatArray());
        }

        TokenGradients gradients() {
            return new TokenGradients(places);
        }

        /** Takes the gradient that a loss has left at the log-probs to the parameters. */
        void backward(NDArray leaf) {
            backward(new ScoreGradient(Torch.gradient(leaf, step), Optional.empty()));
        }

        void backward(TokenGradients gradients) {
            backward(new ScoreGradient(
                    array(gradients.byLogProb()), gradients.byEntropy().map(this::array)));
        }

        private NDArray array(float[] values) {
            return Torch.owned(step.create(values));
        }

        private void backward(ScoreGradient gradient) {
            for (Scored micro : scored) {
                ScoreGradient slice = gradient.slice(micro.from(), (long) micro.from() + micro.tokens(), step);
                micro.hidden().backward().run(micro.scores().backward(slice));
            }
        }
    }

    /** The forward pass; recorded when the thread records. */
    Pass forward(List<TrainingSequence> sequences, NDManager step) {
        List<Scored> scored = new ArrayList<>();
        int[] offsets = new int[sequences.size()];
        int tokens = 0;
        long kept = 0;
        for (List<Integer> indices : MicroBatches.byLength(sequences, MICRO_BATCH_TOKENS)) {
            var micro = new MicroBatch(indices.stream().map(sequences::get).toList());
            HiddenStates hidden = decoder.hidden(micro.inputs(step), step);
            var chosen = TokenHead.Tokens.of(micro, step);
            long logits = (long) chosen.count() * config.vocabSize();
            boolean keeps = kept + logits <= maxLogits;
            kept += keeps ? logits : 0;
            TokenScores scores = keeps
                    ? new KeptLogits(head, hidden.values(), chosen, step)
                    : new LogitPieces(head, hidden.values(), chosen, Math.max(1, maxLogits / config.vocabSize()), step);
            scored.add(new Scored(hidden, scores, tokens, chosen.count()));
            for (int index : indices) {
                offsets[index] = tokens;
                tokens += sequences.get(index).completionLength();
            }
        }
        int[] lengths =
                sequences.stream().mapToInt(TrainingSequence::completionLength).toArray();
        return new Pass(step, scored, new TokenPlaces(offsets, lengths));
    }

    private static NDArray joined(List<Scored> scored, Function<TokenScores, NDArray> values) {
        return Torch.notRecording(() -> Torch.concat(new NDList(
                scored.stream().map(micro -> values.apply(micro.scores())).toList())));
    }

    private static TokenLogProbs batch(
            TokenPlaces places, NDArray logprobs, Supplier<NDArray> entropies, NDManager step) {
        int columns = places.longest();
        long[] placement = new long[places.sequences() * columns];
        float[] mask = new float[placement.length];
        for (int row = 0; row < places.sequences(); row++) {
            for (int t = 0; t < places.length(row); t++) {
                placement[row * columns + t] = places.of(row, t);
                mask[row * columns + t] = 1;
            }
        }
        return new TokenLogProbs(
                step,
                logprobs,
                Torch.owned(step.create(mask, new Shape(places.sequences(), columns))),
                entropies,
                Torch.owned(step.create(placement)));
    }
}
