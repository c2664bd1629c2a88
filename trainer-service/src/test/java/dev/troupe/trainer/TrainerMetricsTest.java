package dev.troupe.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.trainer.update.StepOutcome;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TrainerMetricsTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final TrainerMetrics metrics = new TrainerMetrics(registry, "crew");

    @Test
    void showsEveryNameOfAStepToPrometheus() {
        committed(Map.of(
                "loss", 0.5,
                "completions/mean_length", 12.0,
                "sampling/importance_sampling_ratio/max", 1.25,
                "rewards/tests-passed (größe)/mean", 0.25,
                "perf/fwd_bwd_s", 0.125));

        assertThat(registry.scrape())
                .contains(
                        "troupe_trainer_step_loss{team=\"crew\"} 0.5\n",
                        "troupe_trainer_step_completions_mean_length{team=\"crew\"} 12.0\n",
                        "troupe_trainer_step_sampling_importance_sampling_ratio_max{team=\"crew\"} 1.25\n",
                        "troupe_trainer_step_perf_fwd_bwd_s{team=\"crew\"} 0.125\n")
                .containsPattern("troupe_trainer_step_rewards_[a-zA-Z0-9_:]+_mean\\{team=\"crew\"} 0.25\n");
    }

    @Test
    void forgetsWhatALaterStepDoesNotSay() {
        committed(Map.of("loss", 0.5, "reward", 1.0));
        committed(Map.of("reward", 0.0));

        assertThat(registry.scrape())
                .contains("troupe_trainer_step_loss{team=\"crew\"} NaN\n")
                .contains("troupe_trainer_step_reward{team=\"crew\"} 0.0\n");
    }

    /** Two names that are one to Prometheus must not spoil the scrape of all others. */
    @Test
    void twoNamesMayBeOneToPrometheus() {
        var both = new TreeMap<String, Double>();
        both.put("rewards/a-b/mean", 1.0);
        both.put("rewards/a_b/mean", 2.0);
        committed(both);

        assertThat(registry.scrape().lines().filter(line -> line.startsWith("troupe_trainer_step_rewards_a_b_mean")))
                .hasSize(1);
    }

    private void committed(Map<String, Double> values) {
        metrics.committed(values, new StepOutcome(values, List.of(), List.of(), List.of(), Optional.empty(), 0));
    }
}
