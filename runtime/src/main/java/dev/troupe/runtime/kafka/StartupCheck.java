package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.BROKER_UNREACHABLE;
import static dev.troupe.runtime.kafka.ClusterException.Reason.SCHEMAS_MISSING;
import static dev.troupe.runtime.kafka.ClusterException.Reason.TOPICS_MISSING;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for what a service cannot work without: broker, topics, registry, schemas, in this order. */
final class StartupCheck {

    private static final Logger LOGGER = LoggerFactory.getLogger(StartupCheck.class);
    private static final String APPLY = "run 'troupe topics apply' once for this cluster";

    private static final int TRY_MILLIS = 5000;

    private final KafkaClients clients;
    private final InstantSource clock = InstantSource.system();

    StartupCheck(KafkaClients clients) {
        this.clients = clients;
    }

    void await(Duration deadline) throws InterruptedException {
        Instant limit = clock.instant().plus(deadline);
        try (Admin admin = clients.admin("troupe-startup-check");
                var subjects = new SchemaSubjects(clients.registryUrl(), clients.registrySettings())) {
            until(limit, "topics", () -> checkTopics(admin));
            until(limit, "schema registry", () -> checkSchemas(subjects));
        }
    }

    private interface Check {
        void run() throws InterruptedException;
    }

    private void until(Instant limit, String what, Check check) throws InterruptedException {
        var outage = new Outage(LOGGER, what, clock);
        while (true) {
            try {
                check.run();
                outage.over();
                return;
            } catch (ClusterException e) {
                if (e.reason() == ClusterException.Reason.NOT_PERMITTED
                        || clock.instant().isAfter(limit)) {
                    throw e;
                }
                AdminCalls.pause(outage.failed(e.getMessage() == null ? e.toString() : e.getMessage()));
            }
        }
    }

    private void checkTopics(Admin admin) throws InterruptedException {
        Set<String> missing = new TreeSet<>(TopicProvisioner.names());
        try {
            // The client's own timeout, so that closing it does not wait for the call.
            missing.removeAll(admin.listTopics(new ListTopicsOptions().timeoutMs(TRY_MILLIS))
                    .names()
                    .get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException timeout) {
                throw new ClusterException(
                        BROKER_UNREACHABLE,
                        "no broker answers at %s; check kafka.bootstrap.servers".formatted(clients.bootstrapServers()),
                        timeout);
            }
            throw AdminCalls.failure("answer at " + clients.bootstrapServers(), e);
        }
        if (!missing.isEmpty()) {
            throw new ClusterException(
                    TOPICS_MISSING,
                    "the cluster at %s lacks the topics %s; %s".formatted(clients.bootstrapServers(), missing, APPLY));
        }
    }

    private void checkSchemas(SchemaSubjects subjects) {
        List<String> missing = subjects.missing();
        if (!missing.isEmpty()) {
            throw new ClusterException(
                    SCHEMAS_MISSING,
                    "the schema registry at %s lacks this version's schemas of %s; %s"
                            .formatted(clients.registryUrl(), missing, APPLY));
        }
    }
}
