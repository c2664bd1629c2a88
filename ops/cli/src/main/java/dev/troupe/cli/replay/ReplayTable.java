package dev.troupe.cli.replay;

import dev.troupe.cli.terminal.Printable;
import dev.troupe.trainer.ReplayReport;
import dev.troupe.trainer.ReplayedVersion;
import dev.troupe.trainer.ReplayedVersion.Verdict;
import java.util.Optional;

/** A replay for people: a line for each version, and what it comes to. */
final class ReplayTable {

    private static final int DIGITS = 12;

    private ReplayTable() {}

    /** @param last step of the replay */
    static String row(ReplayedVersion version, long last) {
        String verdict =
                switch (version.verdict()) {
                    case Verdict.Equal(int files) -> "equal, %d files".formatted(files);
                    case Verdict.Differs(String file, Optional<String> published, Optional<String> replayed) ->
                        "DIFFERS: %s was %s, is %s"
                                .formatted(Printable.text(file), digest(published), digest(replayed));
                    case Verdict.Unrecorded() -> "not compared: its record is compacted away";
                };
        return "step %d of %d  %s version %d  %s%n"
                .formatted(version.step(), last, Printable.text(version.policyId()), version.version(), verdict);
    }

    private static String digest(Optional<String> sha256) {
        return sha256.map(digest -> Printable.text(digest.substring(0, Math.min(DIGITS, digest.length()))))
                .orElse("not there");
    }

    static String summary(ReplayReport report) {
        var text = new StringBuilder();
        if (report.passedOver() > 0) {
            text.append("%d groups lie between those that were trained, and no step names them; the first is %s%n"
                    .formatted(
                            report.passedOver(),
                            Printable.text(report.firstPassedOver().orElse("unknown"))));
        }
        report.ended().ifPresent(why -> text.append("ended early: %s%n".formatted(why)));
        Optional<ReplayedVersion> wrong = report.versions().stream()
                .filter(version -> version.verdict() instanceof Verdict.Differs)
                .findFirst();
        if (wrong.isPresent()) {
            text.append(
                    "version %d of %s is the first that differs: are these the settings, the release and the kind of processor that trained it?%n"
                            .formatted(
                                    wrong.get().version(),
                                    Printable.text(wrong.get().policyId())));
        } else if (report.versions().isEmpty()) {
            text.append("nothing was trained after version %d%n".formatted(report.from()));
        } else if (report.ended().isEmpty()) {
            text.append("replayed %d versions, bit for bit%n".formatted(equal(report)));
        }
        return text.toString();
    }

    private static long equal(ReplayReport report) {
        return report.versions().stream()
                .filter(version -> version.verdict() instanceof Verdict.Equal)
                .count();
    }
}
