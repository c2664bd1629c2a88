package dev.troupe.evaluator.play;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.Episode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The episodes of one version in one run that have come back so far, in what counts of them. Owned by one thread. */
public final class Play {

    private final PlayId id;
    /** By task and index within its group. */
    private final Map<String, Map<Integer, EpisodeResult>> results = new HashMap<>();

    private int received;

    Play(PlayId id) {
        this.id = requireNonNull(id, "id is null");
    }

    public PlayId id() {
        return id;
    }

    /** Takes an episode; the same one twice counts once. */
    void add(String task, Episode episode) {
        EpisodeResult before = results.computeIfAbsent(task, _ -> new HashMap<>())
                .putIfAbsent(episode.getEpisode(), EpisodeResult.of(episode));
        received += before == null ? 1 : 0;
    }

    /** Episodes that have come back. */
    public int received() {
        return received;
    }

    /** Of them, those with a score. */
    public int scored() {
        return (int) all().filter(result -> !result.outcomes().isEmpty()).count();
    }

    /** Episodes per task, as far as those that came back can tell. */
    int samples() {
        return 1
                + results.values().stream()
                        .flatMap(ofTask -> ofTask.keySet().stream())
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0);
    }

    /** Tasks of which an episode has come back. */
    Set<String> tasks() {
        return Set.copyOf(results.keySet());
    }

    Collection<EpisodeResult> of(String task) {
        return List.copyOf(results.getOrDefault(task, Map.of()).values());
    }

    /** Epoch ms, when the last one that came back was closed. */
    long finishedAt() {
        return all().mapToLong(EpisodeResult::finishedAt).max().orElse(0);
    }

    /** Wall-clock time from the first deal to the last score, ms; nothing when nothing came back. */
    public Optional<Long> wallMillis() {
        OptionalLong from = all().mapToLong(EpisodeResult::startedAt).min();
        return from.isPresent() ? Optional.of(finishedAt() - from.getAsLong()) : Optional.empty();
    }

    private Stream<EpisodeResult> all() {
        return results.values().stream().flatMap(ofTask -> ofTask.values().stream());
    }
}
