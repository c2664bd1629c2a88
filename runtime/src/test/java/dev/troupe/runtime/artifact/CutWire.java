package dev.troupe.runtime.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A wire to a server that breaks after so many bytes, stays broken for some connections, and is whole again. */
final class CutWire implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();

    CutWire(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Cuts once, when this many bytes have gone either way, and refuses the connections that come next. */
    void cutAfter(long bytes, int refused) {
        broken.set(refused);
        cuts.set(0);
        bytesLeft.set(bytes);
    }

    int cuts() {
        return cuts.get();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket near = listener.accept();
                if (cuts.get() > 0 && broken.getAndDecrement() > 0) {
                    near.close();
                    continue;
                }
                var far = new Socket(InetAddress.getLoopbackAddress(), target);
                Thread.ofVirtual().start(() -> pump(near, far));
                Thread.ofVirtual().start(() -> pump(far, near));
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 14];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (bytesLeft.addAndGet(-count) < 0) {
                    bytesLeft.set(Long.MAX_VALUE);
                    cuts.incrementAndGet();
                    return;
                }
                out.write(buffer, 0, count);
                out.flush();
            }
        } catch (IOException _) {
            // The other direction was cut, or one end has closed: so does this one.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
