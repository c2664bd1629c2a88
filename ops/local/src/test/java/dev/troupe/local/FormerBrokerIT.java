package dev.troupe.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormerBrokerIT {

    @TempDir
    Path dir;

    @Test
    void aKilledBrokerIsFencedOnceAndTheNextOneStarts() throws Exception {
        killABroker();

        // Whether the first one still sees it alive is a race between its start and the session.
        FormerBroker.fence(dir, freePort());
        assertThat(FormerBroker.fence(dir, freePort()))
                .as("a second time there is nobody alive")
                .isFalse();
        try (LocalBroker broker = LocalBroker.start(dir, 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            assertThat(broker.fault()).isEmpty();
        }
    }

    @Test
    void aBrokerThatHasNeverRunOrSaidGoodbyeNeedsNothing() throws Exception {
        assertThat(FormerBroker.fence(dir, freePort())).isFalse();
        LocalBroker.start(dir, 0).close();

        assertThat(FormerBroker.fence(dir, freePort())).isFalse();
    }

    private static int freePort() {
        return Ports.free(new SplittableRandom());
    }

    private void killABroker() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .start();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.lines().anyMatch(Holder.STARTED::equals))
                    .as("the broker started")
                    .isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** A broker in a process of its own. */
    static final class Holder {

        static final String STARTED = "started";

        private Holder() {}

        public static void main(String... args) throws InterruptedException {
            try (LocalBroker _ = LocalBroker.start(Path.of(args[0]), 0)) {
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)
                        .println(STARTED);
                new CountDownLatch(1).await();
            }
        }
    }
}
