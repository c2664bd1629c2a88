package dev.troupe.trainer;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.kafka.GroupFeed;
import dev.troupe.trainer.kafka.StepWriter;
import dev.troupe.trainer.kafka.UseLog;
import dev.troupe.trainer.kafka.VersionLog;

/**
 * What ties a session to the log.
 *
 * @param feed its reader
 * @param writer its writer
 * @param versions published so far
 * @param uses of versions; outlives the session
 */
record TeamLink(GroupFeed feed, StepWriter writer, VersionLog versions, UseLog uses) implements AutoCloseable {

    static TeamLink of(KafkaClients clients, Team team, StepListener listener, UseLog uses) {
        return new TeamLink(
                new GroupFeed(clients, team.teamId()),
                new StepWriter(clients, team.teamId(), listener),
                new VersionLog(clients, team.policyIds()),
                uses);
    }

    @Override
    public void close() {
        try {
            writer.close();
        } finally {
            feed.close();
        }
    }
}
