package dev.troupe.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.audit.Audit.TeamAccount;
import dev.troupe.cli.audit.Finding.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AuditReportTest {

    @Test
    void namesFromTopicsDoNotSteerTheTerminal() {
        var account = new TeamAccount();
        account.add(new Fate(Fate.State.SKIPPED, "stale\u001b[31m"));
        var audit = new Audit(
                new TreeMap<>(Map.of("team\u001b[2J", account)),
                List.of(new Finding(Kind.LOST, "task\u009b", "nowhere\nto be found")),
                0);

        assertThat(new AuditReport(audit).table(10))
                .contains(
                        "team\\u001b[2J", "skipped: stale\\u001b[31m 1", "LOST task\\u009b: nowhere\\u000ato be found")
                .doesNotContain("\u001b", "\u009b");
    }
}
