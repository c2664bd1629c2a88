package dev.troupe.trainer.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where steps can be shown; the names are those of Hugging Face's {@code report_to}, and {@code jsonl}. */
public enum ReportTarget {
    /** A file of JSON lines for each team. */
    JSONL,
    /** An event file for each team, to be shown by TensorBoard or whatever reads its files. */
    TENSORBOARD,
    /** A run for each team on an MLflow tracking server. */
    MLFLOW;

    /** Its name in settings. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with the accepted names */
    static ReportTarget parse(String name) {
        return Arrays.stream(values())
                .filter(target -> target.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be none or some of %s, not '%s'"
                        .formatted(
                                Arrays.stream(values()).map(ReportTarget::label).collect(Collectors.joining(", ")),
                                name)));
    }
}
