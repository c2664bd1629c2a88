package dev.troupe.local;

import java.nio.file.Path;
import java.util.Properties;

/** Settings of a broker and controller in one process, for one machine. */
final class BrokerSettings {

    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final int NODE_ID = 1;

    private BrokerSettings() {}

    static Path dataDir(Path dir) {
        return dir.resolve("data");
    }

    /** Apart from the data: a second process must fail on the lock before it can touch the metadata log. */
    static Path metadataDir(Path dir) {
        return dir.resolve("metadata");
    }

    static Properties of(Path dir, int port, int controllerPort) {
        Properties settings = common(dir, controllerPort);
        settings.put("process.roles", "broker,controller");
        settings.put("listeners", "PLAINTEXT://127.0.0.1:%d,%s".formatted(port, controllerListener(controllerPort)));
        settings.put("auto.create.topics.enable", "false");
        settings.put("server.max.startup.time.ms", "60000");
        oneReplica(settings);
        smallFootprint(settings);
        quickGroups(settings);
        return settings;
    }

    /** For a controller that has nothing to do but to see that the broker of the directory is dead. */
    static Properties controllerOnly(Path dir, int controllerPort) {
        Properties settings = common(dir, controllerPort);
        settings.put("process.roles", "controller");
        settings.put("listeners", controllerListener(controllerPort));
        // Whoever holds the directory's lock knows that nobody is going to send a heartbeat.
        settings.put("broker.session.timeout.ms", "300");
        settings.put("broker.heartbeat.interval.ms", "100");
        return settings;
    }

    private static Properties common(Path dir, int controllerPort) {
        var settings = new Properties();
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put("controller.quorum.voters", "%d@127.0.0.1:%d".formatted(NODE_ID, controllerPort));
        settings.put("log.dirs", dataDir(dir).toString());
        settings.put("metadata.log.dir", metadataDir(dir).toString());
        return settings;
    }

    private static String controllerListener(int port) {
        return "%s://127.0.0.1:%d".formatted(CONTROLLER_LISTENER, port);
    }

    private static void oneReplica(Properties settings) {
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(topic + ".num.partitions", "1");
            settings.put(topic + ".replication.factor", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
    }

    private static void smallFootprint(Properties settings) {
        // The default takes 128 MiB of heap.
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "4");
    }

    private static void quickGroups(Properties settings) {
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.initial.rebalance.delay.ms", "0");
        for (String kind : new String[] {"consumer", "share", "streams"}) {
            String group = "group." + kind + ".";
            settings.put(group + "min.session.timeout.ms", "2000");
            settings.put(group + "session.timeout.ms", "6000");
            settings.put(group + "min.heartbeat.interval.ms", "200");
            settings.put(group + "heartbeat.interval.ms", "500");
            settings.put(group + "assignment.interval.ms", "0");
        }
        settings.put("group.share.min.record.lock.duration.ms", "1000");
    }
}
