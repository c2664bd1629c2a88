package dev.troupe.trainer.report;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.config.Settings;
import java.net.URI;
import java.util.Map;

/**
 * An MLflow tracking server, and the run that steps go to.
 *
 * @param trackingUri its address, http or https
 * @param experimentName experiment that new runs belong to; made when it is not there
 * @param runId run to go on with; empty makes one for each team
 * @param token bearer token; empty for none
 */
record MlFlowOptions(URI trackingUri, String experimentName, String runId, String token) {
    private static final URI NOWHERE = URI.create("http://127.0.0.1:5000");

    MlFlowOptions {
        requireNonNull(trackingUri, "trackingUri is null");
        requireNonNull(experimentName, "experimentName is null");
        requireNonNull(runId, "runId is null");
        requireNonNull(token, "token is null");
    }

    static MlFlowOptions read(Settings settings, Map<String, String> env, boolean wanted, int teams) {
        String address = settings.text("trainer.mlflow.tracking.uri", env.getOrDefault("MLFLOW_TRACKING_URI", ""));
        String runId = settings.text("trainer.mlflow.run.id", env.getOrDefault("MLFLOW_RUN_ID", ""))
                .strip();
        if (wanted && !runId.isEmpty() && teams > 1) {
            settings.problem(
                    "trainer.mlflow.run.id",
                    "(or MLFLOW_RUN_ID) names one run for %d teams; leave it out, each team gets its own"
                            .formatted(teams));
        }
        return new MlFlowOptions(
                wanted ? uri(settings, address.strip()) : NOWHERE,
                settings.text("trainer.mlflow.experiment.name", env.getOrDefault("MLFLOW_EXPERIMENT_NAME", "troupe"))
                        .strip(),
                runId,
                settings.text("trainer.mlflow.tracking.token", env.getOrDefault("MLFLOW_TRACKING_TOKEN", ""))
                        .strip());
    }

    private static URI uri(Settings settings, String address) {
        try {
            URI uri = URI.create(address.endsWith("/") ? address.substring(0, address.length() - 1) : address);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException _) {
            // Reported below, as an address of another kind is.
        }
        settings.problem(
                "trainer.mlflow.tracking.uri",
                "(or MLFLOW_TRACKING_URI) must be the address of an MLflow server such as http://mlflow:5000, not '%s'"
                        .formatted(address));
        return NOWHERE;
    }

    @Override
    public String toString() {
        return "%s, experiment %s, run %s"
                .formatted(trackingUri, experimentName, runId.isEmpty() ? "of its own" : runId);
    }
}
