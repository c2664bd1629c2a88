package dev.troupe.local;

import dev.troupe.local.LocalModeException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker and controller (KRaft) in this process, listening on 127.0.0.1 only. Topics, records and groups
 * stay in the directory; starting again on it continues where it stopped, also after a kill.
 *
 * <p>Kafka's server classes are no supported API; this class and {@link FormerBroker} are the only ones that name them.
 */
public final class LocalBroker implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalBroker.class);
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(20);
    private static final int BIND_ATTEMPTS = 3;

    private final DirectoryLock lock;
    private final int port;
    private final AtomicReference<@Nullable String> fault;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final KafkaRaftServer server;

    private LocalBroker(
            Path dir, int port, int controllerPort, DirectoryLock lock, AtomicReference<@Nullable String> fault) {
        this.lock = lock;
        this.port = port;
        this.fault = fault;
        this.server = new KafkaRaftServer(
                KafkaConfig.fromProps(BrokerSettings.of(dir, port, controllerPort), false), Time.SYSTEM);
    }

    /**
     * Starts a broker and waits until it serves, at most a minute.
     *
     * @param dir everything the broker keeps; created when missing
     * @param port the port on 127.0.0.1; 0 takes a free one below 32768
     * @throws LocalModeException when the port or the directory is in use, or the broker fails to start
     */
    public static LocalBroker start(Path dir, int port) {
        if (port != 0) {
            Ports.requireFree("broker", port);
        }
        Path home = dir.toAbsolutePath().normalize();
        DirectoryLock lock = DirectoryLock.acquire(home);
        try {
            format(home);
            return port == 0 ? startOnFreePort(home, lock) : startOn(home, port, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static LocalBroker startOnFreePort(Path dir, DirectoryLock lock) {
        for (int attempt = 1; ; attempt++) {
            try {
                return startOn(dir, Ports.free(new SplittableRandom()), lock);
            } catch (LocalModeException e) {
                // Somebody bound the port between the probe and us.
                if (e.reason() != Reason.PORT_IN_USE || attempt == BIND_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static LocalBroker startOn(Path dir, int port, DirectoryLock lock) {
        RandomGenerator random = new SplittableRandom();
        int controllerPort;
        do {
            controllerPort = Ports.free(random);
        } while (controllerPort == port);
        long begin = System.nanoTime();
        LocalBroker broker = null;
        var fault = new AtomicReference<@Nullable String>();
        interceptExits(fault);
        try {
            FormerBroker.fence(dir, controllerPort);
            broker = new LocalBroker(dir, port, controllerPort, lock, fault);
            broker.server.startup();
            broker.awaitReady();
        } catch (Throwable e) { // Kafka is Scala: checked exceptions come undeclared
            if (broker != null) {
                broker.shutdown();
            }
            throw startFailure(dir, port, e);
        }
        LOGGER.atInfo()
                .addKeyValue("bootstrapServers", broker.bootstrapServers())
                .addKeyValue("directory", dir)
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                .log("broker started");
        return broker;
    }

    private static RuntimeException startFailure(Path dir, int port, Throwable error) {
        if (error instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        if (error instanceof LocalModeException known) {
            return known;
        }
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return Ports.inUse("broker", port, error);
            }
        }
        return new LocalModeException(
                Reason.BROKER_FAILED, "the broker on %s did not start: %s".formatted(dir, error), error);
    }

    private static void format(Path dir) {
        Path metadata = BrokerSettings.metadataDir(dir);
        Path data = BrokerSettings.dataDir(dir);
        if (Files.exists(metadata.resolve("meta.properties"))) {
            return;
        }
        try (var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            Files.createDirectories(metadata);
            Files.createDirectories(data);
            // A start that was killed while it formatted left no metadata, hence no topics: begin again.
            Files.deleteIfExists(data.resolve("meta.properties"));
            new Formatter()
                    .setPrintStream(silent)
                    .setNodeId(BrokerSettings.NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setDirectories(List.of(data.toString(), metadata.toString()))
                    .setMetadataLogDirectory(metadata.toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .setIgnoreFormatted(true)
                    .run();
        } catch (IOException e) {
            throw new LocalModeException(
                    Reason.DIRECTORY_UNUSABLE, "cannot use the data directory %s: %s".formatted(dir, e), e);
        } catch (Exception e) { // declared by the formatter
            throw new LocalModeException(
                    Reason.BROKER_FAILED, "cannot format the data directory %s: %s".formatted(dir, e), e);
        }
    }

    private void awaitReady() throws InterruptedException, ExecutionException, TimeoutException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers(), "client.id", "troupe-local"))) {
            admin.describeCluster().nodes().get(READY_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Kafka halts the whole process on a fatal fault (a vanished data directory, a full disk). Here the process holds
     * more than a broker, so the fault is recorded instead. Process-wide; the broker started last is told.
     */
    private static void interceptExits(AtomicReference<@Nullable String> fault) {
        Exit.Procedure record = (status, message) -> {
            String text = message == null ? "status " + status : message;
            fault.compareAndSet(null, text);
            LOGGER.atError().addKeyValue("error", text).log("the broker stopped itself");
        };
        Exit.setExitProcedure(record);
        Exit.setHaltProcedure(record);
    }

    /** The address for clients. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Why the broker stopped itself, if it did. */
    public Optional<String> fault() {
        return Optional.ofNullable(fault.get());
    }

    /** Stops the broker; everything acknowledged is on disk. Returns within 20 s even when the broker is stuck. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            shutdown();
            lock.close();
        }
    }

    private void shutdown() {
        // A broker with a fatal fault can hang in shutdown, so it does not get this thread.
        Thread closer = Thread.ofPlatform().daemon().name("local-broker-close").start(() -> {
            server.shutdown();
            server.awaitShutdown();
        });
        boolean interrupted = false;
        try {
            if (!closer.join(CLOSED_WITHIN)) {
                LOGGER.atWarn().addKeyValue("waited", CLOSED_WITHIN).log("the broker did not close in time");
            }
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
