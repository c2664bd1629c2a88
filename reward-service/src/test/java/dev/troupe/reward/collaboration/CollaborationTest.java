package dev.troupe.reward.collaboration;

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
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollaborationTest {

    private static final Judging JUDGING = () -> {
        throw new IllegalStateException("a duet runs no programs");
    };

    private final DuetEnvironment environment = new DuetEnvironment();

    @ParameterizedTest
    @CsvSource({
        "parallel, 1, 2, 1, 100",
        "single, 1, 1, 1, 200",
        "pipeline, 1, 2, 2, 100",
        "discussion, 1, 2, 2, 50",
        "parallel, 3, 2, 3, 100",
        "single, 3, 1, 3, 200",
        "pipeline, 3, 2, 2, 300",
        "discussion, 3, 2, 2, 150",
    })
    void everyFormMayWriteTheSameNumberOfTokens(String form, int maxTurns, int roles, int turns, int length)
            throws Exception {
        Task task = task(form).setMaxTurns(maxTurns).build();
        Collaboration collaboration = Collaboration.of(environment, task);
        boolean allEveryTurn = !form.equals("pipeline");

        assertThat(collaboration.roles()).hasSize(roles);
        assertThat(collaboration.maxTurns(task)).isEqualTo(turns);
        assertThat(collaboration.maxCompletionLength(task, 100)).isEqualTo(length);
        assertThat((allEveryTurn ? roles : 1) * turns * length).isEqualTo(2 * maxTurns * 100);
    }

    @Test
    void aPipelineShowsEachRoleWhatWasWrittenBefore() throws Exception {
        Task task = played("pipeline");
        Collaboration pipeline = Collaboration.of(environment, task);
        Step first = Steps.of(task, List.of(message(0, "ann", "bob", "high")), Map.of("ann", "la\n"));

        assertThat(pipeline.begin(task)).containsExactly(says("ann", "ann: sing"));
        assertThat(((Continue) pipeline.judge(first, JUDGING)).observations())
                .containsExactly(says("bob", "bob: sing\nText of ann:\nla\nMessage from ann: high\nIt is your turn."));
        assertThat(environment.judged).isEmpty();
    }

    @Test
    void aPipelineIsJudgedOnceOnAllTexts() throws Exception {
        Task task = played("pipeline");
        Step last = Steps.of(
                task,
                List.of(message(0, "ann", "bob", "high"), message(1, "bob", "ann", "low")),
                Map.of("ann", "la!"),
                Map.of("bob", "lo!"));

        Score score = ((Scored) Collaboration.of(environment, task).judge(last, JUDGING)).score();

        Step judged = environment.judged.getFirst();
        assertThat(environment.judged).hasSize(1);
        assertThat(judged.getTask().getCollaboration()).isEqualTo("parallel");
        assertThat(judged.getTask().getMaxTurns()).isOne();
        assertThat(judged.getTurn()).isZero();
        assertThat(judged.getJoint()).hasSize(1);
        assertThat(judged.getJoint().getFirst()).extracting(Action::getText).containsExactly("la!", "lo!");
        assertThat(judged.getMessages()).extracting(Message::getTurn).containsExactly(0, 0);
        assertThat(score.getPassed()).isTrue();
        // Ten tokens after ten, of twice a hundred; eight tokens of messages, of a hundred.
        assertReward(score, 1, 20 / 200.0, 8 / 100.0, 20);
    }

    @Test
    void aDiscussionShowsEveryoneWhatAllWroteAndJudgesTheSecondTexts() throws Exception {
        Task task = played("discussion");
        Collaboration discussion = Collaboration.of(environment, task);
        List<Message> messages = List.of(message(0, "bob", "all", "louder"));
        Step first = Steps.of(task, messages, joint("la!", "lo!"));
        Step last = Steps.of(task, messages, joint("la!", "lo!"), joint("la!", "lo"));

        assertThat(discussion.begin(task)).containsExactly(says("ann", "ann: sing"), says("bob", "bob: sing"));
        List<RoleObservation> second = ((Continue) discussion.judge(first, JUDGING)).observations();
        Score score = ((Scored) discussion.judge(last, JUDGING)).score();

        assertThat(second).extracting(RoleObservation::getRole).containsExactly("ann", "bob");
        assertThat(second.getFirst().getPrompt())
                .containsExactly(
                        new ChatMessage("user", "ann: sing"),
                        new ChatMessage("assistant", "la!"),
                        new ChatMessage(
                                "user", "Text of bob:\nlo!\nMessage from bob: louder\nWrite your final answer."));
        assertThat(second.getLast().getPrompt())
                .extracting(ChatMessage::getContent)
                .containsExactly("bob: sing", "@all louder\nlo!", "Text of ann:\nla!\nWrite your final answer.");
        assertThat(score.getPassed()).isFalse();
        assertReward(score, 0.5, 20 / 200.0, 4 / 100.0, 20);
    }

    @Test
    void judgedAgainTheAnswerIsTheSame() throws Exception {
        Task task = played("pipeline");
        Step last = Steps.of(task, List.of(), Map.of("ann", "la!"), Map.of("bob", "lo"));
        Collaboration pipeline = Collaboration.of(environment, task);

        assertThat(pipeline.judge(last, JUDGING)).isEqualTo(pipeline.judge(last, JUDGING));
    }

    @Test
    void aStepThatLacksARoleIsNotJudged() throws Exception {
        Step odd = Steps.of(played("pipeline"), List.of(), Map.of("bob", "lo"));
        Step half = Steps.of(played("discussion"), List.of(), Map.of("ann", "la"));

        assertThat(judge(environment, odd)).isEqualTo(incomplete("turn 0 lacks an action of role ann"));
        assertThat(judge(environment, half)).isEqualTo(incomplete("not every role has acted in every turn"));
    }

    @Test
    void anEnvironmentThatWantsAnotherTurnIsNamed() throws Exception {
        Step last = Steps.of(played("discussion"), List.of(), joint("a", "b"), joint("a", "b"));

        assertThat(judge(new DuetEnvironment(true), last))
                .isEqualTo(new Unscorable(
                        UnscorableReason.ENVIRONMENT_FAILED, "duet asks for another turn of a task with maxTurns 1"));
    }

    @Test
    void whoMistypesAFormIsToldWhichThereAre() {
        assertThatThrownBy(() -> Collaboration.of(environment, task("discusion").build()))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("discusion")
                .hasMessageContaining("also plays pipeline and discussion");
    }

    private static Outcome judge(DuetEnvironment environment, Step step) throws Exception {
        return Collaboration.of(environment, step.getTask()).judge(step, JUDGING);
    }

    private static Unscorable incomplete(String detail) {
        return new Unscorable(UnscorableReason.INCOMPLETE_STEP, detail);
    }

    private static void assertReward(Score score, double quality, double used, double coordination, double tokens) {
        assertThat(score.getQuality()).isEqualTo(quality);
        assertThat(score.getSpeed()).isEqualTo(1 - used, within(1e-12));
        assertThat(score.getCoordination()).isEqualTo(coordination, within(1e-12));
        assertThat(score.getReward()).isEqualTo(quality + 0.5 * (1 - used) - 0.25 * coordination, within(1e-12));
        assertThat(score.getTerms())
                .extracting(Term::getName)
                .doesNotHaveDuplicates()
                .contains("good");
        assertThat(score.getTerms()).contains(new Term("critical_path_tokens", tokens));
    }

    private static Map<String, String> joint(String ann, String bob) {
        return new java.util.TreeMap<>(Map.of("ann", ann, "bob", bob));
    }

    private static Message message(int turn, String from, String to, String content) {
        return Steps.message(turn, from, to, content, 4);
    }

    private static RoleObservation says(String role, String content) {
        return new RoleObservation(role, List.of(new ChatMessage("user", content)));
    }

    private static Task.Builder task(String form) {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("duet")
                .setPrompt("sing")
                .setCollaboration(form);
    }

    /** As it is dealt: turns and length filled in. */
    private static Task played(String form) {
        return task(form)
                .setMaxTurns(2)
                .setSampling(new Sampling(1.0, 1.0, 0, 100))
                .build();
    }
}
