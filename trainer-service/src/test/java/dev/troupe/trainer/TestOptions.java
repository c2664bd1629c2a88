package dev.troupe.trainer;

import dev.troupe.runtime.config.Settings;
import dev.troupe.trainer.grpo.GrpoOptions;
import java.util.TreeMap;

/** Options of training by the names that a person would write. */
public final class TestOptions {
    private TestOptions() {}

    /** @param namesAndValues {@code grpo.*} without the prefix, each followed by its value */
    public static GrpoOptions grpo(String... namesAndValues) {
        var values = new TreeMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put("grpo." + namesAndValues[i], namesAndValues[i + 1]);
        }
        Settings settings = Settings.of(values);
        GrpoOptions options = GrpoSettings.read(settings, 0);
        settings.check();
        return options;
    }
}
