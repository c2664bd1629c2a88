package dev.troupe.cli.audit;

import dev.troupe.cli.audit.Finding.Kind;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The steps of all teams and the versions that came of them: one after the other, none twice, none missing. */
final class StepLog {

    private final Map<String, NavigableMap<Long, TrainingStep>> steps = new HashMap<>();
    private final List<ModelVersion> versions = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    void add(TrainingStep step) {
        TrainingStep before =
                steps.computeIfAbsent(step.getTeamId(), _ -> new TreeMap<>()).putIfAbsent(step.getStep(), step);
        if (before != null) {
            findings.add(new Finding(Kind.DOUBLED, subject(step.getTeamId(), step.getStep()), "published twice"));
        }
    }

    void add(ModelVersion version) {
        versions.add(version);
    }

    List<Finding> findings() {
        var all = new ArrayList<>(findings);
        steps.forEach((team, log) -> {
            for (long step = log.firstKey(); step < log.lastKey(); step++) {
                if (!log.containsKey(step)) {
                    all.add(new Finding(Kind.LOST, subject(team, step), "is missing between its neighbours"));
                }
            }
        });
        versions.forEach(version -> check(version, all));
        return all;
    }

    private void check(ModelVersion version, List<Finding> all) {
        NavigableMap<Long, TrainingStep> log = steps.getOrDefault(version.getTeamId(), new TreeMap<>());
        // Version 0 was not trained; steps older than the topic keeps cannot be looked up.
        if (version.getTrainingStep() == 0 || log.isEmpty() || version.getTrainingStep() < log.firstKey()) {
            return;
        }
        String subject = "%s version %d".formatted(version.getPolicyId(), version.getVersion());
        TrainingStep step = log.get(version.getTrainingStep());
        if (step == null) {
            all.add(new Finding(
                    Kind.CONTRADICTION, subject, "its step %d was not published".formatted(version.getTrainingStep())));
        } else if (!step.getTaskIds().equals(version.getTaskIds())
                || step.getVersions().getOrDefault(version.getPolicyId(), -1) != version.getVersion()) {
            all.add(new Finding(
                    Kind.CONTRADICTION,
                    subject,
                    "names other tasks or another number than its step %d".formatted(step.getStep())));
        }
    }

    private static String subject(String teamId, long step) {
        return "step %d of team %s".formatted(step, teamId);
    }
}
