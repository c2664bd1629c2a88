package dev.troupe.cli.audit;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the topics say about one task id. Small: a large log has millions.
 *
 * <p>An id may be used again after a week, while what came of its first use is kept for a month. All episodes of a task
 * are dealt at one moment, so those that were dealt days apart belong to different uses.
 */
final class TaskFacts {

    /** How long the coordinator keeps an id from being used again. */
    static final Duration ID_TAKEN = Duration.ofDays(7);

    private final List<Use> uses = new ArrayList<>(1);
    private int groups;
    private int groupSize;
    private @Nullable Origin group;
    private int trained;
    private int skipped;
    private String skipReason = "";
    private boolean live;

    /** One use of the id. */
    private static final class Use {
        private final long dealtAt;
        private final boolean training;
        private final BitSet episodes = new BitSet();
        private final Map<String, Integer> reasons = new TreeMap<>();
        private int repeated;
        private int scored;

        Use(long dealtAt, boolean training) {
            this.dealtAt = dealtAt;
            this.training = training;
        }

        void add(Episode episode) {
            if (episodes.get(episode.getEpisode())) {
                repeated++;
                return;
            }
            episodes.set(episode.getEpisode());
            if (episode.getStatus() == EpisodeStatus.SCORED) {
                scored++;
            } else {
                reasons.merge(String.valueOf(episode.getReason()), 1, Integer::sum);
            }
        }
    }

    void episode(Episode episode) {
        use(episode).add(episode);
    }

    private Use use(Episode episode) {
        for (Use use : uses) {
            if (Math.abs(episode.getStartedAt() - use.dealtAt) < ID_TAKEN.toMillis()) {
                return use;
            }
        }
        var use = new Use(episode.getStartedAt(), episode.getPurpose() == Purpose.TRAIN);
        uses.add(use);
        uses.sort(Comparator.comparingLong(one -> one.dealtAt));
        return use;
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

    /** How often the id has been played, as far as the log knows; at least once. */
    int uses() {
        return Math.max(1, uses.size());
    }

    int repeatedEpisodes() {
        return uses.stream().mapToInt(use -> use.repeated).sum();
    }

    /** Of the last use, as all that follows. */
    int scored() {
        return uses.isEmpty() ? 0 : uses.getLast().scored;
    }

    /** Distinct episodes that have ended. */
    int ended() {
        return uses.isEmpty() ? 0 : uses.getLast().episodes.cardinality();
    }

    /** Whether the ended episodes are 0, 1, ... without a hole. */
    boolean contiguous() {
        return ended() == (uses.isEmpty() ? 0 : uses.getLast().episodes.length());
    }

    /** The reason of most of the incomplete episodes. */
    String commonReason() {
        return uses.isEmpty()
                ? "unknown"
                : uses.getLast().reasons.entrySet().stream()
                        .max(Comparator.comparingInt(Map.Entry::getValue))
                        .map(Map.Entry::getKey)
                        .orElse("unknown");
    }

    /** Whether it was played for training; false also when no episode is known. */
    boolean playedForTraining() {
        return !uses.isEmpty() && uses.getLast().training;
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
}
