package dev.troupe.reward.coordinator;

import dev.troupe.reward.environment.Environment;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.List;

/** What the judges are handed. Made here for live episodes and for past ones, so that both are judged alike. */
public final class StepRecords {

    private StepRecords() {}

    /** The task with its number of episodes and its sampling; what it does not say comes from the options. */
    public static Task filled(Task task, Environment environment, CoordinatorOptions options) {
        Sampling wanted = task.getSampling() == null ? options.sampling() : task.getSampling();
        int length = wanted.getMaxCompletionLength() > 0
                ? wanted.getMaxCompletionLength()
                : environment.maxCompletionLength();
        return Task.newBuilder(task)
                .setNumGenerations(task.getNumGenerations() == 0 ? options.groupSize() : task.getNumGenerations())
                .setSampling(new Sampling(wanted.getTemperature(), wanted.getTopP(), wanted.getTopK(), length))
                .build();
    }

    /**
     * The joint action of the last turn, with all before it.
     *
     * @param task filled in
     * @param episode index within the group
     * @param steps the complete turns in order, at least one
     */
    public static Step last(Task task, int episode, List<EpisodeStep> steps) {
        List<List<Action>> joint = steps.stream().map(EpisodeStep::getActions).toList();
        List<Message> messages =
                steps.stream().flatMap(step -> step.getMessages().stream()).toList();
        return new Step(task, episode, steps.size() - 1, joint, messages);
    }
}
