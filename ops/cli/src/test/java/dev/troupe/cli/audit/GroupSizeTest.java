package dev.troupe.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupSizeTest {

    @ParameterizedTest
    @CsvSource({
        "3, aligned, TRAIN, 3, true",
        "3, aligned, TRAIN, 9, false",
        "3, cross, TRAIN, 9, true",
        "3, cross, TRAIN, 27, true",
        "3, cross, TRAIN, 8, false",
        "3, cross, TRAIN, 3, true",
        "1, cross, TRAIN, 1, true",
        "1, cross, TRAIN, 2, false",
        "3, '', TRAIN, 3, true",
        "3, '', TRAIN, 9, true",
        "3, '', TRAIN, 6, false",
        "3, '', EVALUATE, 9, false",
        "0, '', TRAIN, 5, true",
        "3, cross, TRAIN, 0, false",
    })
    void onlyWhatTheTaskAsksForFits(int completions, String mode, Purpose purpose, int episodes, boolean fits) {
        Task task = Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("coding")
                .setPrompt("p")
                .setNumGenerations(completions)
                .setJointMode(mode)
                .setPurpose(purpose)
                .build();

        assertThat(GroupSize.of(task).fits(episodes)).isEqualTo(fits);
    }
}
