package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.Pacing.Bounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The groups of one team that were admitted, counted at its home partition for all partitions. Partitions that want
 * permits get them one by one in turn, so none of them starves. Pure: it is stored and sent by {@link Permits}.
 */
final class TeamLedger {

    static final long NONE_YET = -1;

    private final int home;
    private final Function<List<String>, Optional<Bounds>> pacing;
    private final TreeMap<Integer, Account> accounts = new TreeMap<>();
    private final TreeSet<Integer> changed = new TreeSet<>();
    private long admitted;
    private int served;

    /**
     * @param admitted groups dealt here and permits that others have; negative when nothing was admitted yet
     * @param served the partition that got the last permit
     * @param accounts of the other partitions
     */
    TeamLedger(
            int home,
            Function<List<String>, Optional<Bounds>> pacing,
            long admitted,
            int served,
            Map<Integer, Account> accounts) {
        this.home = home;
        this.pacing = pacing;
        this.admitted = admitted;
        this.served = served;
        this.accounts.putAll(accounts);
    }

    /** Of a team of which nothing was admitted. */
    static TeamLedger empty(int home, Function<List<String>, Optional<Bounds>> pacing) {
        return new TeamLedger(home, pacing, NONE_YET, home, Map.of());
    }

    long admitted() {
        return admitted;
    }

    int served() {
        return served;
    }

    Account account(int partition) {
        return accounts.getOrDefault(partition, Account.NEW);
    }

    /** Another partition says what it wants and what it gives back. */
    void hear(int partition, Account told) {
        Account before = account(partition);
        Account after = before.told(told);
        accounts.put(partition, after);
        changed.add(partition);
        if (admitted != NONE_YET) {
            admitted += after.out() - before.out();
        }
    }

    /**
     * Takes a permit for a task at home, after those whose turn is earlier have got theirs.
     *
     * @return false when the versions allow no more
     */
    boolean take(List<String> policies) {
        Optional<Bounds> bounds = pacing.apply(policies);
        while (bounds.isPresent() && room(bounds.get())) {
            NavigableSet<Integer> waiting = waiting();
            waiting.add(home);
            Integer next = waiting.higher(served);
            served = next == null ? waiting.first() : next;
            if (served == home) {
                admitted = count(bounds.get()) + 1;
                return true;
            }
            grant(served);
        }
        return false;
    }

    /** Gives back what {@link #take} took. */
    void release() {
        admitted--;
    }

    /** Gives all that the versions allow to the other partitions. */
    void grantOthers() {
        NavigableSet<Integer> waiting = waiting();
        while (!waiting.isEmpty()) {
            Integer next = waiting.higher(served);
            served = next == null ? waiting.first() : next;
            grant(served);
            waiting.removeIf(partition -> !waits(partition));
        }
    }

    /** Partitions whose account was heard of or changed since this was last called. */
    List<Integer> takeChanged() {
        var partitions = new ArrayList<>(changed);
        changed.clear();
        return partitions;
    }

    private void grant(int partition) {
        Account account = account(partition);
        Bounds bounds = pacing.apply(account.policies()).orElseThrow();
        admitted = count(bounds) + 1;
        accounts.put(partition, account.grantOne());
        changed.add(partition);
    }

    /** Other partitions that want a permit and may have it. */
    private NavigableSet<Integer> waiting() {
        var waiting = new TreeSet<Integer>();
        for (int partition : accounts.keySet()) {
            if (waits(partition)) {
                waiting.add(partition);
            }
        }
        return waiting;
    }

    private boolean waits(int partition) {
        Account account = account(partition);
        return account.open()
                && pacing.apply(account.policies()).filter(this::room).isPresent();
    }

    private boolean room(Bounds bounds) {
        return count(bounds) < bounds.capacity();
    }

    /** Groups that earlier versions were trained on count as admitted, whoever dealt them. */
    private long count(Bounds bounds) {
        return admitted == NONE_YET
                ? bounds.trained()
                        + accounts.values().stream().mapToLong(Account::out).sum()
                : admitted;
    }
}
