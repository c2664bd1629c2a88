package dev.troupe.agent.decode;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.RunningBatch;
import dev.troupe.policy.RunningBatch.Ticket;
import dev.troupe.policy.ServingPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The sequences that run on one version's weights. Owned by one decoding thread. */
final class Lane implements AutoCloseable {
    private final ServingPolicy weights;
    private final RunningBatch batch;
    private final Map<Ticket, Sequence> running = new LinkedHashMap<>();
    private int stepsSinceAdmission;

    Lane(ServingPolicy weights) {
        this.weights = weights;
        this.batch = weights.open();
    }

    boolean isEmpty() {
        return running.isEmpty();
    }

    int size() {
        return running.size();
    }

    int stepsSinceAdmission() {
        return stepsSinceAdmission;
    }

    long tokens() {
        return running.values().stream().mapToLong(Sequence::tokens).sum();
    }

    /** Reads the prompts; all of these hold the lane's weights. */
    void admit(List<Sequence> coming) {
        List<Ticket> tickets =
                batch.admit(coming.stream().map(Sequence::generation).toList());
        for (int i = 0; i < tickets.size(); i++) {
            running.put(tickets.get(i), coming.get(i));
        }
        stepsSinceAdmission = 0;
        complete();
    }

    /** One more token for each; those that nobody waits for any more leave first. */
    void step(Instant now) {
        running.entrySet().removeIf(entry -> {
            boolean unwanted = entry.getValue().isUnwanted(now);
            if (unwanted) {
                batch.cancel(entry.getKey());
            }
            return unwanted;
        });
        batch.step();
        stepsSinceAdmission++;
        complete();
    }

    /** Hands out what is done. */
    private void complete() {
        for (RunningBatch.Finished finished : batch.takeFinished()) {
            Sequence sequence = running.remove(finished.ticket());
            if (sequence != null) {
                sequence.complete(finished.completion());
            }
        }
    }

    /**
     * Carries over sequences whose version is outdated; they stay when the other version is of another shape.
     *
     * @param lanes the lane of some weights
     * @param budget most tokens that are read anew; one sequence is carried over in any case
     * @return how many
     */
    int carryOver(Function<ServingPolicy, Lane> lanes, long budget) {
        List<Ticket> outdated = outdated(budget);
        if (outdated.isEmpty()) {
            return 0;
        }
        Optional<HeldWeights> successor =
                requireNonNull(running.get(outdated.getFirst())).successor();
        if (successor.isEmpty()) {
            return 0;
        }
        try (HeldWeights next = successor.get()) {
            if (!next.weights().config().equals(weights.config())) {
                return 0;
            }
            carryOver(outdated, next, lanes.apply(next.weights()));
            return outdated.size();
        }
    }

    /** The first of them that the budget allows. */
    private List<Ticket> outdated(long budget) {
        var outdated = new ArrayList<Ticket>();
        long tokens = 0;
        for (Map.Entry<Ticket, Sequence> entry : running.entrySet()) {
            if (entry.getValue().isOutdated()) {
                tokens += entry.getValue().generation().prompt().size() + batch.drawn(entry.getKey());
                if (tokens > budget && !outdated.isEmpty()) {
                    break;
                }
                outdated.add(entry.getKey());
            }
        }
        return outdated;
    }

    private void carryOver(List<Ticket> leaving, HeldWeights next, Lane to) {
        var drawn = leaving.stream().map(batch::drawn).toList();
        to.batch.carryOver(batch, leaving);
        for (int i = 0; i < leaving.size(); i++) {
            Sequence sequence = requireNonNull(running.remove(leaving.get(i)));
            sequence.carriedOver(next.share(), drawn.get(i));
            to.running.put(leaving.get(i), sequence);
        }
        to.stepsSinceAdmission = 0;
        to.complete();
    }

    /** Fails what runs. */
    void fail(RuntimeException cause) {
        running.values().forEach(sequence -> sequence.fail(cause));
        running.clear();
    }

    @Override
    public void close() {
        batch.close();
    }
}
