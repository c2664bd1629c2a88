package dev.troupe.runtime.lifecycle;

/** Something that is started once and closed once: it owns threads, sockets or files. */
public interface Service extends AutoCloseable {

    /** Short and unique within the process; names it in logs and health answers. */
    String name();

    /** Starts; returns when the service has begun its work. Called once. */
    void start();

    /** Stops, finishing or releasing what is in flight; further calls do nothing. */
    @Override
    void close();

    /** Whether it still works; false means that only a restart of the process helps. */
    boolean live();

    /** Whether it can take work now. */
    boolean ready();
}
