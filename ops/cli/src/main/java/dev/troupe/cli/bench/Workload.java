package dev.troupe.cli.bench;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TokenIds;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** One thing to measure; all contenders get the same token ids. */
sealed interface Workload {

    /** Of sampled prompts and sequences. */
    long SEED = 20_26;

    /** Sequences that are computed together. */
    int batch();

    /** What is counted as done by one run. */
    long tokens();

    /** Floating-point operations that one run needs. */
    double flops(DecoderConfig config);

    /** As in tables and files. */
    String kind();

    /** Token ids of each sequence, drawn evenly from the vocabulary. */
    List<TokenIds> inputs(int vocabSize);

    default String label() {
        return String.format(Locale.ROOT, "%s, batch %d", kind(), batch());
    }

    /**
     * Samples completions at temperature 1; the reading of the prompts is in the time, and not in the tokens.
     *
     * @param promptLength tokens of each prompt, no two prompts alike
     * @param newTokens to sample for each
     */
    record Generate(int batch, int promptLength, int newTokens) implements Workload {
        @Override
        public String kind() {
            return "generate";
        }

        @Override
        public long tokens() {
            return (long) batch * newTokens;
        }

        @Override
        public double flops(DecoderConfig config) {
            // The last token is sampled and never read.
            return batch * new Flops(config).forward(promptLength + newTokens - 1, newTokens);
        }

        @Override
        public List<TokenIds> inputs(int vocabSize) {
            return random(batch, promptLength, vocabSize);
        }
    }

    /**
     * One optimizer step: forward, mean negative log-prob, backward, clipping to norm 1, AdamW.
     *
     * @param length predicted tokens of each sequence, which is one longer
     */
    record Train(int batch, int length) implements Workload {
        static final double LEARNING_RATE = 1e-4;

        @Override
        public String kind() {
            return "train";
        }

        @Override
        public long tokens() {
            return (long) batch * length;
        }

        @Override
        public double flops(DecoderConfig config) {
            return batch * new Flops(config).training(length);
        }

        @Override
        public List<TokenIds> inputs(int vocabSize) {
            return random(batch, length + 1, vocabSize);
        }
    }

    private static List<TokenIds> random(int count, int length, int vocabSize) {
        var random = new SplittableRandom(SEED);
        return IntStream.range(0, count)
                .mapToObj(_ -> TokenIds.of(random.ints(length, 0, vocabSize).toArray()))
                .toList();
    }
}
