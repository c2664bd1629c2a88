package dev.troupe.reward.coding;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointAction;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;

/** A helper and a main author each write a Python function; hidden tests of the main one decide. */
public final class CodingEnvironment implements Environment {

    /** Enough for a function of some twenty lines. */
    private static final int MAX_COMPLETION_LENGTH = 256;

    @Override
    public String name() {
        return "coding";
    }

    @Override
    public List<String> roles(Task task) throws InvalidTaskException {
        return CodingTask.roles(task);
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        CodingTask coding = CodingTask.of(task);
        return coding.roles().stream()
                .map(role -> new RoleObservation(
                        role, CodingPrompts.first(role, coding.entryPoint(), coding.helper(), task.getPrompt())))
                .toList();
    }

    @Override
    public RewardWeights weights() {
        return new RewardWeights(1.0, 0.05, 0.05);
    }

    @Override
    public int maxCompletionLength() {
        return MAX_COMPLETION_LENGTH;
    }

    @Override
    public Outcome judge(Step step, Judging judging) throws InterruptedException {
        try {
            CodingTask task = CodingTask.of(step.getTask());
            if (!JointAction.isComplete(step, task.roles())) {
                return new Unscorable(UnscorableReason.INCOMPLETE_STEP, "not every role has acted in every turn");
            }
            JudgedProgram program = run(step, step.getTurn(), task, judging);
            boolean ended = program.quality() >= 1
                    || step.getTurn() + 1 >= step.getTask().getMaxTurns();
            return ended
                    ? new Scored(JointReward.of(step, this)
                            .score(program.quality(), program.run().allPassed(), program.terms()))
                    : new Continue(observations(step, task, judging));
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        } catch (SandboxUnavailableException e) {
            return new Unscorable(UnscorableReason.SANDBOX_UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private static JudgedProgram run(Step step, int turn, CodingTask given, Judging judging)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        List<String> completions = given.roles().stream()
                .map(role -> action(step, turn, role).getText())
                .toList();
        CodingTask task = given.readFor(completions);
        return switch (task.scorer()) {
            case STRICT -> new StrictJudge(task, judging.sandbox()).judge(completions);
            case QUICK -> new QuickJudge(task, judging.sandbox()).judge(completions);
            case COMPATIBLE -> new CompatibleJudge(task, judging.sandbox()).judge(completions);
        };
    }

    /** The conversation of each role so far: its prompt, and per turn its own completion and what came of it. */
    private static List<RoleObservation> observations(Step step, CodingTask task, Judging judging)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        var observations = new ArrayList<RoleObservation>();
        for (String role : task.roles()) {
            var chat = new ArrayList<>(CodingPrompts.first(
                    role, task.entryPoint(), task.helper(), step.getTask().getPrompt()));
            for (int turn = 0; turn <= step.getTurn(); turn++) {
                // Earlier turns were judged before: their verdicts come from the cache.
                JudgedProgram program = run(step, turn, task, judging);
                chat.add(new ChatMessage("assistant", completion(step, turn, role)));
                chat.add(new ChatMessage("user", new Feedback(program).to(role, received(step, turn, role))));
            }
            observations.add(new RoleObservation(role, chat));
        }
        return observations;
    }

    private static Action action(Step step, int turn, String role) {
        return JointAction.of(step, turn, role)
                .orElseThrow(() -> new IllegalStateException("no action of role " + role + " in turn " + turn));
    }

    /** What the role wrote, its messages included. */
    private static String completion(Step step, int turn, String role) {
        var lines = new ArrayList<String>();
        step.getMessages().stream()
                .filter(message ->
                        message.getTurn() == turn && message.getFrom().equals(role))
                .forEach(message -> lines.add("@" + message.getTo() + " " + message.getContent()));
        lines.add(action(step, turn, role).getText());
        return String.join("\n", lines);
    }

    private static List<Message> received(Step step, int turn, String role) {
        return step.getMessages().stream()
                .filter(message -> message.getTurn() == turn
                        && !message.getFrom().equals(role)
                        && (message.getTo().equals(role) || message.getTo().equals("all")))
                .toList();
    }
}
