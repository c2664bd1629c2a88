package dev.troupe.cli.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of the system and its supervisor: whenever the process ends it is started again, as Kubernetes would.
 * Measures how long it takes from a kill until the process says that it is ready.
 */
final class Member implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Member.class);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration END = Duration.ofSeconds(10);

    /**
     * What is run.
     *
     * @param ready answers 200 when the process is at work
     * @param log takes what the process prints, of all its lives
     */
    record Script(String name, Kind kind, List<String> command, URI ready, Path log) {
        Script {
            command = List.copyOf(command);
        }
    }

    private final Script script;
    private final HttpClient http;
    private final Thread supervisor;
    private final CountDownLatch closing = new CountDownLatch(1);
    // guarded by this
    private final List<Duration> recoveries = new ArrayList<>();
    // guarded by this
    private @Nullable Process process;
    // guarded by this; nanoseconds, while the process has not been ready since it was killed
    private @Nullable Long killedAt;
    // guarded by this
    private boolean killed;
    // guarded by this
    private boolean ready;
    // guarded by this
    private int ownEnds;

    Member(Script script, HttpClient http) {
        this.script = script;
        this.http = http;
        this.supervisor = Thread.ofVirtual().name("supervisor-" + script.name()).unstarted(this::supervise);
    }

    Script script() {
        return script;
    }

    void start() {
        supervisor.start();
    }

    /** Sends SIGKILL. @return false when there is nothing to kill at the moment */
    synchronized boolean kill() {
        if (process == null || killed || !process.isAlive()) {
            return false;
        }
        killed = true;
        ready = false;
        if (killedAt == null) {
            killedAt = System.nanoTime();
        }
        process.destroyForcibly();
        return true;
    }

    synchronized boolean ready() {
        return ready;
    }

    /** From each kill to the readiness after it; kills before that readiness belong to the first one. */
    synchronized List<Duration> recoveries() {
        return List.copyOf(recoveries);
    }

    /** How often the process ended without having been killed. */
    synchronized int ownEnds() {
        return ownEnds;
    }

    private void supervise() {
        try {
            while (closing.getCount() > 0) {
                Process running = launch();
                awaitReady(running);
                running.waitFor();
                ended(running);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOGGER.atError().setCause(e).addKeyValue("process", script.name()).log("the process cannot be started");
        }
    }

    private synchronized Process launch() throws IOException {
        Process started = new ProcessBuilder(script.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(script.log().toFile()))
                .start();
        process = started;
        killed = false;
        return started;
    }

    private void awaitReady(Process running) throws InterruptedException {
        while (running.isAlive() && closing.getCount() > 0) {
            if (answersReady()) {
                becameReady();
                return;
            }
            if (closing.await(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private boolean answersReady() throws InterruptedException {
        var request =
                HttpRequest.newBuilder(script.ready()).timeout(CHECK_TIMEOUT).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            // Not listening yet; that is what the next check is for.
            return false;
        }
    }

    private synchronized void becameReady() {
        if (killed) {
            return;
        }
        ready = true;
        if (killedAt != null) {
            recoveries.add(Duration.ofNanos(System.nanoTime() - killedAt));
            killedAt = null;
        }
    }

    private synchronized void ended(Process running) {
        ready = false;
        if (!killed && closing.getCount() > 0) {
            ownEnds++;
            LOGGER.atWarn()
                    .addKeyValue("process", script.name())
                    .addKeyValue("exit", running.exitValue())
                    .log("the process ended by itself and is started again");
        }
    }

    /** Ends the process at once, for good. */
    void abort() {
        closing.countDown();
        synchronized (this) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    /** Asks the process to end, and kills it when it does not. */
    @Override
    public void close() {
        closing.countDown();
        Process running;
        synchronized (this) {
            running = process;
        }
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                LOGGER.atWarn().addKeyValue("process", script.name()).log("did not end when asked to, and is killed");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            running.destroyForcibly();
        }
    }
}
