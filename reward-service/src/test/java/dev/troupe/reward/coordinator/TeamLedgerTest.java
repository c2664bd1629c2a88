package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.coordinator.Pacing.Bounds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TeamLedgerTest {

    private static final List<String> TEAM = List.of("team");

    private long capacity = 8;
    private final TeamLedger ledger = TeamLedger.empty(
            2,
            policies -> policies.equals(TEAM)
                    ? Optional.of(new Bounds(0, capacity))
                    : policies.equals(List.of("slow")) ? Optional.of(new Bounds(0, capacity / 2)) : Optional.empty());

    @Test
    void partitionsAreServedInTurnTheHomeIncluded() {
        wants(0, TEAM, 100);
        wants(1, TEAM, 100);
        int home = 0;
        while (ledger.take(TEAM)) {
            home++;
        }

        assertThat(home).isEqualTo(2);
        assertThat(granted(0)).isEqualTo(3);
        assertThat(granted(1)).isEqualTo(3);
        assertThat(ledger.admitted()).isEqualTo(8);
    }

    @Test
    void aLatecomerIsServedInTheNextTurn() {
        wants(0, TEAM, 1000);
        ledger.grantOthers();
        wants(1, TEAM, 1);
        capacity += 2;
        ledger.grantOthers();

        assertThat(granted(0)).isEqualTo(9);
        assertThat(granted(1)).isEqualTo(1);
    }

    @Test
    void whatIsGivenBackIsGrantedAgain() {
        wants(0, TEAM, 8);
        ledger.grantOthers();
        assertThat(ledger.take(TEAM)).isFalse();
        ledger.hear(0, new Account(TEAM, 8, 3, 8));

        assertThat(ledger.take(TEAM)).isTrue();
        assertThat(ledger.admitted()).isEqualTo(6);
        ledger.release();
        assertThat(ledger.admitted()).isEqualTo(5);
    }

    @Test
    void whatIsSaidTwiceOrLateCountsOnce() {
        wants(0, TEAM, 4);
        ledger.grantOthers();
        ledger.hear(0, new Account(TEAM, 4, 2, 4));
        ledger.hear(0, new Account(TEAM, 4, 2, 4));
        ledger.hear(0, new Account(TEAM, 4, 0, 0));

        assertThat(ledger.admitted()).isEqualTo(2);
        assertThat(ledger.account(0)).isEqualTo(new Account(TEAM, 4, 2, 4));
    }

    @Test
    void slowOrUnknownPoliciesDoNotHoldUpOthers() {
        wants(0, List.of("slow"), 100);
        wants(1, List.of("unknown"), 100);
        wants(3, TEAM, 100);
        ledger.grantOthers();

        assertThat(granted(0)).isEqualTo(2);
        assertThat(granted(1)).isZero();
        assertThat(granted(3)).isEqualTo(6);
    }

    @Test
    void everyoneHeardOfOrServedIsAnsweredOnce() {
        wants(0, TEAM, 1);
        wants(1, List.of("unknown"), 1);
        ledger.grantOthers();

        assertThat(ledger.takeChanged()).containsExactly(0, 1);
        assertThat(ledger.takeChanged()).isEmpty();
    }

    @Test
    void groupsOfEarlierVersionsCountAsAdmitted() {
        var later = new TeamLedger(0, _ -> Optional.of(new Bounds(80, 88)), TeamLedger.NONE_YET, 0, Map.of());
        later.hear(1, new Account(TEAM, 100, 0, 0));
        later.grantOthers();

        assertThat(later.account(1).granted()).isEqualTo(8);
        assertThat(later.admitted()).isEqualTo(88);
    }

    private void wants(int partition, List<String> policies, long count) {
        ledger.hear(partition, new Account(policies, count, 0, 0));
    }

    private long granted(int partition) {
        return ledger.account(partition).granted();
    }
}
