package dev.troupe.trainer.update;

import static java.util.Comparator.comparingDouble;

import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Picks completions of a step for people to look at. Nothing is left to chance: they are ranked by reward, and taken at
 * equal distances from the best to the worst, so that a replay shows the same ones.
 */
final class CompletionSampler {
    /** Longer texts are cut: the record has to stay small whatever a policy writes. */
    private static final int MAX_CHARACTERS = 2000;

    private static final String CUT = " ...";

    private final int count;

    /** @param count how many of each step; 0 for none */
    CompletionSampler(int count) {
        this.count = count;
    }

    /**
     * Picks among the completions that have a reward; those of groups that do not train are worth a look as well.
     *
     * @param trained those that train, with their advantages; where episodes share a completion, once
     */
    List<SampledCompletion> pick(List<RolloutGroup> groups, List<WeightedSample> trained) {
        if (count == 0) {
            return List.of();
        }
        var advantages = new IdentityHashMap<Sample, Double>();
        trained.forEach(sample -> advantages.put(sample.sample(), sample.advantage()));
        var all = new ArrayList<Candidate>();
        for (RolloutGroup group : groups) {
            for (RolloutEpisode episode : group.episodes()) {
                for (Sample sample : episode.scored() ? episode.samples() : List.<Sample>of()) {
                    if (!group.trains() || advantages.containsKey(sample)) {
                        all.add(new Candidate(group.taskId(), episode, sample, advantages.getOrDefault(sample, 0.0)));
                    }
                }
            }
        }
        // Stable, so that equals stay in the order of the log.
        all.sort(comparingDouble(Candidate::reward)
                .thenComparingDouble(Candidate::advantage)
                .reversed());
        int picked = Math.min(count, all.size());
        return IntStream.range(0, picked)
                .map(rank -> picked == 1 ? 0 : (int) ((long) rank * (all.size() - 1) / (picked - 1)))
                .mapToObj(index -> all.get(index).completion())
                .toList();
    }

    private record Candidate(String taskId, RolloutEpisode episode, Sample sample, double advantage) {
        double reward() {
            return episode.reward();
        }

        SampledCompletion completion() {
            return SampledCompletion.newBuilder()
                    .setTaskId(taskId)
                    .setEpisode(episode.course().episode())
                    .setTurn(sample.turn())
                    .setRole(sample.role())
                    .setPolicyId(sample.policyId())
                    .setVersions(sample.provenance().versions())
                    .setText(cut(sample.provenance().text()))
                    .setTokens(sample.length())
                    .setTruncated(sample.truncated())
                    .setReward(reward())
                    .setAdvantage(advantage)
                    .build();
        }
    }

    private static String cut(String text) {
        if (text.length() <= MAX_CHARACTERS) {
            return text;
        }
        int end = MAX_CHARACTERS - CUT.length();
        // Half a character is no text.
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
    }
}
