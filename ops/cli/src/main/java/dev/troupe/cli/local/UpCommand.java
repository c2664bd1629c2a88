package dev.troupe.cli.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code troupe up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Keep everything running in one process, reachable for your own Kafka tools.")
public final class UpCommand implements Callable<Integer> {

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".troupe",
            description = "where the state is kept (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of(".troupe");

    @Option(names = "--broker-port", defaultValue = "9092", description = "default: ${DEFAULT-VALUE}")
    private int brokerPort = 9092;

    @Option(names = "--registry-port", defaultValue = "8081", description = "default: ${DEFAULT-VALUE}")
    private int registryPort = 8081;

    @Option(
            names = "--policy",
            paramLabel = "DIR",
            description = "Hugging Face checkpoint that training starts from (default: the shipped reference policy)")
    private @Nullable Path policy;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "any setting of the services, such as train.groups.per.step=4")
    private Map<String, String> settings = new HashMap<>();

    @Override
    public Integer call() throws Exception {
        var all = new HashMap<>(LocalSettings.common(policy));
        all.putAll(LocalSettings.benchmarks());
        all.putAll(settings);
        System.out.println("troupe: starting ...");
        try (var stack = LocalStack.start(directory.resolve("up"), brokerPort, registryPort, all);
                var _ = Interruption.closing(stack)) {
            System.out.printf(
                    "troupe: broker %s, registry %s, log %s; Ctrl-C ends it%n",
                    stack.cluster().settings().get("kafka.bootstrap.servers"),
                    stack.cluster().settings().get("schema.registry.url"),
                    System.getProperty("troupe.log.file", ".troupe/troupe.log"));
            var never = new CountDownLatch(1);
            while (stack.live()) {
                if (never.await(1, TimeUnit.SECONDS)) {
                    break;
                }
            }
            throw new IllegalStateException("a service failed; the log says which and why");
        }
    }
}
