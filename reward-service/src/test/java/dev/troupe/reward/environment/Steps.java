package dev.troupe.reward.environment;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Makes steps for tests of environments. */
public final class Steps {

    private Steps() {}

    /** A step whose turns are given as one map of role to text each; every text has ten tokens. */
    @SafeVarargs
    public static Step of(Task task, List<Message> messages, Map<String, String>... turns) {
        var joint = new ArrayList<List<Action>>();
        for (Map<String, String> turn : turns) {
            int index = joint.size();
            joint.add(turn.entrySet().stream()
                    .map(entry -> action(task, index, entry.getKey(), entry.getValue()))
                    .toList());
        }
        return Step.newBuilder()
                .setTask(task)
                .setEpisode(0)
                .setTurn(turns.length - 1)
                .setJoint(joint)
                .setMessages(messages)
                .build();
    }

    public static Message message(int turn, String from, String to, String content, int tokens) {
        return Message.newBuilder()
                .setTaskId("t")
                .setEpisode(0)
                .setTurn(turn)
                .setSequence(0)
                .setFrom(from)
                .setTo(to)
                .setContent(content)
                .setTokens(tokens)
                .setSentAt(0)
                .build();
    }

    private static Action action(Task task, int turn, String role, String text) {
        return Action.newBuilder()
                .setTaskId(task.getTaskId())
                .setEpisode(0)
                .setTurn(turn)
                .setRole(role)
                .setAgentId("agent")
                .setPolicyId("team")
                .setText(text)
                .setPromptTokenIds(List.of(1))
                .setTokenIds(Collections.nCopies(10, 1))
                .setLogprobs(Collections.nCopies(10, -1f))
                .setTemperature(1)
                .setVersions(List.of())
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }
}
