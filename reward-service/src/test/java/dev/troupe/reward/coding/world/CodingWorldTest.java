package dev.troupe.reward.coding.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.world.Split;
import dev.troupe.reward.world.TaskLines;
import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodingWorldTest {

    private static final Path EXAMPLES = Path.of("..", "examples", "coding");

    @Test
    void makesTheSameTasksFromTheSameSeed() {
        assertThat(CodingWorld.generate(7, 20, Split.TRAIN))
                .isEqualTo(CodingWorld.generate(7, 20, Split.TRAIN))
                .isNotEqualTo(CodingWorld.generate(8, 20, Split.TRAIN));
    }

    @Test
    void hasAtLeastTwoHundredCompositions() {
        assertThat(Composition.of(Split.TRAIN))
                .hasSize(432)
                .doesNotContainAnyElementsOf(Composition.of(Split.HELD_OUT));
        assertThat(Composition.of(Split.HELD_OUT)).hasSize(108);
    }

    @Test
    void trainsOnEveryPairOfClauses() {
        var pairs = new HashSet<List<Enum<?>>>();
        for (Composition composition : Composition.of(Split.TRAIN)) {
            pairs.add(List.of(composition.keep(), composition.change()));
            pairs.add(List.of(composition.change(), composition.gather()));
            pairs.add(List.of(composition.keep(), composition.gather()));
        }
        assertThat(pairs).hasSize(9 * 10 + 10 * 6 + 9 * 6);
    }

    @Test
    void repeatsNoTask() {
        List<Task> tasks = CodingWorld.generate(3, 60, Split.HELD_OUT);
        assertThat(tasks).extracting(Task::getPrompt).doesNotHaveDuplicates();
        assertThat(tasks).extracting(Task::getTaskId).doesNotHaveDuplicates();
    }

    @Test
    void answersAsPythonDoes() {
        var program = new ListProgram(new Composition(Keep.MULTIPLE, Change.DIVIDE, Gather.LIST), 3, 2);
        // -9 // 2 is -5 and -9 % 3 is 0 in Python
        assertThat(program.answer(List.of(-9L, 4L, 3L))).isEqualTo("[-5, 1]");
        assertThat(new ListProgram(new Composition(Keep.NEGATIVE, Change.REMAINDER, Gather.SUM), 0, 5)
                        .answer(List.of(-3L, 7L, -10L)))
                .isEqualTo("2");
    }

    @Test
    void catchesEveryWrongClauseThatIsNotAlwaysRight() {
        var program = new ListProgram(new Composition(Keep.ABOVE, Change.ADD, Gather.LARGEST), 4, 3);
        List<List<Long>> lists =
                TestLists.choose(program, new SplittableRandom(1)).orElseThrow();
        var missed = program.neighbours().stream()
                .filter(wrong -> lists.stream().allMatch(xs -> wrong.answer(xs).equals(program.answer(xs))))
                .toList();
        // with values from -12 to 18, nothing tells apart what the largest number cannot show
        assertThat(missed).hasSizeLessThan(3);
        assertThat(lists).hasSizeBetween(6, 9).contains(List.of());
    }

    @Test
    void sharedPromptsTellWhichClausesAreMeant() {
        var program = new ListProgram(new Composition(Keep.BELOW, Change.SQUARE, Gather.SUM), 7, 0);
        assertThat(program.words()).isEqualTo("Keep numbers below 7.\nSquare each.\nReturn the sum.");
    }

    @Test
    void exampleFilesAreWhatTheGeneratorMakes() throws IOException {
        assertThat(Files.readString(EXAMPLES.resolve("train.jsonl")))
                .isEqualTo(TaskLines.of(CodingWorld.generate(1, 400, Split.TRAIN)));
        assertThat(Files.readString(EXAMPLES.resolve("heldout.jsonl")))
                .isEqualTo(TaskLines.of(CodingWorld.generate(2, 60, Split.HELD_OUT)));
    }

    @Test
    void exampleLinesAreTasks() throws Exception {
        for (String line : Files.readAllLines(EXAMPLES.resolve("heldout.jsonl"))) {
            Task task = TaskJson.parse(line.getBytes(StandardCharsets.UTF_8));
            assertThat(task.getEnvironment()).isEqualTo("coding");
            assertThat(task.getFields()).containsKeys("entry_point", "test");
        }
    }
}
