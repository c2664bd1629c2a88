package dev.troupe.trainer.kafka;

/** Another trainer of the same team has taken over; this one must not write any more. */
public final class TrainerFencedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainerFencedException(String transactionalId, Throwable cause) {
        super(
                "another trainer has taken over with transactional.id " + transactionalId
                        + "; run one trainer for each team, or give them different trainer.teams",
                cause);
    }
}
