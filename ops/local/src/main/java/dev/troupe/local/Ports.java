package dev.troupe.local;

import dev.troupe.local.LocalModeException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Ports of the loopback interface. */
public final class Ports {

    // Below 32768, where Linux starts to hand out ports to outgoing connections: a port above it can be taken
    // between the probe and the bind.
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_767;
    private static final int ATTEMPTS = 200;

    private Ports() {}

    static InetAddress loopback() {
        return InetAddress.ofLiteral("127.0.0.1");
    }

    /** A port that nobody listened on a moment ago. */
    public static int free(RandomGenerator random) {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = random.nextInt(LOWEST, HIGHEST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new LocalModeException(
                Reason.PORT_IN_USE,
                "found no free port between %d and %d on 127.0.0.1".formatted(LOWEST, HIGHEST),
                null);
    }

    static boolean isFree(int port) {
        try (var probe = new ServerSocket()) {
            // The servers that follow set it too; without it a port in TIME_WAIT would look taken.
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(loopback(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** Refuses a taken port before anything is started on it. */
    static void requireFree(String server, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port of the %s is not in 1..65535: %d".formatted(server, port));
        }
        if (!isFree(port)) {
            throw inUse(server, port, null);
        }
    }

    static LocalModeException inUse(String server, int port, @Nullable Throwable cause) {
        return new LocalModeException(
                Reason.PORT_IN_USE,
                "port %d of the %s is in use by another process; stop that process or choose another port"
                        .formatted(port, server),
                cause);
    }
}
