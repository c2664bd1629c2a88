package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
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

    /** 16 MiB of logits: large against the cost of a call, small against a machine's memory. */
    static final int MAX_LOGITS = 1 << 22;

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
        private final NDArray compact;
        private final TokenLogProbs batch;

        private Pass(NDManager step, List<Scored> scored, NDArray compact, TokenLogProbs batch) {
            this.step = step;
            this.scored = scored;
            this.compact = compact;
            this.batch = batch;
        }

        /** What a loss is computed from. */
        TokenLogProbs batch() {
            return batch;
        }

        /** Takes the gradient that the loss has left at the log-probs to the parameters. */
        void backward() {
            NDArray gradient = Torch.gradient(compact, step);
            for (Scored micro : scored) {
                NDArray byLogProb = Torch.slice(gradient, 0, micro.from(), (long) micro.from() + micro.tokens(), step);
                micro.hidden().backward().run(micro.scores().backward(byLogProb));
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
        NDArray compact = Torch.leaf(joined(scored, TokenScores::logprobs), step);
        var batch = batch(sequences, offsets, compact, () -> joined(scored, TokenScores::entropies), step);
        return new Pass(step, scored, compact, batch);
    }

    private static NDArray joined(List<Scored> scored, Function<TokenScores, NDArray> values) {
        return Torch.notRecording(() -> Torch.concat(new NDList(
                scored.stream().map(micro -> values.apply(micro.scores())).toList())));
    }

    private static TokenLogProbs batch(
            List<TrainingSequence> sequences,
            int[] offsets,
            NDArray logprobs,
            Supplier<NDArray> entropies,
            NDManager step) {
        int columns = sequences.stream()
                .mapToInt(TrainingSequence::completionLength)
                .max()
                .orElseThrow();
        long[] placement = new long[sequences.size() * columns];
        float[] mask = new float[placement.length];
        for (int row = 0; row < sequences.size(); row++) {
            for (int t = 0; t < sequences.get(row).completionLength(); t++) {
                placement[row * columns + t] = (long) offsets[row] + t;
                mask[row * columns + t] = 1;
            }
        }
        return new TokenLogProbs(
                step,
                logprobs,
                Torch.owned(step.create(mask, new Shape(sequences.size(), columns))),
                entropies,
                Torch.owned(step.create(placement)));
    }
}
