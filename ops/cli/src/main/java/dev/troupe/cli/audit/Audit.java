package dev.troupe.cli.audit;

import dev.troupe.cli.audit.Fate.State;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The accounts.
 *
 * @param teams by teamId; tasks that cannot be read belong to {@link Ledger#NO_TEAM}
 * @param findings what does not add up; empty when everything does
 * @param expired task ids whose task has left the topic by age, while what came of it is still there
 */
public record Audit(SortedMap<String, TeamAccount> teams, List<Finding> findings, int expired) {

    public Audit {
        teams = Collections.unmodifiableSortedMap(new TreeMap<>(teams));
        findings = List.copyOf(findings);
    }

    public boolean balances() {
        return findings.isEmpty();
    }

    public int fed() {
        return teams.values().stream().mapToInt(TeamAccount::fed).sum();
    }

    public int count(State state) {
        return teams.values().stream().mapToInt(team -> team.count(state)).sum();
    }

    public long count(Finding.Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).count();
    }

    /** Tasks of one team, by what became of them. */
    public static final class TeamAccount {

        private final Map<State, SortedMap<String, Integer>> fates = new EnumMap<>(State.class);

        public void add(Fate fate) {
            fates.computeIfAbsent(fate.state(), _ -> new TreeMap<>()).merge(fate.detail(), 1, Integer::sum);
        }

        public int fed() {
            return fates.values().stream()
                    .mapToInt(details -> details.values().stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .sum();
        }

        public int count(State state) {
            return details(state).values().stream().mapToInt(Integer::intValue).sum();
        }

        /** Counts by reason or stage. */
        public SortedMap<String, Integer> details(State state) {
            return Collections.unmodifiableSortedMap(fates.getOrDefault(state, new TreeMap<>()));
        }
    }
}
