package dev.troupe.agent.turn;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Message;
import java.util.List;

/** What a role did in a turn, ready to be published: the messages, then the action. */
record PlayedTurn(Action action, List<Message> messages) {
    PlayedTurn {
        messages = List.copyOf(messages);
    }
}
