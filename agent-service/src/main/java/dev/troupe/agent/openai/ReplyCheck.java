package dev.troupe.agent.openai;

import dev.troupe.agent.openai.Reply.Token;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.policy.Completion;
import dev.troupe.policy.FinishReason;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Makes a completion of a reply, or refuses it: what is trained on is exactly what was sampled, so nothing is ever
 * tokenized again, guessed or filled in.
 *
 * @param eosIds tokens that end a completion
 * @param vocabulary ids are below this
 * @param bytes finds ids where a server gives none; empty when it must give them
 */
record ReplyCheck(Set<Integer> eosIds, int vocabulary, Optional<TokenBytes> bytes) {
    /** What vLLM writes for minus infinity, which JSON does not know. */
    private static final double CLAMPED = -9999;

    /** Rounding may put a certain token a little above 0. */
    private static final double LARGEST_LOGPROB = 1e-3;

    /** Why a completion is refused; begins the message. */
    private enum Refusal {
        /** The answer comes from another model than the one that was named, such as the base of an adapter. */
        WRONG_MODEL,
        /** The server's prompt has other tokens than ours. */
        WRONG_PROMPT,
        /** It says neither which tokens were sampled nor what identifies them. */
        NO_TOKEN_IDS,
        NO_LOGPROBS,
        NO_TOKENS,
        TOO_MANY_TOKENS,
        /** It ended for another reason than its end or its length. */
        FINISH_REASON
    }

    ReplyCheck {
        eosIds = Set.copyOf(eosIds);
    }

    /**
     * @param model that was asked for
     * @param maxTokens that were asked for
     * @throws CompletionRefusedException with the reason
     */
    Completion completion(Reply reply, String model, TokenIds prompt, int maxTokens) {
        if (!reply.model().equals(model)) {
            throw refuse(
                    Refusal.WRONG_MODEL,
                    "'%s' was asked for and '%s' answered: the base may have stood in for an adapter"
                            .formatted(model, reply.model()));
        }
        checkPrompt(reply, prompt);
        List<Integer> ids = ids(reply);
        if (ids.isEmpty()) {
            throw refuse(Refusal.NO_TOKENS, "it has no tokens");
        }
        if (ids.size() > maxTokens) {
            throw refuse(Refusal.TOO_MANY_TOKENS, ids.size() + " came where " + maxTokens + " were allowed");
        }
        return new Completion(TokenIds.of(ids), logprobs(reply, ids.size()), finishReason(reply, ids.getLast()));
    }

    private static void checkPrompt(Reply reply, TokenIds prompt) {
        boolean same = reply.promptIds()
                .map(ids -> ids.equals(prompt.asList()))
                .orElseGet(() -> reply.promptTokens().orElse(prompt.size()) == prompt.size());
        if (!same) {
            throw refuse(
                    Refusal.WRONG_PROMPT,
                    "the server's prompt has other tokens than the policy's: its tokenizer or chat template differs;"
                            + " serve the checkpoint's own, or set agent.openai.api = completions");
        }
    }

    private List<Integer> ids(Reply reply) {
        List<Integer> ids = reply.ids().orElseGet(() -> identify(reply.tokens()));
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw refuse(Refusal.NO_TOKEN_IDS, "id " + id + " is not below the vocabulary's " + vocabulary);
            }
        }
        return ids;
    }

    private List<Integer> identify(List<Token> tokens) {
        TokenBytes known = bytes.orElseThrow(
                () -> refuse(
                        Refusal.NO_TOKEN_IDS,
                        "the server gives no token_ids: serve with vLLM 0.10.2 or later, or set agent.openai.dialect = openai"));
        List<Integer> ids = new ArrayList<>();
        for (Token token : tokens) {
            OptionalInt id = known.id(token);
            ids.add(id.orElseThrow(() -> refuse(
                    Refusal.NO_TOKEN_IDS,
                    "token %d of %d is named in a way that several tokens or none have"
                            .formatted(ids.size(), tokens.size()))));
        }
        return ids;
    }

    private static LogProbs logprobs(Reply reply, int tokens) {
        if (reply.tokens().size() != tokens) {
            throw refuse(
                    Refusal.NO_LOGPROBS,
                    "%d tokens have %d log-probs"
                            .formatted(tokens, reply.tokens().size()));
        }
        float[] values = new float[tokens];
        for (int i = 0; i < tokens; i++) {
            double value = reply.tokens().get(i).logprob();
            if (!(value > CLAMPED && value <= LARGEST_LOGPROB)) {
                throw refuse(Refusal.NO_LOGPROBS, "token %d has the log-prob %s".formatted(i, value));
            }
            values[i] = (float) Math.min(value, 0);
        }
        return LogProbs.of(values);
    }

    private FinishReason finishReason(Reply reply, int last) {
        return switch (reply.finishReason()) {
            case "length" -> FinishReason.LENGTH;
            case "stop" -> {
                if (!eosIds.contains(last)) {
                    throw refuse(
                            Refusal.FINISH_REASON,
                            "it stopped after token %d, which ends nothing, or its end was left out".formatted(last));
                }
                yield FinishReason.STOP;
            }
            case String other -> throw refuse(Refusal.FINISH_REASON, "it is '%s'".formatted(other));
        };
    }

    private static CompletionRefusedException refuse(Refusal reason, String detail) {
        return new CompletionRefusedException(reason + ": " + detail);
    }
}
