package dev.troupe.reward.coordinator;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.EpisodeGroup;

/** Publishes the next version of a team after every so many of its groups, from the first group on. */
final class FakeTrainer implements AutoCloseable {

    private final Players players;
    private final int groupsPerStep;
    private final TopicReader<EpisodeGroup> reader;
    /** Owned by the reader's thread. */
    private int trained;

    FakeTrainer(KafkaClients clients, Players players, int groupsPerStep) {
        this.players = players;
        this.groupsPerStep = groupsPerStep;
        this.reader = new TopicReader<>(clients, "trainer", TopicCatalog.EPISODE_GROUPS, row -> train(row.value()));
    }

    FakeTrainer start() {
        reader.start();
        return this;
    }

    private void train(EpisodeGroup group) {
        trained++;
        if (trained % groupsPerStep == 0) {
            players.send(
                    TopicCatalog.MODEL_VERSIONS,
                    group.getTeamId(),
                    Records.version(group.getTeamId(), trained / groupsPerStep));
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
