package dev.troupe.reward.rescore;

import dev.troupe.reward.rescore.Rejudging.Verdict;
import dev.troupe.reward.rescore.RescoreReport.Omission;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.Score;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what a run finds; keeps two numbers an episode. */
final class Tally {

    private final String runId;
    private final RescoreRequest request;
    private final Map<String, Team> teams = new TreeMap<>();
    private final Map<LeftOut, Omission> leftOut = new EnumMap<>(LeftOut.class);
    private int elsewhere;
    private int rejudged;

    Tally(String runId, RescoreRequest request) {
        this.runId = runId;
        this.request = request;
    }

    private static final class Team {
        private final Map<String, GroupRanking> groups = new LinkedHashMap<>();
        private int newlyScored;
    }

    /** Whether the episode is one of those asked for. */
    boolean concerns(Episode episode) {
        if (!request.covers(episode.getFinishedAt())) {
            return false;
        }
        boolean asked = episode.getEnvironment().equals(request.environment())
                && request.team().map(episode.getTeamId()::equals).orElse(true);
        if (!asked) {
            elsewhere++;
        }
        return asked;
    }

    void add(Episode episode, Verdict verdict) {
        switch (verdict) {
            case Verdict.Omitted(LeftOut reason, String detail) ->
                leftOut.merge(
                        reason,
                        new Omission(1, "%s/%d: %s".formatted(episode.getTaskId(), episode.getEpisode(), detail)),
                        Omission::and);
            case Verdict.Rescored(Episode after) -> {
                rejudged++;
                Team team = teams.computeIfAbsent(episode.getTeamId(), _ -> new Team());
                Score before = episode.getScore();
                if (before == null) {
                    team.newlyScored++;
                } else {
                    team.groups.merge(
                            episode.getTaskId(),
                            GroupRanking.of(before.getReward(), after.getScore().getReward()),
                            GroupRanking::and);
                }
            }
        }
    }

    int rejudged() {
        return rejudged;
    }

    RescoreReport report(long unreadable) {
        var changes = new TreeMap<String, TeamChange>();
        teams.forEach((name, team) -> changes.put(name, TeamChange.of(team.groups.values(), team.newlyScored)));
        return new RescoreReport(runId, request, elsewhere, unreadable, changes, leftOut);
    }
}
