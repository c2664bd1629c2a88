package dev.troupe.cli;

import static org.awaitility.Awaitility.await;

import dev.troupe.local.WorkQueueIT;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** The work queue's scenarios on a broker in a container; one broker for all, with new topics for each. */
@Timeout(180)
class WorkQueueContainersIT extends WorkQueueIT {

    private static ContainerCluster containers;

    @BeforeAll
    static void startContainers() throws Exception {
        containers = ContainerCluster.start();
    }

    @AfterAll
    static void stopContainers() {
        if (containers != null) {
            containers.close();
        }
    }

    @Override
    protected Map<String, String> cluster(Duration lock, int partitions) throws Exception {
        try (var clients = new KafkaClients(Settings.of(containers.settings()));
                var admin = clients.admin("test")) {
            // The registry has topics of its own, and those stay.
            Set<String> old = ours(admin);
            admin.deleteTopics(old).all().get(60, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(60)).until(() -> ours(admin).isEmpty());
        }
        containers.provision(new Provisioning(partitions, (short) 1, lock));
        return containers.settings();
    }

    private static Set<String> ours(Admin admin) throws Exception {
        return admin.listTopics().names().get(60, TimeUnit.SECONDS).stream()
                .filter(name -> name.equals(TopicCatalog.DEAD_LETTERS)
                        || TopicCatalog.find(name).isPresent())
                .collect(Collectors.toSet());
    }

    @Override
    protected void restart() throws Exception {
        containers.killBroker();
        containers.startBroker();
    }
}
