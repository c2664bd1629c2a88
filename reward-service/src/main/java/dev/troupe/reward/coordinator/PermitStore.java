package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Ledgers and permits in a state store. Keys: the team for the count of its ledger, the team and a partition for that
 * partition's account in the ledger, the team and {@code held} for the permits this partition has had.
 */
final class PermitStore {

    private static final char SEPARATOR = '\0';
    private static final String HELD = "held";

    private final KeyValueStore<String, byte[]> entries;

    PermitStore(KeyValueStore<String, byte[]> entries) {
        this.entries = entries;
    }

    /**
     * The count of a ledger.
     *
     * @param served the partition that got the last permit; negative in an entry of a release in which each partition
     *     counted for itself
     */
    record Count(long admitted, int served) {}

    /** All that is stored of the ledgers at this partition. */
    record Stored(Map<String, Count> counts, Map<String, Map<Integer, Account>> accounts) {}

    Stored ledgers() {
        var counts = new TreeMap<String, Count>();
        var accounts = new TreeMap<String, Map<Integer, Account>>();
        each((key, value) -> {
            int end = key.indexOf(SEPARATOR);
            if (end < 0) {
                ByteBuffer in = ByteBuffer.wrap(value);
                counts.put(key, new Count(in.getLong(), in.hasRemaining() ? in.getInt() : -1));
            } else if (!key.endsWith(SEPARATOR + HELD)) {
                accounts.computeIfAbsent(key.substring(0, end), _ -> new TreeMap<>())
                        .put(Integer.parseInt(key.substring(end + 1)), account(value));
            }
        });
        return new Stored(counts, accounts);
    }

    Map<String, HeldPermits> held() {
        var held = new TreeMap<String, HeldPermits>();
        each((key, value) -> {
            if (key.endsWith(SEPARATOR + HELD)) {
                ByteBuffer in = ByteBuffer.wrap(value);
                held.put(
                        key.substring(0, key.indexOf(SEPARATOR)),
                        new HeldPermits(in.getLong(), in.getLong(), in.getLong()));
            }
        });
        return held;
    }

    void put(String teamId, Count count) {
        entries.put(
                teamId,
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                        .putLong(count.admitted())
                        .putInt(count.served())
                        .array());
    }

    void put(String teamId, HeldPermits held) {
        entries.put(
                teamId + SEPARATOR + HELD,
                ByteBuffer.allocate(3 * Long.BYTES)
                        .putLong(held.granted())
                        .putLong(held.returned())
                        .putLong(held.dealt())
                        .array());
    }

    void put(String teamId, int partition, Account account) {
        List<byte[]> policies =
                account.policies().stream().map(name -> name.getBytes(UTF_8)).toList();
        int size =
                policies.stream().mapToInt(name -> Integer.BYTES + name.length).sum();
        ByteBuffer out = ByteBuffer.allocate(3 * Long.BYTES + size)
                .putLong(account.wanted())
                .putLong(account.returned())
                .putLong(account.granted());
        policies.forEach(name -> out.putInt(name.length).put(name));
        entries.put(teamId + SEPARATOR + partition, out.array());
    }

    private static Account account(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        long wanted = in.getLong();
        long returned = in.getLong();
        long granted = in.getLong();
        var policies = new ArrayList<String>();
        while (in.hasRemaining()) {
            byte[] name = new byte[in.getInt()];
            in.get(name);
            policies.add(new String(name, UTF_8));
        }
        return new Account(policies, wanted, returned, granted);
    }

    private void each(BiConsumer<String, byte[]> entry) {
        try (KeyValueIterator<String, byte[]> all = entries.all()) {
            all.forEachRemaining(stored -> entry.accept(stored.key, stored.value));
        }
    }
}
