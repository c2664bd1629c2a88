package dev.troupe.evaluator.play;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Term;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What counts of an episode.
 *
 * @param passed whether it was scored and all hard criteria hold
 * @param outcomes by metric; empty without a score, which is a failure in all of them
 * @param costs by metric, of whatever was played
 * @param startedAt epoch ms, when dealt
 * @param finishedAt epoch ms, when closed
 */
record EpisodeResult(
        boolean passed, Map<String, Double> outcomes, Map<String, Double> costs, long startedAt, long finishedAt) {

    EpisodeResult {
        outcomes = Map.copyOf(outcomes);
        costs = Map.copyOf(costs);
    }

    static EpisodeResult of(Episode episode) {
        Score score = episode.getScore();
        return new EpisodeResult(
                score != null && score.getPassed(),
                score == null ? Map.of() : outcomes(score),
                costs(episode),
                episode.getStartedAt(),
                episode.getFinishedAt());
    }

    private static Map<String, Double> outcomes(Score score) {
        var outcomes = new TreeMap<String, Double>();
        outcomes.put(Measures.PASS_RATE, score.getPassed() ? 1.0 : 0.0);
        outcomes.put(Measures.QUALITY, score.getQuality());
        outcomes.put(Measures.REWARD, score.getReward());
        term(score, "consistency").ifPresent(value -> outcomes.put("consistency", value));
        Optional<Double> tests = term(score, "tests_total").filter(total -> total > 0);
        tests.ifPresent(
                total -> term(score, "tests_passed").ifPresent(passed -> outcomes.put("testPassRate", passed / total)));
        return outcomes;
    }

    private static Map<String, Double> costs(Episode episode) {
        var costs = new TreeMap<String, Double>();
        costs.put("criticalPathTokens", (double) episode.getCriticalPathTokens());
        costs.put("messageTokens", (double) episode.getMessageTokens());
        costs.put("wallMillis", (double) (episode.getFinishedAt() - episode.getStartedAt()));
        // An episode that is too large for a record is published without its turns.
        if (!episode.getSteps().isEmpty() || episode.getCriticalPathTokens() == 0) {
            costs.put("tokens", (double) episode.getSteps().stream()
                    .flatMap(step -> step.getActions().stream())
                    .mapToLong(action -> action.getTokenIds().size())
                    .sum());
            costs.put("messages", (double) episode.getSteps().stream()
                    .mapToLong(step -> step.getMessages().size())
                    .sum());
        }
        return costs;
    }

    private static Optional<Double> term(Score score, String name) {
        return score.getTerms().stream()
                .filter(term -> term.getName().equals(name))
                .map(Term::getValue)
                .findFirst();
    }
}
