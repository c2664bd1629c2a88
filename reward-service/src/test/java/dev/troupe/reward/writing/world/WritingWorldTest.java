package dev.troupe.reward.writing.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.world.Split;
import dev.troupe.reward.world.TaskLines;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WritingWorldTest {

    private static final Path EXAMPLES = Path.of("..", "examples", "writing");

    @Test
    void splitsTopicsFourToOne() {
        assertThat(Topic.of(Split.TRAIN)).doesNotContainAnyElementsOf(Topic.of(Split.HELD_OUT));
        assertThat(Topic.of(Split.HELD_OUT)).hasSizeBetween(800, 830);
    }

    @Test
    void repeatsNoTopic() {
        assertThat(WritingWorld.generate(5, 300, Split.TRAIN))
                .extracting(Task::getPrompt)
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesMoreTasksThanTopics() {
        assertThatThrownBy(() -> WritingWorld.generate(5, 10_000, Split.HELD_OUT))
                .hasMessageContaining("topics");
    }

    @Test
    void sameNumbersShowTheSame() {
        var demonstrations = new WritingDemonstrations();
        assertThat(demonstrations.draw(new SplittableRandom(2)))
                .isEqualTo(demonstrations.draw(new SplittableRandom(2)))
                .isNotEqualTo(demonstrations.draw(new SplittableRandom(3)));
    }

    @Test
    void exampleFilesAreWhatTheGeneratorMakes() throws IOException {
        assertThat(Files.readString(EXAMPLES.resolve("train.jsonl")))
                .isEqualTo(TaskLines.of(WritingWorld.generate(1, 400, Split.TRAIN)));
        assertThat(Files.readString(EXAMPLES.resolve("heldout.jsonl")))
                .isEqualTo(TaskLines.of(WritingWorld.generate(2, 60, Split.HELD_OUT)));
    }
}
