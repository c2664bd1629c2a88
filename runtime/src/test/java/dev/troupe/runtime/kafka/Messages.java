package dev.troupe.runtime.kafka;

import dev.troupe.schemas.avro.Message;

/** Records for tests. */
final class Messages {

    private Messages() {}

    static Message of(String taskId, String content) {
        return Message.newBuilder()
                .setTaskId(taskId)
                .setEpisode(0)
                .setTurn(0)
                .setSequence(0)
                .setAttempt(0)
                .setFrom("helper")
                .setTo("main")
                .setContent(content)
                .setTokens(1)
                .setSentAt(0)
                .build();
    }
}
