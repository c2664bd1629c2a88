package dev.troupe.trainer;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.kafka.GroupFeed;
import dev.troupe.trainer.kafka.StepWriter;
import dev.troupe.trainer.kafka.VersionLog;

/** What ties a session to the log: its reader, its writer and the versions published so far. */
record TeamLink(GroupFeed feed, StepWriter writer, VersionLog versions) implements AutoCloseable {

    static TeamLink of(KafkaClients clients, Team team, StepListener listener) {
        return new TeamLink(
                new GroupFeed(clients, team.teamId()),
                new StepWriter(clients, team.teamId(), listener),
                new VersionLog(clients, team.policyIds()));
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
