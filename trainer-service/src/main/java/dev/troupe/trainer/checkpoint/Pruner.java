package dev.troupe.trainer.checkpoint;

import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.Collection;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the files of versions that nobody needs out of the store. What stays there stays in the history as well, so
 * that the next step tries again. Safe for use by many threads, of which each has policies of its own.
 */
final class Pruner {
    private static final Logger LOGGER = LoggerFactory.getLogger(Pruner.class);

    /** At each step, as a store that takes seconds to refuse holds up training. */
    private static final int MAX_FAILURES = 3;

    private final ArtifactStore store;
    /** Policies of which the log says that files stay. */
    private final Set<String> troubled = ConcurrentHashMap.newKeySet();

    Pruner(ArtifactStore store) {
        this.store = store;
    }

    /** @param history versions of one policy by number; those whose files are gone are taken out of it */
    void prune(NavigableMap<Integer, ModelVersion> history, Collection<Integer> removable) {
        var going = new TreeMap<>(history);
        going.keySet().retainAll(Set.copyOf(removable));
        if (going.isEmpty()) {
            return;
        }
        Set<String> needed = history.entrySet().stream()
                .filter(entry -> !going.containsKey(entry.getKey()))
                .map(entry -> entry.getValue().getArtifactUri())
                .collect(Collectors.toSet());
        var gone = new HashSet<String>();
        Optional<ArtifactException> failure = remove(going, needed, gone);
        going.forEach((number, version) -> {
            if (needed.contains(version.getArtifactUri()) || gone.contains(version.getArtifactUri())) {
                history.remove(number);
            }
        });
        tell(going.firstEntry().getValue().getPolicyId(), failure);
    }

    /** The newest first, so that what failed before does not keep others from their turn. */
    private Optional<ArtifactException> remove(
            NavigableMap<Integer, ModelVersion> going, Set<String> needed, Set<String> gone) {
        Optional<ArtifactException> first = Optional.empty();
        var failed = new HashSet<String>();
        for (ModelVersion version : going.descendingMap().values()) {
            String address = version.getArtifactUri();
            if (needed.contains(address) || gone.contains(address) || failed.contains(address)) {
                continue;
            }
            try {
                store.remove(address);
                gone.add(address);
            } catch (ArtifactException e) {
                if (e.reason() == ArtifactException.Reason.UNSUPPORTED_URI) {
                    LOGGER.atWarn().addKeyValue("error", e.getMessage()).log("a checkpoint elsewhere is not removed");
                    gone.add(address);
                    continue;
                }
                failed.add(address);
                first = first.or(() -> Optional.of(e));
                if (e.isAway() || failed.size() == MAX_FAILURES) {
                    return first;
                }
            }
        }
        return first;
    }

    private void tell(String policyId, Optional<ArtifactException> failure) {
        if (failure.isEmpty()) {
            if (troubled.remove(policyId)) {
                LOGGER.atInfo().addKeyValue("policyId", policyId).log("all old checkpoints are removed now");
            }
        } else if (troubled.add(policyId)) {
            LOGGER.atWarn()
                    .addKeyValue("policyId", policyId)
                    .addKeyValue("error", failure.get().getMessage())
                    .log("an old checkpoint was not removed; this is tried again after each step");
        }
    }
}
