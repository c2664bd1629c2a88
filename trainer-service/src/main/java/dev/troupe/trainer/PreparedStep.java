package dev.troupe.trainer;

import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.update.StepOutcome;
import java.util.List;

/** A step whose checkpoints are on disk and which nobody knows of yet; until it is committed it can be dropped. */
record PreparedStep(TrainingStep trainingStep, List<ModelVersion> versions, StepOutcome outcome) {
    PreparedStep {
        versions = List.copyOf(versions);
    }
}
