package dev.troupe.cli.bench.loop;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Score;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One round of one side.
 *
 * @param seconds from the first task to the last trained step; start and end of services or sandboxes are not counted
 * @param sampling share of the time in which a thread sampled
 * @param trainedSeconds in which the trainer computed and published
 * @param publishedSeconds of these, in which it saved weights, and the loop loaded them
 * @param compiledSeconds in which Java's compiler was busy meanwhile
 * @param episodes what was played, by task and number
 */
record SideRun(
        double seconds,
        double sampling,
        double trainedSeconds,
        double publishedSeconds,
        double compiledSeconds,
        SortedMap<String, Played> episodes) {

    SideRun {
        episodes = Collections.unmodifiableSortedMap(new TreeMap<>(episodes));
    }

    /** What an episode came to; equal draws and equal judging give equal ones. */
    record Played(double reward, List<List<Integer>> tokens) {
        Played {
            tokens = List.copyOf(tokens);
        }
    }

    static SortedMap<String, Played> played(Collection<Episode> episodes) {
        var played = new TreeMap<String, Played>();
        for (Episode episode : episodes) {
            Score score = episode.getScore();
            double reward =
                    episode.getStatus() == EpisodeStatus.SCORED && score != null ? score.getReward() : Double.NaN;
            List<List<Integer>> tokens = episode.getSteps().stream()
                    .flatMap(step -> step.getActions().stream())
                    .map(Action::getTokenIds)
                    .toList();
            played.put(key(episode.getTaskId(), episode.getEpisode()), new Played(reward, tokens));
        }
        return played;
    }

    static String key(String taskId, int episode) {
        return taskId + "#" + episode;
    }

    double episodesPerSecond() {
        return episodes.size() / seconds;
    }

    double meanReward() {
        return episodes.values().stream().mapToDouble(Played::reward).average().orElse(Double.NaN);
    }

    /** Share of these episodes that the other side played exactly alike. */
    double agreement(SideRun other, Collection<String> keys) {
        Map<String, Played> theirs = other.episodes();
        long equal = keys.stream()
                .filter(key -> episodes.containsKey(key) && episodes.get(key).equals(theirs.get(key)))
                .count();
        return (double) equal / keys.size();
    }
}
