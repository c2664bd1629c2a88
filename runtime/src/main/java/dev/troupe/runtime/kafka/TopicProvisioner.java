package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.REFUSED;

import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Brings a cluster in line with the catalogue: topics, share groups, schemas. Applying twice changes nothing. */
public final class TopicProvisioner {

    /** Largest value of a topic plus the headers that a dead letter carries. */
    private static final int DEAD_LETTER_BYTES = Topic.MAX_MESSAGE_BYTES + (64 << 10);

    /** Their records are joined with no others by partition, so they may have more partitions than the rest. */
    private static final Set<Topic<?>> QUEUES = Set.of(TopicCatalog.TURNS, TopicCatalog.STEPS);

    private TopicProvisioner() {}

    /**
     * What was done.
     *
     * @param topics created
     * @param groups whose settings were changed
     * @param subjects whose schema was registered
     */
    public record Applied(List<String> topics, List<String> groups, List<String> subjects) {
        public Applied {
            topics = List.copyOf(topics);
            groups = List.copyOf(groups);
            subjects = List.copyOf(subjects);
        }
    }

    /**
     * Creates what is missing and returns when the new topics take records. Topics that exist stay as they are.
     *
     * @throws ClusterException when the cluster or the registry refuses or does not answer
     */
    public static Applied apply(Admin admin, KafkaClients clients, Provisioning provisioning)
            throws InterruptedException {
        var created = new ArrayList<String>();
        Set<String> existing =
                AdminCalls.get("list the topics", admin.listTopics().names());
        for (NewTopic topic : topics(provisioning)) {
            if (!existing.contains(topic.name()) && create(admin, topic)) {
                created.add(topic.name());
            }
        }
        AdminCalls.awaitWritable(admin, names());
        List<String> groups = configureGroups(admin, provisioning);
        try (var subjects = new SchemaSubjects(clients.registryUrl(), clients.registrySettings())) {
            return new Applied(created, groups, subjects.register());
        }
    }

    /** Like {@link #apply(Admin, KafkaClients, Provisioning)} with the usual lock duration. */
    public static Applied apply(Admin admin, KafkaClients clients, int partitions, short replication)
            throws InterruptedException {
        return apply(admin, clients, new Provisioning(partitions, replication));
    }

    /** What differs from the catalogue, one line each, for a person; empty when nothing does. */
    public static List<String> diff(Admin admin, KafkaClients clients, Provisioning provisioning)
            throws InterruptedException {
        var lines = new ArrayList<String>();
        Set<String> existing =
                AdminCalls.get("list the topics", admin.listTopics().names());
        for (NewTopic topic : topics(provisioning)) {
            if (existing.contains(topic.name())) {
                lines.addAll(differences(admin, topic));
            } else {
                lines.add("topic %s is missing".formatted(topic.name()));
            }
        }
        lines.addAll(groupDifferences(admin, provisioning));
        try (var subjects = new SchemaSubjects(clients.registryUrl(), clients.registrySettings())) {
            subjects.missing()
                    .forEach(subject -> lines.add("subject %s lacks this version's schema".formatted(subject)));
        }
        return lines;
    }

    /** The catalogue as it would be applied, one line a topic or group. */
    public static String describe(Provisioning provisioning) {
        var text = new StringBuilder();
        for (NewTopic topic : topics(provisioning)) {
            text.append("topic %-18s partitions=%d replication=%d %s%n"
                    .formatted(
                            topic.name(),
                            topic.numPartitions(),
                            topic.replicationFactor(),
                            new TreeMap<>(topic.configs())));
        }
        groupSettings(provisioning)
                .forEach((group, settings) -> text.append("group %-18s %s%n".formatted(group, settings)));
        return text.toString();
    }

    /**
     * Waits at a service's start until broker, topics and registry are there, and logs what it waits for.
     *
     * @param deadline after which it gives up
     * @throws ClusterException after the deadline, with what to run
     */
    public static void verify(KafkaClients clients, Duration deadline) throws InterruptedException {
        new StartupCheck(clients).await(deadline);
    }

    static Set<String> names() {
        var names = new TreeSet<String>();
        TopicCatalog.all().forEach(topic -> names.add(topic.name()));
        names.add(TopicCatalog.DEAD_LETTERS);
        return names;
    }

