package dev.troupe.evaluator.alarm;

import dev.troupe.evaluator.alarm.AlarmRule.Series;
import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.AlarmedMetric;
import dev.troupe.schemas.avro.Comparison;
import dev.troupe.schemas.avro.Difference;
import dev.troupe.schemas.avro.Evaluation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which alarms are to be raised: a rule's reward has risen and its guard has fallen between the same two versions, each
 * by its 95 % paired interval and by the permutation test. Made of the published evaluations alone, so hearing them
 * again changes nothing. Owned by one thread.
 */
public final class Alarms {

    private static final double SIGNIFICANCE = 0.05;

    private final List<AlarmRule> rules;
    private final Map<Compared, Map<Series, Difference>> differences = new HashMap<>();
    private final Set<Raised> raised = new HashSet<>();
    private final Map<Raised, Alarm> due = new LinkedHashMap<>();

    private record Compared(String teamId, int version, int reference) {}

    private record Raised(String alarm, int version, int reference) {}

    public Alarms(List<AlarmRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** An evaluation was published; that of a shadow looks back from the wrong side and is left out. */
    public void evaluated(Evaluation evaluation) {
        OptionalInt version = single(evaluation.getVersions());
        if (evaluation.getShadowOf() != null || version.isEmpty()) {
            return;
        }
        for (Comparison comparison : evaluation.getComparisons()) {
            OptionalInt reference = single(comparison.getVersions());
            // What fell on the way from a later version to an earlier one has not got worse.
            boolean isBefore = reference.isPresent() && reference.getAsInt() < version.getAsInt();
            if (isBefore && comparison.getBenchmark().equals(evaluation.getBenchmark())) {
                var compared = new Compared(evaluation.getTeamId(), version.getAsInt(), reference.getAsInt());
                Map<Series, Difference> known = differences.computeIfAbsent(compared, _ -> new HashMap<>());
                comparison
                        .getDifferences()
                        .forEach((metric, difference) ->
                                known.put(new Series(evaluation.getBenchmark(), metric), difference));
                rules.forEach(rule -> check(rule, compared, known, evaluation.getFinishedAt()));
            }
        }
    }

    /** An alarm was published. */
    public void raised(Alarm alarm) {
        var key = new Raised(alarm.getAlarm(), alarm.getVersion(), alarm.getReference());
        raised.add(key);
        due.remove(key);
    }

    /** Alarms to be published; each is due until it {@link #raised is heard of}. */
    public List<Alarm> due() {
        return new ArrayList<>(due.values());
    }

    private void check(AlarmRule rule, Compared compared, Map<Series, Difference> known, long at) {
        Difference reward = known.get(rule.reward());
        Difference guard = known.get(rule.guard());
        var key = new Raised(rule.name(), compared.version(), compared.reference());
        if (reward == null || guard == null || raised.contains(key)) {
            return;
        }
        if (reward.getLow() > 0 && guard.getHigh() < 0 && isSignificant(reward) && isSignificant(guard)) {
            due.put(key, alarm(rule, compared, reward, guard, at));
        }
    }

    /** The interval alone says too much of few tasks: of equal differences it has no width. */
    private static boolean isSignificant(Difference difference) {
        return difference.getPValue() <= SIGNIFICANCE;
    }

    private static Alarm alarm(AlarmRule rule, Compared compared, Difference reward, Difference guard, long at) {
        return Alarm.newBuilder()
                .setAlarm(rule.name())
                .setTeamId(compared.teamId())
                .setVersion(compared.version())
                .setReference(compared.reference())
                .setReward(new AlarmedMetric(
                        rule.reward().benchmark(), rule.reward().metric(), reward))
                .setGuard(
                        new AlarmedMetric(rule.guard().benchmark(), rule.guard().metric(), guard))
                .setRaisedAt(at)
                .build();
    }

    /** The version of all the policies. */
    private static OptionalInt single(Map<String, Integer> versions) {
        return versions.values().stream().mapToInt(Integer::intValue).max();
    }
}
