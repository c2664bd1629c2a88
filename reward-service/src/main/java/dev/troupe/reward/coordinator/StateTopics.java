package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The topics behind the coordinator's state stores, and what their keys say: with them the accounts can be proved for
 * tasks that are not finished as well.
 *
 * @param applicationId {@code coordinator.application.id}, also the name of its consumer group
 */
public record StateTopics(String applicationId) {

    /** Tasks whose episodes are not all over, by taskId. */
    public String groups() {
        return changelog(StoreNames.GROUPS);
    }

    /** Tasks that wait to be dealt; {@link #waitingOffset} reads their keys. */
    public String waiting() {
        return changelog(StoreNames.WAITING);
    }

    /** The task of a record of {@link #groups}. */
    public static String taskId(byte[] key) {
        return new String(key, UTF_8);
    }

    /** The offset in {@code tasks} of a record of {@link #waiting}; both topics have the same partitions. */
    public static long waitingOffset(byte[] key) {
        return WaitingLine.offset(new String(key, UTF_8));
    }

    private String changelog(String store) {
        return applicationId + "-" + store + "-changelog";
    }
}
