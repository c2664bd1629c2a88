package dev.troupe.trainer.kafka;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.TrainingStep;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What the log says of a team's past training; reading it moves no consumer group. */
public final class GroupLog {
    private final TopicScan scan;
    private final GroupDecoder decoder;
    private final String teamId;

    public GroupLog(KafkaClients clients, String teamId) {
        this.scan = new TopicScan(clients, "troupe-replay");
        this.decoder = new GroupDecoder(clients.codec(), teamId);
        this.teamId = teamId;
    }

    /** Takes the groups of the team one by one. */
    @FunctionalInterface
    public interface Visitor<E extends Exception> {
        /** @return whether more is wanted */
        boolean visit(Origin where, ReceivedGroup group) throws E, InterruptedException;
    }

    /** Every step of the team that is still on {@code training-steps}, by number. */
    public NavigableMap<Long, TrainingStep> steps() throws InterruptedException {
        var steps = new TreeMap<Long, TrainingStep>();
        scan.records(TopicCatalog.TRAINING_STEPS, ScanRange.ALL, row -> {
            if (row.value().getTeamId().equals(teamId)) {
                steps.put(row.value().getStep(), row.value());
            }
        });
        return steps;
    }

    /**
     * Hands over the groups of the team in log order, until no more is wanted or the log ends.
     *
     * @param from by partition, where to begin; elsewhere it is the beginning
     */
    public <E extends Exception> void groups(Map<Integer, Long> from, Visitor<E> visitor)
            throws E, InterruptedException {
        String topic = TopicCatalog.EPISODE_GROUPS.name();
        var first = new TreeMap<Integer, Long>(from);
        var begin = scan.begin(topic);
        begin.replaceAll((partition, offset) -> Math.max(offset, first.getOrDefault(partition.partition(), 0L)));
        var wanted = new boolean[] {true};
        scan.<E>raw(topic, new ScanRange.Offsets(begin, Map.of()), row -> {
            if (wanted[0] && decoder.isOwn(row)) {
                wanted[0] = visitor.visit(Origin.of(row), decoder.decode(row));
            }
        });
    }
}
