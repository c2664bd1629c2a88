package dev.troupe.cli.service;

import dev.troupe.agent.AgentService;
import dev.troupe.cli.local.Interruption;
import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.evaluator.EvaluatorService;
import dev.troupe.reward.RewardService;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.http.ManagementServer;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.lifecycle.Lifecycle;
import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.trainer.TrainerService;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code troupe service agent|reward|trainer|evaluator}: one service, as containers run it. */
@Command(
        name = "service",
        mixinStandardHelpOptions = true,
        description = "Run one service against a cluster; settings from --config, TROUPE_* variables and --set.")
public final class ServiceCommand implements Callable<Integer> {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServiceCommand.class);

    private enum Which {
        AGENT,
        REWARD,
        TRAINER,
        EVALUATOR
    }

    @Parameters(index = "0", description = "agent, reward, trainer or evaluator")
    private Which which = Which.AGENT;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Override
    public Integer call() throws Exception {
        var settings = options.load();
        var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (var clients = new KafkaClients(settings, meters)) {
            Service service = service(settings, clients, meters);
            var management = new ManagementServer(
                    settings.integer("management.port", 8080, 0, 65_535),
                    settings.text("management.host", "127.0.0.1"),
                    meters,
                    List.of(service));
            settings.check();
            LOGGER.atInfo().addKeyValue("settings", settings.describe()).log("service");
            try (var lifecycle = new Lifecycle(List.of(management, service));
                    var interruption = Interruption.closing(lifecycle)) {
                lifecycle.start();
                var never = new CountDownLatch(1);
                while (service.live()) {
                    if (never.await(1, TimeUnit.SECONDS)) {
                        break;
                    }
                }
                if (interruption.begun()) {
                    return 0;
                }
                throw new IllegalStateException(service.name() + " failed; the log says why");
            }
        }
    }

    private Service service(Settings settings, KafkaClients clients, MeterRegistry meters) {
        return switch (which) {
            case AGENT -> new AgentService(settings, clients, meters);
            case REWARD -> new RewardService(settings, clients, meters);
            case TRAINER -> new TrainerService(settings, clients, meters);
            case EVALUATOR -> new EvaluatorService(settings, clients, meters);
        };
    }
}
