package dev.troupe.agent;

import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Turn;
import java.util.List;

/** Turns of a helper who can write to main. */
public final class TestTurns {
    private TestTurns() {}

    public static Turn turn(String policyId, String taskId, long seed) {
        return Turn.newBuilder(with(policyId, taskId, "Hello")).setSeed(seed).build();
    }

    public static Turn with(String policyId, String taskId, String content) {
        return Turn.newBuilder()
                .setTaskId(taskId)
                .setEpisode(0)
                .setTurn(0)
                .setRole("helper")
                .setPrompt(List.of(new ChatMessage("user", content)))
                .setRoles(List.of("main"))
                .setPolicyId(policyId)
                .setSampling(new Sampling(1.0, 1.0, 0, 8))
                .setSeed(1)
                .setDeadlineAt(Long.MAX_VALUE)
                .build();
    }
}
