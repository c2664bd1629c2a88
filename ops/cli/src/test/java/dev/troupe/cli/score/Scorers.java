package dev.troupe.cli.score;

import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.judge.JudgeOptions;
import dev.troupe.reward.judge.LocalJudge;
import dev.troupe.runtime.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;

/** Makes line scorers for the environment of the tests. */
final class Scorers {

    static final Environments ENVIRONMENTS = Environments.of(List.of(new EchoEnvironment()));

    private Scorers() {}

    static LineScorer echo() {
        JudgeOptions options = JudgeOptions.of(Settings.of(Map.of("judge.sandbox", "off")));
        return new LineScorer(
                Target.of("echo", null, ENVIRONMENTS),
                new LocalJudge("test", ENVIRONMENTS, options, new SimpleMeterRegistry()));
    }
}
