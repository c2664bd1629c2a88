package dev.troupe.cli.chaos;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import java.util.HashSet;
import java.util.Set;

/**
 * What was done more than once because somebody died, counted from the topics, where a crash cannot lose the count.
 *
 * @param redealtTurns turns that were dealt a second time after their deadline
 * @param repeatedSteps steps that were handed out a second time after their deadline
 * @param repeatedActions actions of a turn that had one already: a turn was delivered again
 * @param repeatedJudgements judgements of a step that had one already: a step was delivered again
 */
record Repeats(int redealtTurns, int repeatedSteps, int repeatedActions, int repeatedJudgements) {

    private record Place(String taskId, int episode, int turn, String role) {}

    /** Counts; remembers one place for each record. */
    static Repeats count(KafkaClients clients) throws InterruptedException {
        var scan = new TopicScan(clients, "troupe-chaos");
        var redealt = new int[1];
        scan.decoded(
                TopicCatalog.TURNS,
                ScanRange.ALL,
                (_, value, _) -> value.filter(turn -> turn.getAttempt() > 0).ifPresent(_ -> redealt[0]++));
        var steps = new Seen();
        scan.decoded(
                TopicCatalog.STEPS,
                ScanRange.ALL,
                (_, value, _) -> value.ifPresent(step ->
                        steps.add(new Place(step.getTask().getTaskId(), step.getEpisode(), step.getTurn(), ""))));
        var actions = new Seen();
        scan.decoded(
                TopicCatalog.ACTIONS,
                ScanRange.ALL,
                (_, value, _) -> value.ifPresent(action -> actions.add(
                        new Place(action.getTaskId(), action.getEpisode(), action.getTurn(), action.getRole()))));
        var judgements = new Seen();
        scan.decoded(
                TopicCatalog.JUDGEMENTS,
                ScanRange.ALL,
                (_, value, _) -> value.ifPresent(judgement -> judgements.add(
                        new Place(judgement.getTaskId(), judgement.getEpisode(), judgement.getTurn(), ""))));
        return new Repeats(redealt[0], steps.repeats, actions.repeats, judgements.repeats);
    }

    private static final class Seen {

        private final Set<Place> places = new HashSet<>();
        private int repeats;

        void add(Place place) {
            if (!places.add(place)) {
                repeats++;
            }
        }
    }
}
