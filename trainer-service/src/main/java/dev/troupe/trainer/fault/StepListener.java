package dev.troupe.trainer.fault;

/** Is told where a step stands. Tests kill the trainer here; nothing else listens. */
@FunctionalInterface
public interface StepListener {

    /** Nobody. */
    StepListener NONE = (_, _) -> {};

    /** @param step that is being taken, from 1; 0 before the first */
    void reached(StepPoint point, long step);
}
