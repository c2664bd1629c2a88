package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.schemas.avro.AdmissionCounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permits to deal training tasks. A team's are counted at one place, its home: the partition of its id as a key,
 * where its groups are published too. Other partitions ask there, over the topic {@code admissions}, as soon as tasks
 * wait, and give back what they do not need; so it does not matter in which partitions a team's tasks are.
 *
 * <p>The protocol, for one team and one other partition: that partition says how many permits it wants and how many it
 * gave back in all, the home answers each time how many it granted in all. What was granted and given back only grows
 * and either side takes the larger, so a record that comes twice or late changes no count; and what is open is said
 * again, so one that never comes costs time alone. Neither believes in permits that it did not ask for or grant:
 * records of an earlier application id may still be in the topic. At no moment are more than {@code granted -
 * returned}, as the home counts them, used or usable elsewhere: the other partition knows of no more granted and of no
 * fewer given back. With one partition nothing is sent.
 *
 * <p>The number of partitions is fixed for the life of an application id: Streams refuses to start on changelog topics
 * with another number. A new application id counts anew, from what the newest versions were trained on.
 */
final class Permits {

    private static final Logger LOGGER = LoggerFactory.getLogger(Permits.class);

    private final int partition;
    private final int partitions;
    private final Pacing pacing;
    private final PermitStore store;
    private final Consumer<AdmissionCounts> mail;
    private final Map<String, TeamLedger> ledgers = new TreeMap<>();
    private final Map<String, HeldPermits> held;
    private final Map<String, Petition> petitions = new TreeMap<>();

    /** @param mail takes what is for another partition, within the transaction of what caused it */
    Permits(
            int partition,
            int partitions,
            Pacing pacing,
            KeyValueStore<String, byte[]> store,
            Consumer<AdmissionCounts> mail) {
        this.partition = partition;
        this.partitions = partitions;
        this.pacing = pacing;
        this.store = new PermitStore(store);
        this.mail = mail;
        this.held = this.store.held();
        PermitStore.Stored stored = this.store.ledgers();
        var teams = new TreeSet<>(stored.counts().keySet());
        teams.addAll(stored.accounts().keySet());
        teams.stream().filter(this::atHome).forEach(team -> {
            var count = stored.counts().getOrDefault(team, new PermitStore.Count(TeamLedger.NONE_YET, partition));
            // Where every partition counted for itself, one partition's count says little about the team's.
            boolean partial = count.served() < 0 && shared();
            ledgers.put(
                    team,
                    new TeamLedger(
                            partition,
                            pacing::bounds,
                            partial ? TeamLedger.NONE_YET : count.admitted(),
                            Math.max(count.served(), 0),
                            stored.accounts().getOrDefault(team, Map.of())));
        });
    }

    /** What waits of a team's training tasks: the policies of the first, and how many could be dealt with permits. */
    record Demand(List<String> policies, long waiting) {
        static final Demand NONE = new Demand(List.of(), 0);
    }

    /** Takes a permit for the task that waits longest, if there is one. */
    boolean take(String teamId, List<String> policies) {
        if (atHome(teamId)) {
            TeamLedger ledger = ledger(teamId);
            boolean taken = ledger.take(policies);
            if (taken) {
                store.put(teamId, new PermitStore.Count(ledger.admitted(), ledger.served()));
            }
            return taken;
        }
        HeldPermits permits = held.getOrDefault(teamId, HeldPermits.NONE);
        if (permits.free() == 0) {
            return false;
        }
        hold(teamId, permits.take());
        return true;
    }

    /** Gives back what was taken last: the task was not dealt after all. */
    void release(String teamId) {
        if (atHome(teamId)) {
            TeamLedger ledger = ledger(teamId);
            ledger.release();
            store.put(teamId, new PermitStore.Count(ledger.admitted(), ledger.served()));
        } else {
            hold(teamId, held.getOrDefault(teamId, HeldPermits.NONE).release());
        }
    }

    /** What is wrong with a record that came here, if anything. */
    Optional<String> problem(AdmissionCounts counts) {
        int home = home(counts.getTeamId());
        int other = counts.getFrom();
        if (counts.getTo() != partition || other == partition || other < 0 || other >= partitions) {
            return Optional.of("it is from partition %d to %d and came to %d of %d"
                    .formatted(other, counts.getTo(), partition, partitions));
        }
        if (home != partition && home != other) {
            return Optional.of("partition %d is the home of team '%s', neither %d nor %d"
                    .formatted(home, counts.getTeamId(), other, partition));
        }
        long granted = counts.getGranted();
        boolean wrong = counts.getWanted() < 0 || counts.getReturned() < 0 || granted < counts.getReturned();
        return wrong
                ? Optional.of("wanted %d, returned %d, granted %d cannot be"
                        .formatted(counts.getWanted(), counts.getReturned(), granted))
                : TaskRules.teamProblem(counts.getTeamId());
    }

