package dev.troupe.cli.rescore;

import dev.troupe.cli.terminal.Printable;
import dev.troupe.reward.rescore.LeftOut;
import dev.troupe.reward.rescore.RescoreReport;
import dev.troupe.reward.rescore.RescoreRequest;
import dev.troupe.reward.rescore.TeamChange;
import java.util.Locale;
import java.util.OptionalDouble;

/** The report for a person. */
final class RescoreTable {

    private RescoreTable() {}

    static String of(RescoreReport report) {
        RescoreRequest request = report.request();
        var text = new StringBuilder();
        line(
                text,
                "%,d episodes of %s judged again by %s, weights %s, ended from %s to %s",
                report.rejudged(),
                request.environment(),
                request.judge(),
                request.weights(),
                request.from(),
                request.to());
        line(text, request.publish() ? "published as run %s" : "nothing published (--dry-run)", report.runId());
        line(text, "");
        line(
                text,
                "%-20s %10s %11s %11s %8s %13s %8s %8s %8s",
                "team",
                "episodes",
                "reward then",
                "reward now",
                "groups",
                "best changed",
                "tau-b",
                "flat then",
                "flat now");
        report.teams().forEach((team, change) -> row(text, team, change));
        line(text, "");
        line(
                text,
                "best changed: no episode that was best of its group still is. tau-b: mean Kendall rank correlation");
        line(text, "of the groups whose rewards differ then and now. flat: all rewards of the group are the same.");
        report.teams().forEach((team, change) -> {
            if (change.newlyScored() > 0) {
                line(
                        text,
                        "%s: %,d episodes had no score and have one now",
                        Printable.text(team),
                        change.newlyScored());
            }
        });
        report.leftOut()
                .forEach((reason, omission) -> line(
                        text,
                        "left out: %,d %s, such as %s",
                        omission.episodes(),
                        words(reason),
                        Printable.text(omission.first())));
        if (report.elsewhere() > 0) {
            line(text, "not asked for: %,d episodes of other environments or teams", report.elsewhere());
        }
        if (report.unreadable() > 0) {
            line(text, "unreadable: %,d records; the log names them", report.unreadable());
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String team, TeamChange change) {
        line(
                text,
                "%-20s %,10d %11s %11s %,8d %,13d %8s %,9d %,8d",
                Printable.text(team),
                change.episodes(),
                number(change.meanBefore()),
                number(change.meanAfter()),
                change.groups(),
                change.bestChanged(),
                tau(change.meanTau()),
                change.flatBefore(),
                change.flatAfter());
    }

    private static String words(LeftOut reason) {
        return switch (reason) {
            case INCOMPLETE -> "that ended incomplete";
            case TASK_EXPIRED -> "whose task has expired";
            case TURNS_MISSING -> "published without their turns";
            case UNSCORABLE -> "that the judge cannot score";
            case UNFINISHED -> "that the judge does not take for finished";
        };
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String tau(OptionalDouble tau) {
        return tau.isPresent() ? String.format(Locale.ROOT, "%.3f", tau.getAsDouble()) : "-";
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
