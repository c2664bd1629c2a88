package dev.troupe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What can be said of the compose file without Docker. */
class ComposeFileTest {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):-([^}]*)}");

    @Test
    void everyVariableHasTheDefaultThatTheExampleSays() throws Exception {
        String compose = Files.readString(ComposeSettings.ROOT.resolve("docker-compose.yml"));
        var used = new TreeMap<String, String>();
        VARIABLE.matcher(compose).results().forEach(variable -> {
            String other = used.put(variable.group(1), variable.group(2));
            assertThat(variable.group(2)).as(variable.group(1)).isEqualTo(other == null ? variable.group(2) : other);
        });
        assertThat(used).isNotEmpty().isEqualTo(ComposeSettings.defaults());
        assertThat(VARIABLE.matcher(compose).replaceAll(""))
                .as("a variable without a default")
                .doesNotContain("$");
    }
}
