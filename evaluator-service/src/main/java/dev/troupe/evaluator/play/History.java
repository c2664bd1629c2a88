package dev.troupe.evaluator.play;

import dev.troupe.schemas.avro.Episode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that was played of the benchmarks, now and before, in this process and in those before it. It is made of the
 * episodes in their topic, so it needs no store of its own. Owned by one thread.
 */
public final class History {

    private final Map<String, Set<String>> tasks;
    private final Map<PlayId, Play> plays = new HashMap<>();

    /** @param tasks ids of the held-out tasks, by benchmark; others are not kept */
    public History(Map<String, Set<String>> tasks) {
        this.tasks = Map.copyOf(tasks);
    }

    public void add(Episode episode) {
        PlayId.parse(episode.getTaskId())
                .filter(played ->
                        tasks.getOrDefault(played.play().benchmark(), Set.of()).contains(played.task()))
                .ifPresent(played -> play(played.play()).add(played.task(), episode));
    }

    /** What came back of a run, which may be nothing yet. */
    public Play play(PlayId id) {
        return plays.computeIfAbsent(id, Play::new);
    }

    /** Forgets what other versions played of the benchmark. */
    public void retain(String benchmark, Set<Integer> versions) {
        plays.keySet().removeIf(id -> id.benchmark().equals(benchmark) && !versions.contains(id.version()));
    }

    /** The run in which the version played most of the benchmark; of equals the last. */
    public Optional<Play> fullest(String benchmark, int version) {
        return plays.values().stream()
                .filter(play -> play.id().benchmark().equals(benchmark)
                        && play.id().version() == version
                        && play.received() > 0)
                .max(Comparator.comparingInt(Play::received).thenComparingLong(Play::finishedAt));
    }
}
