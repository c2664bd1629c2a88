package dev.troupe.reward.coordinator;

import dev.troupe.runtime.team.TeamPolicies;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Turn;
import java.util.List;

/** Writes the turns that agents are handed. */
final class Turns {

    private final long runSeed;
    private final TeamPolicies teams;

    Turns(long runSeed, TeamPolicies teams) {
        this.runSeed = runSeed;
        this.teams = teams;
    }

    /** @param group the task's sampling is filled in */
    Effect.DealTurn deal(GroupState group, int episode, int turn, RoleTurn dealt) {
        Task task = group.task();
        String role = dealt.role();
        String policyId = teams.policy(task.getTeamId(), role);
        List<String> others =
                group.roles().stream().filter(other -> !other.equals(role)).toList();
        return new Effect.DealTurn(Turn.newBuilder()
                .setTaskId(task.getTaskId())
                .setEpisode(episode)
                .setTurn(turn)
                .setRole(role)
                .setAttempt(dealt.attempt())
                .setPrompt(dealt.observation().getPrompt())
                .setRoles(others)
                .setPolicyId(policyId)
                .setPolicyVersion(task.getPolicyVersions().get(policyId))
                .setSampling(task.getSampling())
                .setSeed(TurnSeed.of(runSeed, task.getTaskId(), episode, role, turn))
                .setDeadlineAt(dealt.deadlineAt())
                .build());
    }
}
