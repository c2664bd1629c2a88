package dev.troupe.reward.rescore;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run found.
 *
 * @param runId in the header of every record it published
 * @param request what was asked for
 * @param elsewhere episodes of the time asked for that are another environment's or another team's
 * @param unreadable records that could not be decoded
 * @param teams by team, those with re-judged episodes
 * @param leftOut by reason, episodes that were asked for and have no new score
 */
public record RescoreReport(
        String runId,
        RescoreRequest request,
        int elsewhere,
        long unreadable,
        SortedMap<String, TeamChange> teams,
        Map<LeftOut, Omission> leftOut) {

    /**
     * Episodes that were left out for a reason.
     *
     * @param first the first of them: {@code taskId/episode: detail}
     */
    public record Omission(int episodes, String first) {
        Omission and(Omission later) {
            return new Omission(episodes + later.episodes, first);
        }
    }

    public RescoreReport {
        requireNonNull(runId, "runId is null");
        requireNonNull(request, "request is null");
        teams = Collections.unmodifiableSortedMap(new TreeMap<>(teams));
        var byReason = new EnumMap<LeftOut, Omission>(LeftOut.class);
        byReason.putAll(leftOut);
        leftOut = Collections.unmodifiableMap(byReason);
    }

    /** Episodes with a new score. */
    public int rejudged() {
        return teams.values().stream()
                .mapToInt(team -> team.episodes() + team.newlyScored())
                .sum();
    }

    /** Episodes of the environment, team and time that were asked for. */
    public int found() {
        return rejudged()
                + leftOut.values().stream().mapToInt(Omission::episodes).sum();
    }
}
