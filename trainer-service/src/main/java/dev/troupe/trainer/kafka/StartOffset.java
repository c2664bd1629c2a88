package dev.troupe.trainer.kafka;

import dev.troupe.trainer.checkpoint.ResumeException;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From where a partition is read when training is taken up. The group's committed offset and the one in the checkpoint
 * were written together; if they differ, somebody has set the group's, and groups would be trained twice or not at all.
 *
 * @param at partition, as topic:number
 * @param groupId consumer group of the team's trainer
 * @param committed in the group; empty before the first step, and when the broker let it expire
 */
record StartOffset(String at, String groupId, Optional<Committed> committed) {
    private static final Logger LOGGER = LoggerFactory.getLogger(StartOffset.class);

    /** @param step that committed the offset; empty when it was set by hand, with tools that name none */
    record Committed(long offset, OptionalLong step) {}

    /**
     * @param checkpoint offset that the checkpoint ends at; empty when it was trained on nothing from the partition
     * @param step of the checkpoint
     * @param end of the partition
     * @param acceptReset whether an offset that contradicts the checkpoint is followed
     * @return empty is the partition's beginning
     * @throws ResumeException when the two contradict each other
     */
    OptionalLong of(OptionalLong checkpoint, long step, long end, boolean acceptReset) {
        if (checkpoint.isEmpty()) {
            return committed.isPresent() ? OptionalLong.of(committed.get().offset()) : OptionalLong.empty();
        }
        long trained = checkpoint.getAsLong();
        if (committed.isEmpty() && trained <= end) {
            LOGGER.atInfo()
                    .addKeyValue("partition", at)
                    .addKeyValue("offset", trained)
                    .log("the group has no committed offset any more, the checkpoint's is taken");
            return checkpoint;
        }
        if (committed.isPresent() && trained <= end && agrees(committed.get(), trained, step)) {
            return OptionalLong.of(committed.get().offset());
        }
        if (!acceptReset) {
            throw new ResumeException(ResumeException.Reason.OFFSETS_RESET, contradiction(trained, step, end));
        }
        LOGGER.atWarn()
                .addKeyValue("partition", at)
                .addKeyValue("offset", committed.map(Committed::offset).orElse(0L))
                .addKeyValue("checkpointOffset", trained)
                .log("the group's offset was reset and is followed, as trainer.accept.offset.reset says");
        return committed.isPresent() && committed.get().offset() <= end
                ? OptionalLong.of(committed.get().offset())
                : OptionalLong.empty();
    }

    /** Behind the checkpoint's lie at most groups of other teams, if the trainer itself committed it. */
    private static boolean agrees(Committed committed, long trained, long step) {
        return committed.offset() == trained
                || (committed.offset() > trained
                        && committed.step().isPresent()
                        && committed.step().getAsLong() <= step);
    }

    private String contradiction(long trained, long step, long end) {
        if (committed.isEmpty() || trained > end) {
            return ("the checkpoint of step %d ends at offset %d of %s, which ends at %d: was the topic made anew?"
                            + " Start with trainer.accept.offset.reset=true to train on from its beginning")
                    .formatted(step, trained, at, end);
        }
        return ("group %s is at offset %d of %s, and the checkpoint of step %d at %d: the group's offsets were reset, and"
                        + " groups would be trained %s. To go on from the checkpoint, set them back:"
                        + " kafka-consumer-groups.sh --bootstrap-server HOST:PORT --group %s --topic %s --reset-offsets"
                        + " --to-offset %d --execute. To train on from where they are, start with"
                        + " trainer.accept.offset.reset=true, and without it after the next step")
                .formatted(
                        groupId,
                        committed.get().offset(),
                        at,
                        step,
                        trained,
                        committed.get().offset() < trained ? "twice" : "never",
                        groupId,
                        at,
                        trained);
    }
}
