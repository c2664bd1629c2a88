package dev.troupe.cli.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.cli.rehearsal.RehearsalEnvironment;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The tasks of a run: training with one turn or two, some evaluations, and a few that must become dead letters. */
final class TaskMix {

    static final String TEAM = "team";
    private static final int BAD_EVERY = 50;
    private static final int EVALUATION_EVERY = 20;

    private TaskMix() {}

    /** What is fed as one record. */
    private enum Sort {
        TRAINING,
        EVALUATION,
        COPY,
        GARBAGE
    }

    /**
     * One record to be fed.
     *
     * @param good whether it must be played; a bad one must become a dead letter
     */
    record Feed(ProducerRecord<byte[], byte[]> record, boolean good) {}

    /** All records, in the order in which they are fed; the same for the same seed. */
    static List<Feed> records(ChaosPlan plan, RecordCodec codec) {
        var random = new Random(plan.seed());
        var records = new ArrayList<Feed>();
        int number = 0;
        for (Sort sort : sorts(plan, random)) {
            switch (sort) {
                case TRAINING, EVALUATION -> {
                    Task task = task(number++, sort == Sort.EVALUATION, 1 + random.nextInt(2));
                    records.add(new Feed(row(task.getTaskId(), codec.encode(TopicCatalog.TASKS, task)), true));
                }
                case COPY ->
                    records.add(new Feed(
                            records.isEmpty()
                                    ? garbage(number++)
                                    : records.getLast().record(),
                            false));
                case GARBAGE -> records.add(new Feed(garbage(number++), false));
            }
        }
        return records;
    }

    private static List<Sort> sorts(ChaosPlan plan, Random random) {
        int bad = plan.tasks() / BAD_EVERY;
        int evaluations = plan.tasks() / EVALUATION_EVERY;
        int training = plan.tasks() - bad - evaluations;
        // The rest would wait for a step that never fills.
        int rest = training % ChaosPlan.GROUPS_PER_STEP;
        var sorts = new ArrayList<Sort>();
        sorts.addAll(Collections.nCopies(training - rest, Sort.TRAINING));
        sorts.addAll(Collections.nCopies(evaluations + rest, Sort.EVALUATION));
        sorts.addAll(Collections.nCopies(bad / 2, Sort.COPY));
        sorts.addAll(Collections.nCopies(bad - bad / 2, Sort.GARBAGE));
        Collections.shuffle(sorts, random);
        return sorts;
    }

    private static Task task(int number, boolean evaluation, int turns) {
        return Task.newBuilder()
                .setTaskId("%s-%06d".formatted(evaluation ? "evaluate" : "train", number))
                .setEnvironment(RehearsalEnvironment.NAME)
                .setPrompt("Say something about " + number)
                .setTeamId(TEAM)
                .setPurpose(evaluation ? Purpose.EVALUATE : Purpose.TRAIN)
                .setMaxTurns(turns)
                .setNumGenerations(ChaosPlan.EPISODES)
                .build();
    }

    private static ProducerRecord<byte[], byte[]> garbage(int number) {
        return row("garbage-%06d".formatted(number), "not a task".getBytes(UTF_8));
    }

    private static ProducerRecord<byte[], byte[]> row(String key, byte[] value) {
        return new ProducerRecord<>(TopicCatalog.TASKS.name(), key.getBytes(UTF_8), value);
    }
}
