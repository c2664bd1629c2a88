package dev.troupe.reward.coordinator;

import dev.troupe.reward.collaboration.Collaboration;
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

    /**
     * The task with its number of completions, its joint mode, its turns and its sampling; what it does not say comes
     * from the options, and the length of a completion from what the form of collaboration may spend.
     */
    public static Task filled(Task task, Collaboration collaboration, CoordinatorOptions options) {
        Sampling wanted = task.getSampling() == null ? options.sampling() : task.getSampling();
        return Task.newBuilder(task)
                .setNumGenerations(task.getNumGenerations() == 0 ? options.groupSize() : task.getNumGenerations())
                .setJointMode(JointMode.of(task, collaboration.roles().size(), options.jointMode())
                        .label())
                .setMaxTurns(collaboration.maxTurns(task))
                .setSampling(new Sampling(
                        wanted.getTemperature(),
                        wanted.getTopP(),
                        wanted.getTopK(),
                        length(task, collaboration, options)))
                .build();
    }

    /** A length that the task names stands, whatever the form. */
    private static int length(Task task, Collaboration collaboration, CoordinatorOptions options) {
        Sampling own = task.getSampling();
        if (own != null && own.getMaxCompletionLength() > 0) {
            return own.getMaxCompletionLength();
        }
        int configured = own == null ? options.sampling().getMaxCompletionLength() : 0;
        int length = configured > 0 ? configured : collaboration.environment().maxCompletionLength();
        return Math.min(TaskRules.MAX_COMPLETION_LENGTH, collaboration.maxCompletionLength(task, length));
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
