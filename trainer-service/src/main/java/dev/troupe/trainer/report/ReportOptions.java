package dev.troupe.trainer.report;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.config.Settings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the training steps are shown.
 *
 * @param to targets; none shows them nowhere, and they are on the topic all the same
 * @param directory where files go, a folder for each team
 * @param mlflow which server and run, where {@code to} names it
 */
public record ReportOptions(Set<ReportTarget> to, Path directory, MlFlowOptions mlflow) {
    private static final String NONE = "none";

    public ReportOptions {
        to = Set.copyOf(to);
        requireNonNull(directory, "directory is null");
        requireNonNull(mlflow, "mlflow is null");
    }

    /**
     * Reads {@code trainer.report.to}, {@code trainer.logging.dir} and {@code trainer.mlflow.*}; problems are left with
     * the settings.
     *
     * @param artifacts store of the checkpoints; files go beside them unless a setting says where
     * @param env environment variables, of which MLflow's own are taken where no setting is given
     * @param teamIds teams that are trained
     */
    public static ReportOptions read(Settings settings, Path artifacts, Map<String, String> env, List<String> teamIds) {
        Set<ReportTarget> to = EnumSet.noneOf(ReportTarget.class);
        List<String> names = settings.list("trainer.report.to", List.of(ReportTarget.JSONL.label()));
        for (String name : names) {
            try {
                if (!(names.size() == 1 && name.equals(NONE))) {
                    to.add(ReportTarget.parse(name));
                }
            } catch (IllegalArgumentException e) {
                settings.problem("trainer.report.to", String.valueOf(e.getMessage()));
            }
        }
        // No checkpoint's name can begin with an underscore, so nothing there is in the way.
        Path directory = settings.path("trainer.logging.dir", artifacts.resolve("_runs"));
        var mlflow = MlFlowOptions.read(settings, env, to.contains(ReportTarget.MLFLOW), teamIds.size());
        return new ReportOptions(to, directory, mlflow);
    }
}
