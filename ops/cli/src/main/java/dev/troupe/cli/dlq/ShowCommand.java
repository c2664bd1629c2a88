package dev.troupe.cli.dlq;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.cli.terminal.Printable;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe dlq show PARTITION:OFFSET}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "A dead letter's headers, key, time and the beginning of its value.")
final class ShowCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);
    private static final int PREVIEW_BYTES = 512;
    private static final int MAX_CHARS = 4000;

    @Parameters(
            index = "0",
            paramLabel = "PARTITION:OFFSET",
            converter = Position.Converter.class,
            description = "as 'troupe dlq list' shows it")
    private Position position = new Position(0, 0);

    @Option(names = "--raw", paramLabel = "FILE", description = "write the value's bytes, as they are, to a file")
    private @Nullable Path raw;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            ConsumerRecord<byte[], byte[]> letter = find(clients)
                    .filter(DeadLetters::isLetter)
                    .orElseThrow(() -> new IllegalStateException(
                            "there is no dead letter at %s; 'troupe dlq list' shows them".formatted(position)));
            print(letter);
            if (raw != null) {
                write(letter, raw);
            }
        }
        return 0;
    }

    private Optional<ConsumerRecord<byte[], byte[]>> find(KafkaClients clients) throws InterruptedException {
        Map<TopicPartition, Long> here = Map.of(position.in(TopicCatalog.DEAD_LETTERS), position.offset());
        var found = new AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>>();
        new TopicScan(clients, "troupe-dlq")
                .raw(TopicCatalog.DEAD_LETTERS, new ScanRange.Offsets(here, here), found::set);
        // Where the topic no longer or not yet holds it, another one may have come.
        return Optional.ofNullable(found.get())
                .filter(record -> Position.of(record).equals(position));
    }

    private void print(ConsumerRecord<byte[], byte[]> letter) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("position  %s%n", Position.of(letter));
        out.printf("time      %s%n", Instant.ofEpochMilli(letter.timestamp()));
        out.printf("key       %s%n", Printable.text(letter.key(), MAX_CHARS));
        out.println("headers");
        for (Header header : letter.headers()) {
            out.printf("  %s = %s%n", Printable.text(header.key()), Printable.text(header.value(), MAX_CHARS));
        }
        byte[] value = letter.value();
        if (value == null) {
            out.println("value     none");
        } else {
            out.printf("value     %d bytes%n", value.length);
            out.print(Printable.dump(value, PREVIEW_BYTES));
            if (value.length > PREVIEW_BYTES) {
                out.printf("  and %d more; --raw FILE writes all%n", value.length - PREVIEW_BYTES);
            }
        }
        out.flush();
    }

    private static void write(ConsumerRecord<byte[], byte[]> letter, Path file) throws IOException {
        if (letter.value() == null) {
            throw new IllegalStateException("the letter at %s has no value%s"
                    .formatted(
                            Position.of(letter),
                            DeadLetters.text(letter.headers(), DeadLetters.OMITTED)
                                    .map(bytes -> ": its %s bytes did not fit".formatted(Printable.text(bytes)))
                                    .orElse("")));
        }
        Files.write(file, letter.value());
    }
}
