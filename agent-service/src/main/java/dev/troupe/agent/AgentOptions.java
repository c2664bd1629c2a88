package dev.troupe.agent;

import static java.util.Objects.requireNonNull;

import dev.troupe.agent.decode.DecodeOptions;
import dev.troupe.agent.openai.OpenAiOptions;
import dev.troupe.agent.policy.RandomPolicyOptions;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.runtime.artifact.ArtifactOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * How an agent runs.
 *
 * @param agentId names it in actions and activations; unique among agents
 * @param workers that take turns from the queue
 * @param batch most turns that a worker takes at once
 * @param deliveryLimit how often a turn may fail before it is set aside
 * @param lock how long a turn is locked before it must be renewed; as provisioned
 * @param protocol how the agents share the turns
 * @param policyWait how long turns wait for a policy that is not known or loaded yet before they go back to the queue
 * @param otherVersions versions kept in memory beside the active ones
 * @param completionLength tokens, for turns that name no length
 * @param artifacts where versions are fetched from
 * @param compute how policies compute
 * @param decode how much is decoded at once
 * @param random how a scripted random policy behaves that stands in for all versions; empty where policies are served
 * @param openai which servers sample the policies; empty where they are sampled in this process
 */
record AgentOptions(
        String agentId,
        int workers,
        int batch,
        int deliveryLimit,
        Duration lock,
        QueueProtocol protocol,
        Duration policyWait,
        int otherVersions,
        int completionLength,
        ArtifactOptions artifacts,
        PolicyOptions compute,
        DecodeOptions decode,
        Optional<RandomPolicyOptions> random,
        Optional<OpenAiOptions> openai) {
    AgentOptions {
        requireNonNull(lock, "lock is null");
        requireNonNull(protocol, "protocol is null");
        requireNonNull(policyWait, "policyWait is null");
        requireNonNull(artifacts, "artifacts is null");
        requireNonNull(compute, "compute is null");
        requireNonNull(decode, "decode is null");
        requireNonNull(random, "random is null");
        requireNonNull(openai, "openai is null");
        if (agentId.isBlank()) {
            throw new IllegalArgumentException("agent.id is blank");
        }
    }

    static AgentOptions read(Settings settings) {
        String agentId = settings.text("agent.id", "").strip();
        WorkQueueOptions queue = WorkQueueOptions.ofBatch(1, QueueProtocol.of(settings));
        PolicyKind policy = policy(settings);
        RandomPolicyOptions random = RandomPolicyOptions.of(settings);
        int otherVersions = settings.integer("agent.pinned.versions", 3, 0, 1000);
        OpenAiOptions openai = OpenAiOptions.of(settings, policy == PolicyKind.OPENAI, otherVersions);
        return new AgentOptions(
                agentId.isEmpty()
                        ? "agent-" + hostName() + "-" + ProcessHandle.current().pid()
                        : agentId,
                settings.integer("agent.workers", 4, 1, 256),
                settings.integer("agent.batch", 32, 1, 4096),
                settings.integer(
                        "agent.delivery.limit", queue.deliveryLimit(), 1, WorkQueueOptions.DEFAULT_DELIVERY_LIMIT),
                settings.duration("agent.lock", queue.lock()),
                queue.protocol(),
                settings.duration("agent.policy.wait", Duration.ofSeconds(5)),
                otherVersions,
                settings.integer("agent.max.completion.length", 256, 1, 1 << 20),
                ArtifactOptions.read(settings),
                compute(settings),
                decode(settings),
                policy == PolicyKind.RANDOM ? Optional.of(random) : Optional.empty(),
                policy == PolicyKind.OPENAI ? Optional.of(openai) : Optional.empty());
    }

    private static DecodeOptions decode(Settings settings) {
        DecodeOptions defaults = DecodeOptions.DEFAULT;
        boolean carryOver =
                switch (settings.text("agent.swap", "finish").strip()) {
                    case "finish" -> false;
                    case "carry" -> true;
                    case String other -> {
                        settings.problem("agent.swap", "'%s' is neither finish nor carry".formatted(other));
                        yield false;
                    }
                };
        return new DecodeOptions(
                settings.integer("agent.decoders", defaults.threads(), 1, 256),
                settings.integer("agent.max.sequences", defaults.maxSequences(), 1, 1 << 16),
                settings.integer("agent.max.batch.tokens", (int) defaults.maxTokens(), 1, Integer.MAX_VALUE),
                settings.integer("agent.max.read.tokens", (int) defaults.maxReadTokens(), 1, Integer.MAX_VALUE),
                carryOver);
    }

    /** What plays turns. */
    private enum PolicyKind {
        CHECKPOINT,
        RANDOM,
        OPENAI
    }

    private static PolicyKind policy(Settings settings) {
        return switch (settings.text("agent.policy", "checkpoint").strip()) {
            case "checkpoint" -> PolicyKind.CHECKPOINT;
            case "random" -> PolicyKind.RANDOM;
            case "openai" -> PolicyKind.OPENAI;
            case String other -> {
                settings.problem("agent.policy", "'%s' is none of checkpoint, random, openai".formatted(other));
                yield PolicyKind.CHECKPOINT;
            }
        };
    }

    private static PolicyOptions compute(Settings settings) {
        try {
            return PolicyOptions.parse(
                    settings.text("agent.backend", "ndarray").strip(),
                    settings.text("agent.precision", "float32").strip(),
                    settings.text("agent.device", "cpu").strip(),
                    false);
        } catch (IllegalArgumentException e) {
            settings.problem("agent.backend, agent.precision or agent.device", "cannot be used: " + e.getMessage());
            return PolicyOptions.DEFAULT;
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "unnamed";
        }
    }
}
