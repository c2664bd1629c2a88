package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TopicProvisionerTest {

    private static final Provisioning TWO = new Provisioning(2, (short) 1);

    @Test
    void givesAllTopicsTheSamePartitionsUnlessToldOtherwise() {
        assertThat(TWO.queuePartitions()).isEqualTo(2);
        assertThat(TopicProvisioner.describe(TWO))
                .containsPattern("topic turns +partitions=2 ")
                .containsPattern("topic tasks +partitions=2 ")
                .contains("group troupe-agents");
    }

    @Test
    void givesTheQueuesTheirOwnPartitions() {
        assertThat(TopicProvisioner.describe(TWO.withQueues(16, QueueProtocol.SHARE)))
                .containsPattern("topic turns +partitions=16 ")
                .containsPattern("topic steps +partitions=16 ")
                .containsPattern("topic actions +partitions=2 ")
                .containsPattern("topic judgements +partitions=2 ");
    }

    @Test
    void sparesBrokersThatKnowNoShareGroupsTheirSettings() {
        assertThat(TopicProvisioner.describe(TWO.withQueues(2, QueueProtocol.CONSUMER)))
                .doesNotContain("group ")
                .doesNotContain("share.");
    }

    @Test
    void refusesAQueueWithoutPartitions() {
        assertThatThrownBy(() -> TWO.withQueues(0, QueueProtocol.SHARE)).hasMessageContaining("queuePartitions");
    }
}
