package dev.troupe.cli.bench.trainer;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.trainer.rollout.Course;
import dev.troupe.trainer.rollout.Provenance;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The completions of one step.
 *
 * @param completions those of one prompt side by side
 */
record Rollouts(List<Scored> completions) {

    /** Completions of each prompt. */
    static final int GENERATIONS = 8;

    static final int PROMPTS = 4;
    static final String POLICY = "policy";

    private static final int PROMPT_LENGTH = 16;
    private static final long SEED = 20_26;

    /** A completion with its reward; the log-probs are the sampler's. */
    record Scored(TokenIds prompt, TokenIds completion, LogProbs logprobs, double reward) {

        /** The reward is the share of even tokens, as in the script of the other side. */
        static Scored of(TokenIds prompt, TokenIds completion, LogProbs logprobs) {
            long even = completion.asList().stream().filter(id -> id % 2 == 0).count();
            return new Scored(prompt, completion, logprobs, (double) even / completion.size());
        }
    }

    Rollouts {
        completions = List.copyOf(completions);
    }

    /** Prompts of token ids drawn evenly, each as often as it is completed. */
    static List<TokenIds> prompts(int vocabSize) {
        var random = new SplittableRandom(SEED);
        return IntStream.range(0, PROMPTS)
                .mapToObj(_ ->
                        TokenIds.of(random.ints(PROMPT_LENGTH, 0, vocabSize).toArray()))
                .flatMap(prompt -> IntStream.range(0, GENERATIONS).mapToObj(_ -> prompt))
                .toList();
    }

    /** As the trainer reads them from its topic. */
    List<RolloutGroup> groups(int version) {
        var groups = new ArrayList<RolloutGroup>();
        for (int from = 0; from < completions.size(); from += GENERATIONS) {
            List<Scored> group = completions.subList(from, from + GENERATIONS);
            List<RolloutEpisode> episodes = IntStream.range(0, GENERATIONS)
                    .mapToObj(number -> episode(number, group.get(number), version))
                    .toList();
            groups.add(new RolloutGroup("task-" + groups.size(), episodes, Optional.empty()));
        }
        return groups;
    }

    private static RolloutEpisode episode(int number, Scored scored, int version) {
        var sample = new Sample(
                POLICY,
                "main",
                true,
                TrainingSequence.of(scored.prompt(), scored.completion(), 1),
                scored.logprobs(),
                true,
                Provenance.of(number, version, scored.completion().size()));
        return new RolloutEpisode(
                new Course(number, 1, 0), scored.reward(), false, Map.of(), Map.of(), List.of(sample));
    }
}
