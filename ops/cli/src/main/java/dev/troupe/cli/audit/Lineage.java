package dev.troupe.cli.audit;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which versions produced the tokens of an episode, and which episodes trained a version: read from the topics. */
final class Lineage {

    private final TopicScan scan;

    Lineage(KafkaClients clients) {
        this.scan = new TopicScan(clients, "troupe-lineage");
    }

    /**
     * Tokens of one role's action in one turn, drawn from one version.
     *
     * @param number of the draw: with its role and turn one place of the group, however many episodes combine it
     * @param start first token of the completion
     * @param end behind the last token
     */
    record Draw(int turn, String role, int number, String policyId, int version, int start, int end, String agentId) {

        int tokens() {
            return end - start;
        }
    }

    /** The published version, if its record is still kept. */
    Optional<ModelVersion> version(String policyId, int number) throws InterruptedException {
        var found = new AtomicReference<@Nullable ModelVersion>();
        scan.decoded(
                TopicCatalog.MODEL_VERSIONS,
                ScanRange.ALL,
                (_, value, _) -> value.filter(
                                version -> version.getPolicyId().equals(policyId) && version.getVersion() == number)
                        .ifPresent(found::set));
        return Optional.ofNullable(found.get());
    }

    /** The step that published the version, if its record is still kept; version 0 has none. */
    Optional<TrainingStep> step(String policyId, int number) throws InterruptedException {
        var found = new AtomicReference<@Nullable TrainingStep>();
        scan.decoded(
                TopicCatalog.TRAINING_STEPS,
                ScanRange.ALL,
                (_, value, _) -> value.filter(
                                step -> Objects.equals(step.getVersions().get(policyId), number))
                        .ifPresent(found::set));
        return Optional.ofNullable(found.get());
    }

    /** The episodes of those tasks that are still kept, by task and number; the first of a place stands. */
    List<Episode> episodes(Set<String> taskIds) throws InterruptedException {
        return episodes(episode -> taskIds.contains(episode.getTaskId()));
    }

    private List<Episode> episodes(Predicate<Episode> wanted) throws InterruptedException {
        record Place(String taskId, int episode) {}
        var seen = new HashSet<Place>();
        var found = new ArrayList<Episode>();
        scan.decoded(
                TopicCatalog.EPISODES,
                ScanRange.ALL,
                (_, value, _) -> value.filter(wanted)
                        .filter(episode -> seen.add(new Place(episode.getTaskId(), episode.getEpisode())))
                        .ifPresent(found::add));
        found.sort(Comparator.comparing(Episode::getTaskId).thenComparingInt(Episode::getEpisode));
        return found;
    }

    /** Where each token of the episode came from, in the order of turns, roles and tokens. */
    static List<Draw> draws(Episode episode) {
        var draws = new ArrayList<Draw>();
        for (EpisodeStep step : episode.getSteps()) {
            for (Action action : step.getActions()) {
                for (VersionSpan span : action.getVersions()) {
                    draws.add(new Draw(
                            step.getTurn(),
                            action.getRole(),
                            action.getEpisode(),
                            action.getPolicyId(),
                            span.getVersion(),
                            span.getStart(),
                            span.getEnd(),
                            action.getAgentId()));
                }
            }
        }
        return draws;
    }

    /** Tokens that the policy's versions drew in the episodes, by version; a draw of several episodes counts once. */
    static SortedMap<Integer, Integer> tokensByVersion(List<Episode> episodes, String policyId) {
        record Drawn(String taskId, Draw draw) {}
        var tokens = new TreeMap<Integer, Integer>();
        episodes.stream()
                .flatMap(episode -> draws(episode).stream().map(draw -> new Drawn(episode.getTaskId(), draw)))
                .distinct()
                .map(Drawn::draw)
                .filter(draw -> draw.policyId().equals(policyId))
                .forEach(draw -> tokens.merge(draw.version(), draw.tokens(), Integer::sum));
        return tokens;
    }
}
