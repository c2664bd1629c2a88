package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.EpisodeStep;
import java.util.ArrayList;
import java.util.List;

/**
 * What an episode has behind it.
 *
 * @param index of the episode within the group
 * @param startedAt epoch ms, when dealt
 * @param steps the complete turns
 * @param duplicates actions and judgements ignored so far
 * @param redeals turns and steps handed out again so far
 */
record Progress(int index, long startedAt, List<EpisodeStep> steps, int duplicates, int redeals) {

    Progress {
        steps = List.copyOf(steps);
    }

    static Progress started(int index, long now) {
        return new Progress(index, now, List.of(), 0, 0);
    }

    Progress with(EpisodeStep step) {
        var more = new ArrayList<>(steps);
        more.add(step);
        return new Progress(index, startedAt, more, duplicates, redeals);
    }

    Progress withDuplicate() {
        return new Progress(index, startedAt, steps, duplicates + 1, redeals);
    }

    Progress withRedeal() {
        return new Progress(index, startedAt, steps, duplicates, redeals + 1);
    }
}
