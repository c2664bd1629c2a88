package dev.troupe.cli.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.audit.Audit.TeamAccount;
import dev.troupe.cli.audit.Fate.State;
import dev.troupe.cli.terminal.JsonFile;
import dev.troupe.cli.terminal.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** An audit as a table for people and as JSON for programs. */
public final class AuditReport {

    private static final List<State> WITH_DETAILS =
            List.of(State.SKIPPED, State.INCOMPLETE, State.DEAD_LETTERED, State.OPEN);
    private static final String ROW = "%-20s %9s %9s %9s %9s %10s %13s %9s  %s%n";

    private final Audit audit;

    public AuditReport(Audit audit) {
        this.audit = audit;
    }

    /** @param most findings that are listed */
    public String table(int most) {
        var text = new StringBuilder(ROW.formatted(
                "team", "fed", "trained", "evaluated", "skipped", "incomplete", "dead-lettered", "open", ""));
        audit.teams().forEach((team, account) -> {
            text.append(row(team, account));
            for (State state : WITH_DETAILS) {
                account.details(state)
                        .forEach((reason, count) ->
                                text.append("    %s: %s %d%n".formatted(state.label(), Printable.text(reason), count)));
            }
        });
        if (audit.expired() > 0) {
            text.append("%d tasks have left the topic by age and are not counted%n".formatted(audit.expired()));
        }
        audit.findings().stream()
                .limit(most)
                .forEach(finding ->
                        text.append(Printable.text(finding.toString())).append(System.lineSeparator()));
        if (audit.findings().size() > most) {
            text.append("... and %d more%n".formatted(audit.findings().size() - most));
        }
        text.append(
                audit.balances()
                        ? "every task is accounted for exactly once%n".formatted()
                        : "%d things do not add up%n".formatted(audit.findings().size()));
        return text.toString();
    }

    private static String row(String team, TeamAccount account) {
        int missing = account.count(State.UNACCOUNTED);
        return ROW.formatted(
                Printable.text(team),
                account.fed(),
                account.count(State.TRAINED),
                account.count(State.EVALUATED),
                account.count(State.SKIPPED),
                account.count(State.INCOMPLETE),
                account.count(State.DEAD_LETTERED),
                account.count(State.OPEN),
                missing == 0 ? "balances" : missing + " UNACCOUNTED");
    }

    void writeJson(Path file) throws IOException {
        JsonFile.write(file, json());
    }

    public ObjectNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("balances", audit.balances());
        json.put("fed", audit.fed());
        json.put("expired", audit.expired());
        ObjectNode teams = json.putObject("teams");
        audit.teams().forEach((team, account) -> {
            ObjectNode entry = teams.putObject(team).put("fed", account.fed());
            for (State state : State.values()) {
                entry.put(state.label(), account.count(state));
            }
            ObjectNode details = entry.putObject("details");
            for (State state : WITH_DETAILS) {
                ObjectNode reasons = details.putObject(state.label());
                account.details(state).forEach(reasons::put);
            }
        });
        var findings = json.putArray("findings");
        audit.findings()
                .forEach(finding -> findings.addObject()
                        .put("kind", finding.kind().name().toLowerCase(Locale.ROOT))
                        .put("subject", finding.subject())
                        .put("text", finding.text()));
        return json;
    }
}
