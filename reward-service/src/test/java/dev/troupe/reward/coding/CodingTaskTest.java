package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodingTaskTest {

    private static final String OWN = "def helper(x):\n    return x\n";
    private static final String PUBLISHED = "def aux(x):\n    return x\n";
    private static final String MAIN = "def main(x):\n    return aux(x)\n";

    @Test
    void aHelperThatDefinesAuxIsTakenAtItsWord() throws Exception {
        CodingTask task = task(Map.of());

        assertThat(task.readFor(List.of(PUBLISHED, MAIN)).functionOf("helper")).isEqualTo("aux");
        assertThat(task.readFor(List.of(OWN, MAIN)).functionOf("helper")).isEqualTo("helper");
        assertThat(task.readFor(List.of(PUBLISHED + OWN, MAIN)).functionOf("helper"))
                .isEqualTo("helper");
        assertThat(task.readFor(List.of("", MAIN)).functionOf("helper")).isEqualTo("helper");
        assertThat(task.readFor(List.of("# def aux(x): later", MAIN)).functionOf("helper"))
                .isEqualTo("helper");
    }

    @Test
    void theTasksNameStands() throws Exception {
        CodingTask task = task(Map.of("helper_function", "assist"));

        assertThat(task.readFor(List.of(PUBLISHED, MAIN)).functionOf("helper")).isEqualTo("assist");
    }

    @Test
    void auxCanBeTheFunctionThatIsAskedFor() throws Exception {
        CodingTask task = task(Map.of("entry_point", "aux", "test", "assert aux(1) == 1"));

        assertThat(task.readFor(List.of(PUBLISHED, PUBLISHED)).functionOf("helper"))
                .isEqualTo("helper");
    }

    @Test
    void refusesOneNameForBoth() {
        assertThatThrownBy(() -> task(Map.of("helper_function", "main")))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("fields.entry_point is 'main'");
        assertThatThrownBy(() -> task(Map.of("helper_function", "a b")))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("fields.helper_function is not a Python name");
    }

    private static CodingTask task(Map<String, String> fields) throws InvalidTaskException {
        var all = new HashMap<>(Map.of("test", "assert main(1) == 1"));
        all.putAll(fields);
        return CodingTask.of(Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("coding")
                .setPrompt("Give it back.")
                .setFields(all)
                .build());
    }
}
