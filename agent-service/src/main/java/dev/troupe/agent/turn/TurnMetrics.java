package dev.troupe.agent.turn;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of turns. */
public final class TurnMetrics {
    public static final String TURNS = "troupe.agent.turns";
    public static final String REFUSALS = "troupe.agent.refusals";
    public static final String MESSAGES = "troupe.agent.messages";
    public static final String PROMPT_TOKENS = "troupe.agent.prompt.tokens";
    public static final String COMPLETION_TOKENS = "troupe.agent.completion.tokens";

    private final MeterRegistry registry;
    private final Counter played;
    private final Counter expired;
    private final Counter repeated;
    private final Counter messages;
    private final Counter promptTokens;
    private final Counter completionTokens;

    public TurnMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.played = registry.counter(TURNS, "outcome", "played");
        this.expired = registry.counter(TURNS, "outcome", "expired");
        this.repeated = registry.counter(TURNS, "outcome", "repeated");
        this.messages = registry.counter(MESSAGES);
        this.promptTokens = registry.counter(PROMPT_TOKENS);
        this.completionTokens = registry.counter(COMPLETION_TOKENS);
    }

    void played(int prompt, int completion, int sent) {
        played.increment();
        promptTokens.increment(prompt);
        completionTokens.increment(completion);
        messages.increment(sent);
    }

    void expired() {
        expired.increment();
    }

    void repeated() {
        repeated.increment();
    }

    void refused(RefusalReason reason) {
        registry.counter(TURNS, "outcome", "refused").increment();
        registry.counter(REFUSALS, "reason", reason.name()).increment();
    }
}
