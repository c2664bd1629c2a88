package dev.troupe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.cli.bench.peer.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlopsTest {

    // hidden 8, 2 layers, 4 heads of 2, 2 key-value heads, 3 * 8 * 10 of feed-forward
    private static final ModelSize SIZE = ModelSize.of("tiny", 8, 2, 4, 2, 10);
    private static final Flops FLOPS = new Flops(SIZE.config());

    @Test
    void countsMatricesOnly() {
        long norms = 5 * 8;
        assertThat(FLOPS.layerWeights()).isEqualTo(2 * (8 * 16 + 8 * 8 + 240));
        assertThat(FLOPS.layerWeights() + FLOPS.headWeights() + norms)
                .isEqualTo(SIZE.config().parameterCount());
    }

    @Test
    void attentionGrowsWithTheContext() {
        // Position t multiplies 8 query numbers with t keys and t weights with 8 values, in both layers.
        double attention = 2 * (2 * 8 + 2 * 8) * (1 + 2 + 3);
        assertThat(FLOPS.forward(3, 1)).isEqualTo(2.0 * 864 * 3 + 2.0 * 4096 + attention);
    }

    @Test
    void aSequenceReadTokenByTokenCostsAsMuchAsInOnePass() {
        var generate = new Workload.Generate(5, 3, 4);
        assertThat(generate.tokens()).isEqualTo(20);
        assertThat(generate.flops(SIZE.config())).isEqualTo(5 * FLOPS.forward(6, 4));
    }

    @Test
    void trainingIsThreeForwardPasses() {
        var train = new Workload.Train(2, 7);
        assertThat(train.tokens()).isEqualTo(14);
        assertThat(train.flops(SIZE.config())).isEqualTo(2 * 3 * FLOPS.forward(7, 7));
    }

    @Test
    void shareIsWorkOverCeiling() {
        var workload = new Workload.Train(1, 10);
        var measurement = Measurements.of(Precision.FP32, 100.0);
        var result = new Result(SIZE, workload, List.of(measurement), List.of());
        double gigaflops = workload.flops(SIZE.config()) / 10 * 100 / 1e9;
        assertThat(result.shareOfCeiling(measurement, 4 * gigaflops)).isEqualTo(0.25, within(1e-12));
    }

    @Test
    void sizesAreWhatTheyAreCalled() {
        assertThat(ModelSize.ALL)
                .extracting(size -> size.name() + " " + Math.round(size.config().parameterCount() / 1e5) / 10.0)
                .containsExactly("1m 1.0", "6m 6.4", "25m 25.4");
    }
}
