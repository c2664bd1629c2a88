package dev.troupe.agent.openai;

import static dev.troupe.agent.policy.PolicyLoadException.Reason.CHECKPOINT;
import static dev.troupe.agent.policy.PolicyLoadException.Reason.PROBE;
import static dev.troupe.agent.policy.PolicyLoadException.Reason.UNREACHABLE;

import dev.troupe.agent.openai.ReplicaProbe.Finding;
import dev.troupe.agent.openai.ServerException.Fault;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.agent.policy.PolicyLoadException;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Probes every replica that is to serve a version, and makes one finding of theirs. */
final class VersionProbe {
    private static final Logger LOGGER = LoggerFactory.getLogger(VersionProbe.class);

    private final OpenAiServers servers;

    VersionProbe(OpenAiServers servers) {
        this.servers = servers;
    }

    /**
     * What the servers can do for a version.
     *
     * @param replicas that are to serve it; those that are down are passed over, but for the last
     * @param config of the checkpoint, where it is known
     * @throws PolicyLoadException when an answer cannot be used, or nobody answers
     */
    OpenAiPolicy.Limits probe(
            List<Replica> replicas,
            ServedModel model,
            ChatTokenizer tokenizer,
            ReplyCheck check,
            Optional<DecoderConfig> config)
            throws PolicyLoadException, InterruptedException {
        List<ChatMessage> chat = List.of(ChatMessage.user("Hello"));
        TokenIds prompt = tokenizer.encodeChat(chat);
        List<Finding> findings = new ArrayList<>();
        List<String> down = new ArrayList<>();
        for (Replica replica : replicas) {
            if (servers.pool().resting(replica)) {
                down.add(replica.name() + " is left out for its failures");
                continue;
            }
            try {
                findings.add(servers.probe().probe(replica, model, prompt, chat, check));
                servers.pool().recovered(replica);
            } catch (CompletionRefusedException e) {
                throw new PolicyLoadException(PROBE, replica.name() + ": " + e.getMessage(), e);
            } catch (ServerException e) {
                servers.pool().note(replica, e);
                if (e.fault() != Fault.UNREACHABLE) {
                    throw new PolicyLoadException(PROBE, String.valueOf(e.getMessage()), e);
                }
                down.add(String.valueOf(e.getMessage()));
            }
        }
        if (findings.isEmpty()) {
            throw new PolicyLoadException(UNREACHABLE, "no server answers: " + down);
        }
        return new OpenAiPolicy.Limits(
                maxPositions(findings, config),
                logprobs(findings),
                servers.options().exactLogprobs());
    }

    private static int maxPositions(List<Finding> findings, Optional<DecoderConfig> config) throws PolicyLoadException {
        return IntStream.concat(
                        findings.stream().flatMapToInt(finding -> finding.maxModelLen().stream()),
                        config.stream().mapToInt(DecoderConfig::maxPositionEmbeddings))
                .min()
                .orElseThrow(() -> new PolicyLoadException(
                        CHECKPOINT,
                        "neither GET /v1/models nor a config.json says how many positions the model has; put the"
                                + " base model's config.json beside its tokenizer, at agent.openai.tokenizer"));
    }

    private static LogprobsMode logprobs(List<Finding> findings) throws PolicyLoadException {
        List<LogprobsMode> modes =
                findings.stream().map(Finding::logprobs).distinct().sorted().toList();
        if (modes.size() == 2 && modes.getLast() == LogprobsMode.UNKNOWN) {
            return modes.getFirst();
        }
        if (modes.size() > 1) {
            throw new PolicyLoadException(
                    PROBE, "the servers' log-probs differ, start all with the same --logprobs-mode: " + modes);
        }
        if (modes.getFirst() == LogprobsMode.UNKNOWN) {
            LOGGER.atWarn()
                    .log("it cannot be told what the servers' log-probs are of; sample at temperature 1, or make sure"
                            + " that temperature is applied to them (vLLM: --logprobs-mode processed_logprobs)");
        }
        return modes.getFirst();
    }
}
