package dev.troupe.cli.audit;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the topics say about one task id. Small: a large log has millions. */
final class TaskFacts {

    private final BitSet episodes = new BitSet();
    private final Map<String, Integer> reasons = new TreeMap<>();
    private int repeatedEpisodes;
    private int scored;
    private int groups;
    private int groupSize;
    private @Nullable Origin group;
    private int trained;
    private int skipped;
    private String skipReason = "";
    private boolean live;

    void episode(Episode episode) {
        if (episodes.get(episode.getEpisode())) {
            repeatedEpisodes++;
            return;
        }
        episodes.set(episode.getEpisode());
        if (episode.getStatus() == EpisodeStatus.SCORED) {
            scored++;
        } else {
            reasons.merge(String.valueOf(episode.getReason()), 1, Integer::sum);
        }
    }

    void group(Origin at, EpisodeGroup closed) {
        groups++;
        group = at;
        groupSize = closed.getEpisodes().size();
    }

    void trained() {
        trained++;
    }

    void skipped(String reason) {
        skipped++;
        skipReason = reason;
    }

    void live() {
        live = true;
    }

    int repeatedEpisodes() {
        return repeatedEpisodes;
    }

    int scored() {
        return scored;
    }

    int groups() {
        return groups;
    }

    int groupSize() {
        return groupSize;
    }

    Optional<Origin> groupAt() {
        return Optional.ofNullable(group);
    }

    int trainings() {
        return trained;
    }

    int skips() {
        return skipped;
    }

    String skipReason() {
        return skipReason;
    }

    boolean isLive() {
        return live;
    }

    /** Distinct episodes that have ended. */
    int ended() {
        return episodes.cardinality();
    }

    /** Whether the ended episodes are 0, 1, ... without a hole. */
    boolean contiguous() {
        return episodes.length() == episodes.cardinality();
    }

    /** The reason of most of the incomplete episodes. */
    String commonReason() {
        return reasons.entrySet().stream()
                .max(Comparator.comparingInt(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse("unknown");
    }
}
