package dev.troupe.trainer.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Which versions keep their files. Version 0 does for ever: training began with it, and baselines play it. The newest
 * do, and with them the one that training goes on from, and so does the one that a person has served in place of the
 * newest. Older ones do while somebody needs them, and not for ever, as neither an agent nor a task says that it has
 * gone.
 *
 * @param newest how many of the newest stay; 1 or more
 * @param served how long a version stays that an agent said it serves, from when a newer one was published: an agent
 *     that runs has told of the newer one long before
 * @param pinned how long a version stays that a task names, from when the task was fed
 */
public record Retention(int newest, Duration served, Duration pinned) {
    public Retention {
        requireNonNull(served, "served is null");
        requireNonNull(pinned, "pinned is null");
        if (newest < 1) {
            throw new IllegalArgumentException("at least the newest version must stay: " + newest);
        }
    }

    /**
     * The versions whose files nobody needs any more.
     *
     * @param history of one policy by number, as far as there are files
     */
    public List<Integer> removable(NavigableMap<Integer, ModelVersion> history, VersionUse use, Instant now) {
        if (history.isEmpty()) {
            return List.of();
        }
        return history.subMap(0, false, Math.max(history.lastKey() - newest, 0), true).keySet().stream()
                .filter(version -> !isServed(version, history, use, now)
                        && !isPinned(version, use, now)
                        && !use.isRouted(version, history.lastKey()))
                .toList();
    }

    private boolean isServed(int version, NavigableMap<Integer, ModelVersion> history, VersionUse use, Instant now) {
        Map.Entry<Integer, ModelVersion> next = history.higherEntry(version);
        return use.served().contains(version)
                && (next == null
                        || Instant.ofEpochMilli(next.getValue().getCreatedAt())
                                .plus(served)
                                .isAfter(now));
    }

    private boolean isPinned(int version, VersionUse use, Instant now) {
        Instant fed = use.pinned().get(version);
        return fed != null && fed.plus(pinned).isAfter(now);
    }
}
