package dev.troupe.cli.warmstart;

import ai.djl.ndarray.NDArray;
import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.BpePieces;
import dev.troupe.policy.BpeTrainer;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TokenLogProbs;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.reward.world.Demonstration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Makes the reference policy from nothing but the generated worlds: a tokenizer from their text, then supervised
 * training on demonstrations, one pass, every demonstration new. One thread; the same options give the same bytes.
 */
final class WarmStart {

    private static final int TOKENIZER_DEMONSTRATIONS = 6000;
    private static final int REPORT_EVERY = 100;
    private static final int MEASURE_EVERY = 1000;

    private final WarmStartOptions options;
    private final Consumer<String> progress;
    private final DemonstrationMix mix;

    WarmStart(WarmStartOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
        this.mix = new DemonstrationMix(new SplittableRandom(options.seed()));
    }

    /**
     * Trains and saves the policy.
     *
     * @return what the finished policy solves
     */
    SolveRate run() throws IOException {
        int vocabSize = learnTokenizer();
        try (var tokenizer = ChatTokenizer.load(options.out());
                var policy = TrainablePolicy.initialize(
                        DecoderConfig.small(vocabSize, tokenizer.eosId(), tokenizer.padId()), options.seed())) {
            report("decoder of %,d parameters, %d tokens", policy.parameterCount(), vocabSize);
            train(policy, tokenizer);
            policy.save(options.out());
        }
        return measure();
    }

    private int learnTokenizer() throws IOException {
        var corpus = new ArrayList<String>();
        for (Demonstration demonstration : mix.draw(TOKENIZER_DEMONSTRATIONS)) {
            demonstration.prompt().forEach(message -> corpus.add(message.getContent()));
            corpus.add(demonstration.completion());
        }
        // the headers of chat messages, which are encoded apart from their content
        for (String role : List.of("system", "user", "assistant")) {
            corpus.addAll(Collections.nCopies(TOKENIZER_DEMONSTRATIONS, role + "\n"));
        }
        return new BpeTrainer(options.vocabSize(), BpePieces.LINES).train(corpus, options.out());
    }

    private void train(TrainablePolicy policy, ChatTokenizer tokenizer) throws IOException {
        double smoothed = Double.NaN;
        for (int step = 0; step < options.steps(); step++) {
            List<TrainingSequence> batch = mix.draw(options.batchSize()).stream()
                    .map(demonstration -> Examples.example(demonstration, tokenizer))
                    .toList();
            double loss = policy.accumulate(batch, WarmStart::crossEntropy);
            policy.step(new AdamWOptions(options.learningRateAt(step), 0.9, 0.98, 1e-8, 0.01, 1));
            smoothed = step == 0 ? loss : 0.98 * smoothed + 0.02 * loss;
            int done = step + 1;
            if (done % REPORT_EVERY == 0) {
                report("step %d of %d, loss %.4f", done, options.steps(), smoothed);
            }
            if (done % MEASURE_EVERY == 0 && done < options.steps()) {
                policy.save(options.out());
                measure();
            }
        }
    }

    /** Mean negative log-prob of the completions' tokens. */
    private static NDArray crossEntropy(TokenLogProbs batch) {
        return batch.logprobs().sum().neg().div(batch.mask().sum());
    }

    private SolveRate measure() throws IOException {
        SolveRate rate = SolveRate.of(options.out());
        report("held-out exams solved: %.1f %% alone, %.1f %% together", 100 * rate.alone(), 100 * rate.together());
        return rate;
    }

    private void report(String format, Object... values) {
        progress.accept(String.format(Locale.ROOT, format, values));
    }
}
