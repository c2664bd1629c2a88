package dev.troupe.policy;

import dev.troupe.policy.CheckpointException.Reason;
import dev.troupe.policy.template.Template;
import dev.troupe.policy.template.TemplateException;
import dev.troupe.policy.template.Text;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chat template of a checkpoint.
 *
 * @param tokens what the template knows as {@code bos_token} and the like
 */
record ChatTemplate(Template template, Map<String, Text> tokens) {
    /** How transformers finds the end of the message to continue; the space tells whether the template trims. */
    private static final String END_MARK = "CONTINUE_FINAL_MESSAGE_TAG";

    ChatTemplate {
        tokens = Map.copyOf(tokens);
    }

    static ChatTemplate compile(TokenizerConfig.Source source, Map<String, String> tokens, Clock clock)
            throws CheckpointException {
        Map<String, Text> own = new HashMap<>();
        tokens.forEach((name, literal) -> own.put(name, Text.own(literal)));
        try {
            return new ChatTemplate(Template.compile(source.template(), clock), own);
        } catch (TemplateException e) {
            throw new CheckpointException(
                    Reason.BAD_TOKENIZER,
                    source.file(),
                    "has a chat template that cannot be used: " + e.getMessage(),
                    e);
        }
    }

    /** @throws IllegalArgumentException when the template refuses the messages */
    Text render(List<ChatMessage> messages, ChatEnding ending) {
        if (ending == ChatEnding.OPEN_LAST_MESSAGE) {
            return renderOpen(messages);
        }
        return render(Map.of(
                "messages",
                messages.stream().map(ChatTemplate::variables).toList(),
                "add_generation_prompt",
                ending == ChatEnding.ASSISTANT_HEADER));
    }

    private static Map<String, String> variables(ChatMessage message) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("role", message.role());
        variables.put("content", message.content());
        return variables;
    }

    private Text renderOpen(List<ChatMessage> messages) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("there is no message to continue");
        }
        ChatMessage last = messages.getLast();
        List<ChatMessage> marked = new ArrayList<>(messages);
        marked.set(marked.size() - 1, new ChatMessage(last.role(), last.content() + END_MARK + " "));
        Text rendered = render(marked, ChatEnding.LAST_MESSAGE);
        int end = rendered.toString().lastIndexOf(END_MARK);
        String content = Text.foreign(last.content()).strip().toString();
        if (end < 0 || !rendered.toString().contains(content)) {
            throw new IllegalArgumentException("the chat template changes the message to continue, or leaves it out");
        }
        Text open = rendered.substring(0, end);
        return rendered.toString().startsWith(END_MARK + " ", end) ? open : open.stripTrailing();
    }

    /** Renders with what a template may know beyond the messages, such as {@code tools}. */
    Text render(Map<String, ? extends @Nullable Object> variables) {
        Map<String, @Nullable Object> all = new HashMap<>(tokens);
        all.put("tools", null);
        all.put("documents", null);
        all.putAll(variables);
        try {
            return template.render(all);
        } catch (TemplateException e) {
            throw new IllegalArgumentException("the chat template refuses this chat: " + e.getMessage(), e);
        }
    }
}
