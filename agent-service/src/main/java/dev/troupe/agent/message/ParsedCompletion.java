package dev.troupe.agent.message;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A completion, taken apart: its leading lines of the form {@code @role text} or {@code @all text} are messages, the
 * rest is the action. A line that names no other role, or says nothing, ends the messages and belongs to the action.
 *
 * @param text of the action
 * @param messages in their order
 */
public record ParsedCompletion(String text, List<OutgoingMessage> messages) {
    /** The recipient that stands for all other roles. */
    public static final String ALL = "all";

    /** More would be a flood, not a conversation; lines beyond stay in the action. */
    static final int MAX_MESSAGES = 16;

    private static final Pattern LINE = Pattern.compile("@([A-Za-z0-9_-]{1,64})[ \\t:]+(\\S[^\\r\\n]*)(?:\\r?\\n|\\z)");

    public ParsedCompletion {
        messages = List.copyOf(messages);
    }

    /** @param roles the other roles of the team; without any, nothing is a message */
    public static ParsedCompletion parse(String completion, Collection<String> roles) {
        var messages = new ArrayList<OutgoingMessage>();
        Matcher line = LINE.matcher(completion);
        int rest = 0;
        while (messages.size() < MAX_MESSAGES
                && line.region(rest, completion.length()).lookingAt()
                && isRecipient(line.group(1), roles)) {
            messages.add(new OutgoingMessage(line.group(1), line.group(2).strip()));
            rest = line.end();
        }
        return new ParsedCompletion(completion.substring(rest), messages);
    }

    private static boolean isRecipient(String name, Collection<String> roles) {
        return roles.contains(name) || (name.equals(ALL) && !roles.isEmpty());
    }
}
