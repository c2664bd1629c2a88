package dev.troupe.reward.environment;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Score;
import java.util.List;

/** The environment's answer to a joint action. */
public sealed interface Outcome {

    /** The episode goes on: the next observation of each role that acts in the next turn, in the order of the roles. */
    record Continue(List<RoleObservation> observations) implements Outcome {
        public Continue {
            observations = List.copyOf(observations);
            if (observations.isEmpty()) {
                throw new IllegalArgumentException("an episode that goes on needs observations");
            }
        }
    }

    /** The episode has ended with a score. */
    record Scored(Score score) implements Outcome {
        public Scored {
            requireNonNull(score, "score is null");
            if (!Double.isFinite(score.getReward())) {
                throw new IllegalArgumentException("reward is not finite: " + score.getReward());
            }
        }
    }

    /** There is no score, through no fault of the agents. */
    record Unscorable(UnscorableReason reason, String detail) implements Outcome {
        public Unscorable {
            requireNonNull(reason, "reason is null");
            requireNonNull(detail, "detail is null");
        }
    }
}
