package dev.troupe.cli.tail;

import dev.troupe.cli.dlq.Letter;
import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe tail TOPIC}: records as JSON, one a line. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Print a topic's records as JSON, from its beginning; then follow it, or stop with --once.")
public final class TailCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Parameters(
            index = "0",
            paramLabel = "TOPIC",
            description = "a topic of the catalogue, or dead-letters (reasons, to the present end)")
    private String topic = "";

    @Option(names = "--once", description = "stop at the topic's present end")
    private boolean once;

    @Option(names = "--count", paramLabel = "N", description = "stop after so many records")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "how long to wait for --count or --once (default: ${DEFAULT-VALUE})")
    private long timeoutSeconds = 60;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        boolean deadLetters = topic.equals(TopicCatalog.DEAD_LETTERS);
        var found = TopicCatalog.find(topic);
        if (found.isEmpty() && !deadLetters && spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no topic '%s'; known: %s, %s"
                            .formatted(
                                    topic,
                                    TopicCatalog.all().stream().map(Topic::name).collect(Collectors.joining(", ")),
                                    TopicCatalog.DEAD_LETTERS));
        }
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            if (deadLetters) {
                return tailLetters(clients);
            }
            return tail(clients, found.orElseThrow());
        }
    }

    private int tailLetters(KafkaClients clients) throws InterruptedException {
        new TopicScan(clients, "troupe-tail", Duration.ofSeconds(timeoutSeconds))
                .raw(TopicCatalog.DEAD_LETTERS, ScanRange.ALL, record -> {
                    if (DeadLetters.isLetter(record)) {
                        System.out.println(Letter.of(record).line(false));
                    }
                });
        return 0;
    }

    private <T extends SpecificRecord> int tail(KafkaClients clients, Topic<T> which) throws InterruptedException {
        var left = new AtomicLong(count);
        var done = new CountDownLatch(1);
        try (var reader = new TopicReader<>(clients, "troupe-tail", which, record -> {
            if (left.getAndDecrement() > 0) {
                System.out.println(record.value());
            }
            // A closed pipe, as of "| head", shows as an error of the stream and nothing else.
            if (left.get() <= 0 || System.out.checkError()) {
                done.countDown();
            }
        })) {
            reader.start();
            if (once) {
                return reader.awaitCaughtUp(Duration.ofSeconds(timeoutSeconds)) ? 0 : 1;
            }
            boolean bounded = count < Long.MAX_VALUE;
            while (!done.await(timeoutSeconds, TimeUnit.SECONDS)) {
                if (bounded) {
                    return 1;
                }
            }
            return 0;
        }
    }
}
