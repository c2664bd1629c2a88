package dev.troupe.cli.dlq;

import dev.troupe.cli.terminal.PointInTime;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose letters; mixed in. */
final class FilterOptions {

    @Option(names = "--reason", paramLabel = "REASON", description = "as malformed, wrong-key, delivery-limit")
    private @Nullable String reason;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "that the original came from")
    private @Nullable String topic;

    @Option(names = "--stage", paramLabel = "STAGE", description = "that set it aside, as reward-service/intake")
    private @Nullable String stage;

    @Option(
            names = "--since",
            paramLabel = "DURATION|INSTANT",
            description = "time of the original: 90s, 30m, 12h, 7d ago, or 2026-01-31T08:00:00Z")
    private @Nullable String since;

    boolean given() {
        return reason != null || topic != null || stage != null || since != null;
    }

    /** @throws IllegalArgumentException naming the option, the value and what is possible */
    LetterFilter filter(InstantSource clock) {
        return new LetterFilter(
                Optional.ofNullable(reason).map(FilterOptions::reason),
                Optional.ofNullable(topic).map(FilterOptions::topic),
                Optional.ofNullable(stage),
                since == null ? Instant.MIN : since(since, clock));
    }

    private static DeadLetterReason reason(String tag) {
        return Arrays.stream(DeadLetterReason.values())
                .filter(reason -> reason.tag().equals(tag))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--reason: no reason '%s'; there are %s"
                        .formatted(
                                tag,
                                Arrays.stream(DeadLetterReason.values())
                                        .map(DeadLetterReason::tag)
                                        .collect(Collectors.joining(", ")))));
    }

    private static String topic(String name) {
        if (TopicCatalog.find(name).isEmpty()) {
            throw new IllegalArgumentException("--topic: no topic '%s'; there are %s"
                    .formatted(
                            name, TopicCatalog.all().stream().map(Topic::name).collect(Collectors.joining(", "))));
        }
        return name;
    }

    private static Instant since(String text, InstantSource clock) {
        try {
            return PointInTime.parse(text, clock.instant());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--since: '%s' %s".formatted(text, e.getMessage()), e);
        }
    }
}
