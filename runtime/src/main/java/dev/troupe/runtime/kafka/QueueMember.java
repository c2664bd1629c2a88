package dev.troupe.runtime.kafka;

/**
 * A worker's membership in the group of its queue; the two protocols differ here and nowhere else. Used by the polling
 * thread alone. Any exception ends the membership: its state is unknown then, and a new one starts from the broker's.
 */
sealed interface QueueMember extends AutoCloseable permits ShareMember, GroupMember {

    /** Takes records if there are any, within a quarter of a second. */
    void poll() throws InterruptedException;

    /** Gets on with the work on what was taken; whether that came to its end now. */
    boolean work() throws InterruptedException;

    /** Gives back what is not done, keeps what is, and leaves the group, so that others take over at once. */
    @Override
    void close();
}