    /** Takes a record from another partition that has no {@link #problem}. A request is always answered. */
    void hear(AdmissionCounts counts) {
        String team = counts.getTeamId();
        var account = new Account(counts.getPolicies(), counts.getWanted(), counts.getReturned(), counts.getGranted());
        if (atHome(team)) {
            TeamLedger ledger = ledger(team);
            doubt(counts, ledger.account(counts.getFrom()).granted());
            ledger.hear(counts.getFrom(), account);
            return;
        }
        Petition petition = petitions.computeIfAbsent(team, _ -> new Petition());
        petition.answered(account);
        HeldPermits permits = held.getOrDefault(team, HeldPermits.NONE);
        if (account.granted() > permits.granted() && petition.believes(account)) {
            hold(team, permits.grantedInAll(account.granted()));
        } else {
            doubt(counts, permits.granted());
        }
    }

    /** Says that another partition knows of more permits than there can be; an old record, as a rule. */
    private void doubt(AdmissionCounts counts, long known) {
        if (counts.getGranted() > known) {
            LOGGER.atWarn()
                    .addKeyValue("teamId", counts.getTeamId())
                    .addKeyValue("partition", partition)
                    .addKeyValue("from", counts.getFrom())
                    .addKeyValue("granted", counts.getGranted())
                    .addKeyValue("known", known)
                    .log("permits that were not asked for or granted here are not counted");
        }
    }

    /** Whether there are other partitions, so that there is something to {@link #settle}. */
    boolean shared() {
        return partitions > 1;
    }

    /**
     * Grants, asks and gives back. To be called after whatever may have changed what waits or what is allowed.
     *
     * @param demands by team
     */
    void settle(Map<String, Demand> demands, long now) {
        ledgers.forEach(this::answer);
        var teams = new TreeSet<>(held.keySet());
        teams.addAll(petitions.keySet());
        teams.addAll(demands.keySet());
        teams.stream()
                .filter(team -> !atHome(team))
                .forEach(team -> ask(team, demands.getOrDefault(team, Demand.NONE), now));
    }

    private void answer(String team, TeamLedger ledger) {
        ledger.grantOthers();
        List<Integer> changed = ledger.takeChanged();
        for (int to : changed) {
            Account account = ledger.account(to);
            store.put(team, to, account);
            mail(team, to, account);
        }
        if (!changed.isEmpty()) {
            store.put(team, new PermitStore.Count(ledger.admitted(), ledger.served()));
        }
    }

    private void ask(String team, Demand demand, long now) {
        HeldPermits permits = held.getOrDefault(team, HeldPermits.NONE);
        long surplus = permits.free() - demand.waiting();
        if (surplus > 0) {
            permits = permits.giveBack(surplus);
            hold(team, permits);
        }
        Petition petition = petitions.computeIfAbsent(team, _ -> new Petition());
        boolean overdue = petition.overdue(now);
        Optional<Account> due = petition.due(permits.account(demand), now);
        if (due.isEmpty()) {
            return;
        }
        mail(team, home(team), due.get());
        if (overdue) {
            LOGGER.atWarn()
                    .addKeyValue("waitingFor", "partition " + home(team) + " to answer about permits")
                    .addKeyValue("teamId", team)
                    .addKeyValue("partition", partition)
                    .addKeyValue("waitedMillis", Petition.AGAIN.toMillis())
                    .log("waiting");
        }
    }

    private void mail(String team, int to, Account account) {
        mail.accept(new AdmissionCounts(
                team, partition, to, account.policies(), account.wanted(), account.returned(), account.granted()));
    }

    private void hold(String team, HeldPermits permits) {
        held.put(team, permits);
        store.put(team, permits);
    }

    private TeamLedger ledger(String team) {
        return ledgers.computeIfAbsent(team, _ -> TeamLedger.empty(partition, pacing::bounds));
    }

    private boolean atHome(String team) {
        return home(team) == partition;
    }

    private int home(String team) {
        return home(team, partitions);
    }

    /** The partition where a team's permits are counted. */
    static int home(String teamId, int partitions) {
        return Utils.toPositive(Utils.murmur2(teamId.getBytes(UTF_8))) % partitions;
    }
}
