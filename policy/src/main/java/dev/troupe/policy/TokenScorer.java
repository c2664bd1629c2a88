package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs sequences through the decoder, micro-batch by micro-batch. Logits are taken at completion positions only, and a
 * piece at a time: the values first, without recording; then, when the loss has said what the gradient by each log-prob
 * is, once more with it. So (tokens, vocab) is never held whole, for one more product with the head.
 */
final class TokenScorer {
    /**
     * Enough rows to keep matrix products efficient, few enough to stay near the cache (measured at 0.66 M weights).
     */
    static final int MICRO_BATCH_TOKENS = 2048;

    private final DecoderConfig config;
    private final TrainDecoder decoder;
    private final LogitPieces head;

    TokenScorer(DecoderConfig config, TrainDecoder decoder, int maxLogits) {
        this.config = config;
        this.decoder = decoder;
        this.head = new LogitPieces(config, decoder, maxLogits);
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

    /** One micro-batch between its forward and its backward pass; rows are (tokens, hidden). */
    private record Scored(HiddenStates hidden, LogitPieces.Tokens tokens, int from) {}

    /** A batch between its forward and its backward pass. */
    final class Pass {
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
                int end = micro.from() + micro.tokens().count();
                NDArray byLogProb = Torch.slice(gradient, 0, micro.from(), end, step);
                micro.hidden().backward().run(head.backward(micro.hidden().values(), micro.tokens(), byLogProb, step));
            }
        }
    }

    /** The forward pass; recorded when the thread records. */
    Pass forward(List<TrainingSequence> sequences, NDManager step) {
        List<Scored> scored = new ArrayList<>();
        var logprobs = new NDList();
        var entropies = new NDList();
        int[] offsets = new int[sequences.size()];
        int tokens = 0;
        for (List<Integer> indices : MicroBatches.byLength(sequences, MICRO_BATCH_TOKENS)) {
            var micro = new MicroBatch(indices.stream().map(sequences::get).toList());
            HiddenStates hidden = decoder.hidden(micro.inputs(step), step);
            var chosen = LogitPieces.Tokens.of(micro, step);
            scored.add(new Scored(hidden, chosen, tokens));
            LogitPieces.Values values = head.values(hidden.values(), chosen, step);
            logprobs.add(values.logprobs());
            entropies.add(values.entropies());
            for (int index : indices) {
                offsets[index] = tokens;
                tokens += sequences.get(index).completionLength();
            }
        }
        NDArray compact = Torch.leaf(Torch.concat(logprobs), step);
        var batch = batch(sequences, offsets, compact, Torch.concat(entropies), step);
        return new Pass(step, scored, compact, batch);
    }

    private static TokenLogProbs batch(
            List<TrainingSequence> sequences, int[] offsets, NDArray logprobs, NDArray entropies, NDManager step) {
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
