package com.example.units;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointAction;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.TaskFields;
import dev.troupe.reward.environment.Terms;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts quantities, such as 5 km into m. The proposer answers with the quantity; the checker, who sees the same
 * question but not the answer, says what the quantity divided by the one in the question is: the factor. The team has
 * solved the task when the answer is right and both agree.
 *
 * <p>Fields of a task: {@code value}, the number in the question; {@code factor}, what it is to be multiplied by; and
 * {@code unit}, the unit of the answer. The prompt is the question in words.
 */
public final class UnitsEnvironment implements Environment {

    private static final String PROPOSER = "proposer";
    private static final String CHECKER = "checker";

    /** The last line says it and nothing else does, so that listing many numbers is worth nothing. */
    private static final Pattern ANSWER = Pattern.compile("answer: (-?\\d{1,15}(?:\\.\\d{1,15})?) (\\S+)");

    private static final Pattern FACTOR = Pattern.compile("factor: (-?\\d{1,15}(?:\\.\\d{1,15})?)");

    /** How far off an answer may be, relative to the right one. */
    private static final double TOLERANCE = 1e-6;

    @Override
    public String name() {
        return "units";
    }

    @Override
    public List<String> roles(Task task) throws InvalidTaskException {
        if (!task.getCollaboration().equals("parallel")) {
            throw new InvalidTaskException(
                    "collaboration '%s' is not played; parallel is".formatted(task.getCollaboration()));
        }
        return List.of(PROPOSER, CHECKER);
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        if (task.getMaxTurns() != 1) {
            throw new InvalidTaskException("maxTurns is %d, units are converted in 1".formatted(task.getMaxTurns()));
        }
        Conversion.of(task);
        return List.of(
                observation(PROPOSER, task, "End with a line like: answer: 12.5 km"),
                observation(CHECKER, task, "Which factor converts it? End with a line like: factor: 0.001"));
    }

    private static RoleObservation observation(String role, Task task, String instruction) {
        return new RoleObservation(
                role, List.of(new ChatMessage("user", task.getPrompt().strip() + "\n" + instruction)));
    }

    @Override
    public RewardWeights weights() {
        return new RewardWeights(1.0, 0.05, 0.05);
    }

    @Override
    public int maxCompletionLength() {
        return 64;
    }

    @Override
    public Outcome judge(Step step, Judging judging) {
        Conversion wanted;
        try {
            if (!JointAction.isComplete(step, roles(step.getTask()))) {
                return new Unscorable(UnscorableReason.INCOMPLETE_STEP, "a role has not acted");
            }
            wanted = Conversion.of(step.getTask());
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        }
        Matcher answer = ANSWER.matcher(lastLine(step, PROPOSER));
        Matcher factor = FACTOR.matcher(lastLine(step, CHECKER));
        OptionalDouble proposed = number(answer);
        OptionalDouble checked = number(factor);
        boolean unit = proposed.isPresent() && answer.group(2).equals(wanted.unit());
        boolean right = unit && near(proposed.getAsDouble(), wanted.result());
        // Wrong together is no agreement: it would pay to guess alike.
        boolean agreed = right && checked.isPresent() && near(checked.getAsDouble(), wanted.factor());
        boolean form = proposed.isPresent() && checked.isPresent();
        double quality = (form ? 0.1 : 0) + (unit ? 0.1 : 0) + (right ? 0.5 : 0) + (agreed ? 0.3 : 0);
        return new Scored(JointReward.of(step, this)
                .score(
                        quality,
                        agreed,
                        List.of(
                                Terms.of("form", form),
                                Terms.of("unit", unit),
                                Terms.of("right", right),
                                Terms.of("agreed", agreed))));
    }

    private static String lastLine(Step step, String role) {
        String text = JointAction.of(step, step.getTurn(), role)
                .map(Action::getText)
                .orElse("")
                .strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    private static OptionalDouble number(Matcher line) {
        return line.matches() ? OptionalDouble.of(Double.parseDouble(line.group(1))) : OptionalDouble.empty();
    }

    private static boolean near(double number, double wanted) {
        return Math.abs(number - wanted) <= TOLERANCE * Math.abs(wanted);
    }

    /** What a task asks for. */
    private record Conversion(double value, double factor, String unit) {

        static Conversion of(Task task) throws InvalidTaskException {
            var conversion = new Conversion(
                    TaskFields.number(task, "value"), TaskFields.number(task, "factor"), TaskFields.text(task, "unit"));
            if (!Double.isFinite(conversion.result())) {
                throw new InvalidTaskException("fields.value times fields.factor is no finite number");
            }
            return conversion;
        }

        double result() {
            return value * factor;
        }
    }
}
