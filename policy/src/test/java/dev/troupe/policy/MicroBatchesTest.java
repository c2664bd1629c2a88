package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {
    @Test
    void neitherLosesNorRepeatsNorOverfills() {
        for (long seed = 0; seed < 50; seed++) {
            // Given
            var random = new SplittableRandom(seed);
            List<TrainingSequence> sequences = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                sequences.add(new TrainingSequence(TokenIds.of(new int[2 + random.nextInt(30)]), 1, 1));
            }

            // When
            List<List<Integer>> batches = MicroBatches.byLength(sequences, 64);

            // Then
            assertThat(batches.stream().flatMap(List::stream))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, sequences.size()).boxed().toList());
            for (List<Integer> batch : batches) {
                int longest = sequences.get(batch.getFirst()).tokens().size();
                assertThat(longest * batch.size()).as("seed %d", seed).isLessThanOrEqualTo(64);
                assertThat(batch).allMatch(i -> sequences.get(i).tokens().size() <= longest);
            }
        }
    }

    @Test
    void aSequenceThatIsTooLongGoesAlone() {
        var sequence = new TrainingSequence(TokenIds.of(new int[10]), 1, 1);

        assertThat(MicroBatches.byLength(List.of(sequence, sequence), 5)).containsExactly(List.of(0), List.of(1));
        assertThatThrownBy(() -> MicroBatches.byLength(List.of(sequence), 0)).hasMessageContaining("maxPaddedTokens");
    }
}
