package dev.troupe.reward.coordinator;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import java.util.List;
import java.util.Optional;

/**
 * One role in the current turn of an episode.
 *
 * @param observation what the role was shown
 * @param attempt how often the turn had been dealt before
 * @param deadlineAt epoch ms, when the turn is dealt again or given up
 * @param action what the role did, once it has
 */
record RoleTurn(RoleObservation observation, int attempt, long deadlineAt, Optional<Action> action) {

    RoleTurn {
        requireNonNull(observation, "observation is null");
        requireNonNull(action, "action is null");
        if (attempt < 0) {
            throw new IllegalArgumentException("attempt is negative: " + attempt);
        }
    }

    String role() {
        return observation.getRole();
    }

    RoleTurn acted(Action accepted) {
        return new RoleTurn(observation, attempt, deadlineAt, Optional.of(accepted));
    }

    RoleTurn redealt(long newDeadline) {
        return new RoleTurn(observation, attempt + 1, newDeadline, Optional.empty());
    }

    /** Whether the role has acted and every message it announced has arrived. */
    boolean settled(List<Message> messages) {
        return action.isPresent() && belonging(messages).size() >= action.get().getMessageCount();
    }

    /** The role's messages that go with its action, in the order in which they were said. */
    List<Message> belonging(List<Message> messages) {
        return action.map(accepted -> messages.stream()
                        .filter(message -> message.getFrom().equals(role())
                                && message.getAttempt() == accepted.getAttempt()
                                && message.getSequence() < accepted.getMessageCount())
                        .sorted((a, b) -> Integer.compare(a.getSequence(), b.getSequence()))
                        .toList())
                .orElse(List.of());
    }
}
