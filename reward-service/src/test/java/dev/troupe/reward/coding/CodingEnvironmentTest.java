package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.Steps;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.Real;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CodingEnvironmentTest {

    private static final String HELPER = "def helper(xs):\n    return [x for x in xs if x > 0]";
    private static final String MAIN = "def main(xs):\n    return sum(helper(xs))";
    private static final UnitResult LOADED = new UnitResult(true, true, 1, "");
    private static final UnitResult UNUSED = new UnitResult(true, true, 0, "");
    private static final UnitResult BROKEN = new UnitResult(false, false, 0, "SyntaxError: invalid syntax");

    private static final Fields DEFINED = defined(0);

    private List<Fields> facts = List.of(DEFINED, defined(1));
    private SandboxVerdict idle = new Failed(Failure.CRASHED, "");
    private final CodingEnvironment environment = new CodingEnvironment();
    private final List<PythonProgram> programs = new ArrayList<>();

    @Test
    void tellsEachRoleItsPartAndTheTask() throws Exception {
        List<RoleObservation> observations = environment.begin(task().build());

        assertThat(observations).extracting(RoleObservation::getRole).containsExactly("helper", "main");
        assertThat(observations.getFirst().getPrompt()).containsExactly(new ChatMessage("user", """
                        You write the function helper.
                        Your partner writes the function main, which calls helper.
                        Answer with Python code only.
                        add up what is positive"""));
        assertThat(environment.begin(task().setCollaboration("single").build()))
                .extracting(RoleObservation::getRole)
                .containsExactly("single");
    }

    @Test
    void noHiddenTestIsInAnObservation() throws Exception {
        assertThat(environment.begin(task().build()).toString()).doesNotContain("[1, -2, 3]");
    }

    @Test
    void refusesTasksThatItCannotJudge() {
        assertRefused(task().setFields(Map.of()), "fields.test is missing");
        assertRefused(task().setFields(Map.of("test", "main(x) == 1")), "no assert");
        assertRefused(
                task().setFields(Map.of("test", "assert helper(1) == 1", "entry_point", "helper")), "entry_point");
        assertRefused(task().setFields(Map.of("test", "assert main(1) == 1", "entry_point", "1x")), "entry_point");
        assertRefused(
                task().setFields(Map.of("test", "assert main(1) == 1", "scorer", "kind")), "strict, quick, compatible");
        assertRefused(task().setPrompt(" \n"), "prompt is empty");
        assertRefused(task().setCollaboration("pipeline"), "pipeline");
        assertRefused(task().setMaxTurns(9), "maxTurns");
    }

    @Test
    void allTestsPassedWithTheHelpersHelpIsFullQuality() throws Exception {
        Score score = scored(finished(List.of(LOADED, LOADED), value(4), value(0)));

        assertThat(score.getQuality()).isEqualTo(1.0);
        assertThat(score.getReward()).isEqualTo(1.0 + 0.05 * score.getSpeed() - 0.05 * score.getCoordination());
        assertThat(score.getPassed()).isTrue();
        assertThat(terms(score))
                .containsEntry("structure", 1.0)
                .containsEntry("syntax", 1.0)
                .containsEntry("tests_passed", 2.0)
                .containsEntry("tests_total", 2.0)
                .containsEntry("all_passed", 1.0)
                .containsEntry("helper_used", 1.0)
                .containsEntry("total", 4.0);
    }

    @Test
    void aHelperWithoutWhichTheTestsPassAsWellCapsQuality() throws Exception {
        idle = finished(List.of(LOADED, LOADED), value(4), value(0));

        Score score = scored(idle);

        assertThat(score.getQuality()).isEqualTo(0.5);
        assertThat(score.getPassed()).isTrue();
        assertThat(terms(score))
                .containsEntry("helper_called", 1.0)
                .containsEntry("helper_used", 0.0)
                .containsEntry("level_cooperation", 0.0)
                .containsEntry("total", 2.5);
    }

    @Test
    void aHelperThatIsNotCalledIsNotEvenTakenOut() throws Exception {
        facts = List.of(DEFINED, DEFINED);

        Score score = scored(finished(List.of(LOADED, LOADED), value(4), value(0)));

        assertThat(score.getQuality()).isEqualTo(0.5);
        assertThat(terms(score)).containsEntry("helper_called", 0.0);
        assertThat(programs).hasSize(2);
    }

    @Test
    void theQuickRulesLookAtNoTextAndTakeTheHelperOutOnceAllTestsPass() throws Exception {
        Score score = scored(quick(), finished(List.of(LOADED, LOADED), value(4), value(0)));

        assertThat(score.getQuality()).isEqualTo(1.0);
        assertThat(terms(score)).containsEntry("helper_used", 1.0).doesNotContainKey("total");
        assertThat(programs)
                .hasSize(3)
                .allSatisfy(program -> assertThat(program.script()).isEmpty());
    }

    @Test
    void theQuickRulesTakeOneRunForAProgramThatFailsOrNeverEntersItsHelper() throws Exception {
        assertThat(scored(quick(), finished(List.of(LOADED, LOADED), value(4), value(1)))
                        .getQuality())
                .isEqualTo(0.3, within(1e-12));
        assertThat(scored(quick(), finished(List.of(UNUSED, LOADED), value(4), value(0)))
                        .getQuality())
                .isEqualTo(0.5);
        assertThat(scored(quick(), new Failed(Failure.TIMEOUT, "")).getQuality())
                .isZero();
        assertThat(programs).hasSize(3);
    }

    @Test
    void theQuickRulesTakeLiteralsOnly() {
        assertRefused(
                task().setFields(Map.of("test", "assert abs(main([])) == 0", "scorer", "quick")), "literals only");
    }

    private static Task.Builder quick() {
        var fields = new HashMap<>(task().getFields());
        fields.put("scorer", "quick");
        return task().setFields(fields);
    }

    @Test
    void theSameTestsAreEarnedByLevelsOnThePublishedScale() throws Exception {
        Score score = scored(finished(List.of(LOADED, LOADED), value(4), value(1)));

        assertThat(terms(score))
                .containsEntry("level_structure", 1.0)
                .containsEntry("level_syntax", 0.5)
                .containsEntry("level_tests", 0.5)
                .containsEntry("level_cooperation", 1.5)
                .containsEntry("total", 3.5);
    }

    @Test
    void someTestsPassedEarnLittle() throws Exception {
        Score score = scored(finished(List.of(LOADED, LOADED), value(4), value(1)));

        assertThat(score.getQuality()).isEqualTo(0.3, within(1e-12));
        assertThat(score.getPassed()).isFalse();
    }

    @Test
    void onlyPlainEqualValuesPass() throws Exception {
        Score score = scored(finished(List.of(LOADED, LOADED), new NotAValue("A"), new Returned(new Real(0.0))));

        assertThat(terms(score)).containsEntry("tests_passed", 1.0);
    }

    @Test
    void stoppedProgramsEarnTheirStructureOnly() throws Exception {
        for (Failure failure : Failure.values()) {
            Score score = scored(new Failed(failure, ""));
            assertThat(score.getQuality()).isEqualTo(0.1, within(1e-12));
            assertThat(score.getPassed()).isFalse();
        }
    }

    @Test
    void expectedAnswersNeverEnterTheSandbox() throws Exception {
        scored(finished(List.of(LOADED, LOADED), value(4), value(0)));

        assertThat(programs).hasSize(4);
        assertThat(programs.get(1).calls()).containsExactly("main([1, -2, 3])", "main([])");
        assertThat(programs.subList(1, 4).toString()).doesNotContain("==").doesNotContain("assert");
    }

    @Test
    void takesCodeOutOfFencesAndImportsFromAPythonPrompt() throws Exception {
        Task task = task().setPrompt("import math\nfrom typing import List\ndef main(xs: List[int]):\n    '''sum'''")
                .build();
        Step step =
                Steps.of(task, List.of(), Map.of("helper", "Sure!\n```python\n" + HELPER + "\n```\nbye", "main", MAIN));

        environment.judge(step, judging(finished(List.of(LOADED, LOADED), value(4), value(0))));

        assertThat(programs.get(1).prelude()).isEqualTo("import math\nfrom typing import List\n");
        assertThat(programs.get(1).units().getFirst().source()).isEqualTo(HELPER + "\n");
    }

    @Test
    void speedAndMessagesEnterByTheTasksWeights() throws Exception {
        Task task = task().setWeights(new RewardWeights(1.0, 0.5, 2.0)).build();
        Step step = Steps.of(
                task,
                List.of(Steps.message(0, "helper", "main", "positive only", 5)),
                Map.of("helper", HELPER, "main", MAIN));

        Outcome outcome = environment.judge(step, judging(finished(List.of(LOADED, LOADED), value(4), value(0))));

        Score score = ((Scored) outcome).score();
        assertThat(score.getSpeed()).isEqualTo(1 - 10 / 256.0, within(1e-12));
        assertThat(score.getCoordination()).isEqualTo(5 / 256.0, within(1e-12));
        assertThat(score.getReward()).isEqualTo(1 + 0.5 * (1 - 10 / 256.0) - 2 * 5 / 256.0, within(1e-12));
        assertThat(terms(score)).containsEntry("critical_path_tokens", 10.0).containsEntry("message_tokens", 5.0);
    }

    @Test
    void aSecondTurnComesWithFeedbackAndMessagesButNotTheOthersText() throws Exception {
        Step step = Steps.of(
                task().setMaxTurns(2).build(),
                List.of(Steps.message(0, "helper", "main", "I keep what is positive", 6)),
                Map.of("helper", HELPER, "main", MAIN));

        Outcome outcome = environment.judge(step, judging(finished(List.of(BROKEN, LOADED), value(3), value(0))));

        List<RoleObservation> next = ((Continue) outcome).observations();
        assertThat(next.getFirst().getPrompt())
                .extracting(ChatMessage::getRole)
                .containsExactly("user", "assistant", "user");
        assertThat(next.getFirst().getPrompt().get(1).getContent())
                .isEqualTo("@main I keep what is positive\n" + HELPER);
        assertThat(next.getFirst().getPrompt().getLast().getContent()).isEqualTo("""
                        Your text does not load: SyntaxError: invalid syntax
                        1 of 2 tests pass.
                        main([1, -2, 3]) gave 3, which is wrong.
                        Write the function helper again.""");
        assertThat(next.getLast().getPrompt().getLast().getContent()).isEqualTo("""
                        1 of 2 tests pass.
                        main([1, -2, 3]) gave 3, which is wrong.
                        Message from helper: I keep what is positive
                        Write the function main again.""");
        assertThat(next.getLast().toString()).doesNotContain("x > 0");
    }

    @Test
    void anExceptionsMessageIsNotToldBecauseTheOtherRoleMayHaveWrittenIt() throws Exception {
        Step step = Steps.of(task().setMaxTurns(2).build(), List.of(), Map.of("helper", HELPER, "main", MAIN));

        Outcome outcome = environment.judge(
                step, judging(finished(List.of(LOADED, LOADED), new Raised("ValueError", "secret"), value(0))));

        assertThat(((Continue) outcome).observations().toString())
                .contains("main([1, -2, 3]) raised ValueError.")
                .doesNotContain("secret");
    }

    @Test
    void anEpisodeEndsEarlyWhenNothingIsLeftToGain() throws Exception {
        Step step = Steps.of(task().setMaxTurns(2).build(), List.of(), Map.of("helper", HELPER, "main", MAIN));

        Outcome outcome = environment.judge(step, judging(finished(List.of(LOADED, LOADED), value(4), value(0))));

        assertThat(outcome).isInstanceOf(Scored.class);
    }

    @Test
    void theLastTurnIsScored() throws Exception {
        var texts = Map.of("helper", HELPER, "main", MAIN);
        Step step = Steps.of(task().setMaxTurns(2).build(), List.of(), texts, texts);

        Outcome outcome = environment.judge(step, judging(finished(List.of(LOADED, LOADED), value(3), value(0))));

        Score score = ((Scored) outcome).score();
        assertThat(score.getPassed()).isFalse();
        assertThat(terms(score)).containsEntry("critical_path_tokens", 20.0);
    }

    @Test
    void incompleteStepsAndALostSandboxAreNoScores() throws Exception {
        Step half = Steps.of(task().build(), List.of(), Map.of("helper", HELPER));
        Step whole = Steps.of(task().build(), List.of(), Map.of("helper", HELPER, "main", MAIN));
        Judging lost = () -> program -> {
            throw new SandboxUnavailableException("gone");
        };

        assertThat(environment.judge(half, lost))
                .isInstanceOfSatisfying(
                        Unscorable.class,
                        unscorable -> assertThat(unscorable.reason()).isEqualTo(UnscorableReason.INCOMPLETE_STEP));
        assertThat(environment.judge(whole, lost))
                .isEqualTo(new Unscorable(UnscorableReason.SANDBOX_UNAVAILABLE, "gone"));
    }

    private Score scored(SandboxVerdict verdict) throws Exception {
        return scored(task(), verdict);
    }

    private Score scored(Task.Builder task, SandboxVerdict verdict) throws Exception {
        Step step = Steps.of(task.build(), List.of(), Map.of("helper", HELPER, "main", MAIN));
        return ((Scored) environment.judge(step, judging(verdict))).score();
    }

    /** A sandbox with one answer for the program, one for its texts, and one for it with an idle helper. */
    private Judging judging(SandboxVerdict verdict) {
        return () -> program -> {
            programs.add(program);
            if (program.units().isEmpty()) {
                return new Finished(List.of(), List.of(), Optional.of(new Returned(answer())));
            }
            return program.units().getFirst().source().contains("def helper(*values") ? idle : verdict;
        };
    }

    private PythonValue answer() {
        return new Fields()
                .with("authors", new ListOf(facts.stream().map(Fields::dict).toList()))
                .dict();
    }

    private static Fields defined(int partnerCalls) {
        return new Fields()
                .with("text", Int.of(0))
                .with("parses", true)
                .with("error", "")
                .with("definition", "function")
                .with("gives_value", true)
                .with("partner_calls", Int.of(partnerCalls))
                .with("partner_ignored", false)
                .with("partner_shadowed", false)
                .with("wrapper", false);
    }

    private void assertRefused(Task.Builder task, String reason) {
        assertThatThrownBy(() -> environment.begin(task.build()))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining(reason);
    }

    private static Finished finished(List<UnitResult> units, CallResult... calls) {
        return new Finished(units, List.of(calls), Optional.empty());
    }

    private static CallResult value(long value) {
        return new Returned(Int.of(value));
    }

    private static Map<String, Double> terms(Score score) {
        return score.getTerms().stream().collect(Collectors.toMap(Term::getName, Term::getValue));
    }

    private static Task.Builder task() {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("coding")
                .setPrompt("add up what is positive")
                .setFields(Map.of("test", "assert main([1, -2, 3]) == 4\nassert main([]) == 0"));
    }
}
