package dev.troupe.cli.demo;

/** What an environment's contestants are compared by. */
enum Measure {
    PASS_RATE("pass rate", "passRate", "episode/passed_mean"),
    CONSISTENCY("consistency", "consistency", "rewards/consistency/mean");

    private final String label;
    private final String evaluationMetric;
    private final String trainingMetric;

    Measure(String label, String evaluationMetric, String trainingMetric) {
        this.label = label;
        this.evaluationMetric = evaluationMetric;
        this.trainingMetric = trainingMetric;
    }

    static Measure of(String environment) {
        return environment.equals("writing") ? CONSISTENCY : PASS_RATE;
    }

    String label() {
        return label;
    }

    /** Name among an evaluation's metrics and in the JSON report. */
    String evaluationMetric() {
        return evaluationMetric;
    }

    /** Name among a training step's metrics. */
    String trainingMetric() {
        return trainingMetric;
    }
}
