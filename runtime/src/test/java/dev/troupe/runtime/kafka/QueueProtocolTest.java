package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueProtocolTest {

    @Test
    void isAShareGroupUnlessToldOtherwise() {
        assertThat(QueueProtocol.of(Settings.of(Map.of()))).isEqualTo(QueueProtocol.SHARE);
        assertThat(QueueProtocol.of(Settings.of(Map.of("queue.protocol", "share"))))
                .isEqualTo(QueueProtocol.SHARE);
        assertThat(QueueProtocol.of(Settings.of(Map.of("queue.protocol", "consumer"))))
                .isEqualTo(QueueProtocol.CONSUMER);
    }

    @Test
    void namesTheKnownOnesWhenItIsNoneOfThem() {
        Settings settings = Settings.of(Map.of("queue.protocol", "streams"));

        QueueProtocol protocol = QueueProtocol.of(settings);

        assertThat(protocol).isEqualTo(QueueProtocol.SHARE);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("queue.protocol 'streams' is not one of share, consumer");
    }

    @Test
    void hasAGroupIdOfItsOwnBecauseAGroupHasOneType() {
        assertThat(QueueProtocol.SHARE.groupId("troupe-agents")).isEqualTo("troupe-agents");
        assertThat(QueueProtocol.CONSUMER.groupId("troupe-agents")).isEqualTo("troupe-agents-consumer");
    }
}
