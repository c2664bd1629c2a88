package dev.troupe.cli.demo;

import dev.troupe.schemas.avro.Evaluation;
import java.util.Collection;
import java.util.Optional;

/** One of the four contestants that the demonstration compares on the same held-out tasks. */
enum Arm {
    UNTRAINED("untrained", "untrained team", Contest.TEAM, false),
    SINGLE("single", "single, untrained", Contest.SINGLE, false),
    SINGLE_TRAINED("singleTrained", "single, trained", Contest.SINGLE, true),
    TRAINED("trained", "trained team", Contest.TEAM, true);

    private final String key;
    private final String label;
    private final Contest contest;
    private final boolean trained;

    Arm(String key, String label, Contest contest, boolean trained) {
        this.key = key;
        this.label = label;
        this.contest = contest;
        this.trained = trained;
    }

    /** Its name in the JSON report. */
    String key() {
        return key;
    }

    String label() {
        return label;
    }

    /** Its evaluation: of version 0 when untrained, of the last version when trained. */
    Optional<Evaluation> in(Collection<Evaluation> evaluations, int lastVersion) {
        int version = trained ? lastVersion : 0;
        return evaluations.stream()
                .filter(evaluation -> evaluation.getTeamId().equals(contest.teamId()))
                .filter(evaluation -> evaluation.getVersions().values().stream().allMatch(v -> v == version))
                .findFirst();
    }
}
