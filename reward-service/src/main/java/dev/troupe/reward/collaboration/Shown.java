package dev.troupe.reward.collaboration;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import java.util.ArrayList;
import java.util.List;

/** What a role is shown of a turn. */
final class Shown {

    private static final String USER = "user";
    private static final String EVERYONE = "all";

    private Shown() {}

    /** What the others wrote in that turn, with the messages that reach the role. */
    static String to(String role, Step step, int turn) {
        var lines = new ArrayList<String>();
        for (Action action : step.getJoint().get(turn)) {
            if (!action.getRole().equals(role)) {
                lines.add("Text of %s:\n%s"
                        .formatted(action.getRole(), action.getText().strip()));
            }
        }
        for (Message message : step.getMessages()) {
            boolean reaches = message.getTo().equals(role) || message.getTo().equals(EVERYONE);
            if (message.getTurn() == turn && reaches && !message.getFrom().equals(role)) {
                lines.add("Message from %s: %s"
                        .formatted(message.getFrom(), message.getContent().strip()));
            }
        }
        return String.join("\n", lines);
    }

    /** What the role itself wrote in that turn, its messages in front as it wrote them. */
    static String own(String role, Step step, int turn) {
        var lines = new ArrayList<String>();
        step.getMessages().stream()
                .filter(message ->
                        message.getTurn() == turn && message.getFrom().equals(role))
                .forEach(message -> lines.add("@" + message.getTo() + " " + message.getContent()));
        step.getJoint().get(turn).stream()
                .filter(action -> action.getRole().equals(role))
                .forEach(action -> lines.add(action.getText()));
        return String.join("\n", lines);
    }

    /** The observation with more text at its end, in the last message: many chat templates want turns to alternate. */
    static RoleObservation appended(RoleObservation observation, String text) {
        List<ChatMessage> prompt = observation.getPrompt();
        var chat = new ArrayList<>(prompt);
        if (prompt.isEmpty() || !prompt.getLast().getRole().equals(USER)) {
            chat.add(new ChatMessage(USER, text));
        } else {
            chat.set(chat.size() - 1, new ChatMessage(USER, prompt.getLast().getContent() + "\n" + text));
        }
        return new RoleObservation(observation.getRole(), chat);
    }
}