    static List<NewTopic> topics(Provisioning provisioning) {
        var topics = new ArrayList<NewTopic>();
        for (Topic<?> topic : TopicCatalog.all()) {
            int partitions = QUEUES.contains(topic) ? provisioning.queuePartitions() : provisioning.partitions();
            topics.add(new NewTopic(topic.name(), partitions, provisioning.replication()).configs(topic.settings()));
        }
        topics.add(new NewTopic(TopicCatalog.DEAD_LETTERS, 1, provisioning.replication())
                .configs(Map.of(
                        "cleanup.policy", "delete",
                        "retention.ms", Long.toString(TopicCatalog.DEAD_LETTER_RETENTION.toMillis()),
                        "max.message.bytes", Integer.toString(DEAD_LETTER_BYTES))));
        return topics;
    }

    static Map<String, Map<String, String>> groupSettings(Provisioning provisioning) {
        if (provisioning.protocol() == QueueProtocol.CONSUMER) {
            // Brokers that need this protocol do not know these settings.
            return Map.of();
        }
        Map<String, String> settings = new TreeMap<>(Map.of(
                "share.auto.offset.reset",
                "earliest",
                "share.isolation.level",
                "read_committed",
                "share.record.lock.duration.ms",
                Long.toString(provisioning.lock().toMillis()),
                // One more than a queue tries: the last delivery of a record that kills its workers is for the letter.
                "share.delivery.count.limit",
                Integer.toString(WorkQueueOptions.DEFAULT_DELIVERY_LIMIT + 1)));
        return new TreeMap<>(Map.of(TopicCatalog.AGENTS_GROUP, settings, TopicCatalog.JUDGES_GROUP, settings));
    }

    private static boolean create(Admin admin, NewTopic topic) throws InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw AdminCalls.failure("create topic " + topic.name(), e);
        }
    }

    private static List<String> differences(Admin admin, NewTopic wanted) throws InterruptedException {
        var lines = new ArrayList<String>();
        TopicDescription found = AdminCalls.get(
                        "describe topic " + wanted.name(),
                        admin.describeTopics(List.of(wanted.name())).allTopicNames())
                .get(wanted.name());
        if (found == null) {
            throw new ClusterException(REFUSED, "the cluster does not describe topic " + wanted.name());
        }
        if (found.partitions().size() != wanted.numPartitions()) {
            lines.add("topic %s has %d partitions, asked for %d"
                    .formatted(wanted.name(), found.partitions().size(), wanted.numPartitions()));
        }
        Map<String, String> settings = settings(admin, new ConfigResource(ConfigResource.Type.TOPIC, wanted.name()));
        wanted.configs().forEach((name, value) -> {
            if (!value.equals(settings.get(name))) {
                lines.add("topic %s: %s is %s, the catalogue says %s"
                        .formatted(wanted.name(), name, settings.get(name), value));
            }
        });
        return lines;
    }

    private static List<String> groupDifferences(Admin admin, Provisioning provisioning) throws InterruptedException {
        var lines = new ArrayList<String>();
        for (var group : groupSettings(provisioning).entrySet()) {
            Map<String, String> found = settings(admin, new ConfigResource(ConfigResource.Type.GROUP, group.getKey()));
            group.getValue().forEach((name, value) -> {
                if (!value.equals(found.get(name))) {
                    lines.add(
                            "group %s: %s is %s, should be %s".formatted(group.getKey(), name, found.get(name), value));
                }
            });
        }
        return lines;
    }

    private static List<String> configureGroups(Admin admin, Provisioning provisioning) throws InterruptedException {
        var changed = new ArrayList<String>();
        for (var group : groupSettings(provisioning).entrySet()) {
            var resource = new ConfigResource(ConfigResource.Type.GROUP, group.getKey());
            Map<String, String> found = settings(admin, resource);
            Collection<AlterConfigOp> changes = group.getValue().entrySet().stream()
                    .filter(setting -> !setting.getValue().equals(found.get(setting.getKey())))
                    .map(setting -> new AlterConfigOp(
                            new ConfigEntry(setting.getKey(), setting.getValue()), AlterConfigOp.OpType.SET))
                    .toList();
            if (!changes.isEmpty()) {
                AdminCalls.get(
                        "configure share group " + group.getKey(),
                        admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
                changed.add(group.getKey());
            }
        }
        return changed;
    }

    private static Map<String, String> settings(Admin admin, ConfigResource resource) throws InterruptedException {
        Config config = AdminCalls.get(
                        "describe " + resource.name(),
                        admin.describeConfigs(List.of(resource)).all())
                .get(resource);
        var settings = new TreeMap<String, String>();
        if (config != null) {
            config.entries().forEach(entry -> settings.put(entry.name(), String.valueOf(entry.value())));
        }
        return settings;
    }
}
