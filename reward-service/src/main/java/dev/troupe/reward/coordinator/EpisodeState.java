package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where one episode of a live group stands. */
sealed interface EpisodeState {

    /** Epoch ms of what has to happen next by itself; {@link Long#MAX_VALUE} when nothing has to. */
    long deadlineAt();

    /**
     * The roles whose turn it is are at it.
     *
     * @param roles of those who act in the current turn, in the order of the group's
     * @param messages of the current turn, of any attempt
     */
    record Acting(Progress progress, List<RoleTurn> roles, List<Message> messages) implements EpisodeState {
        public Acting {
            roles = List.copyOf(roles);
            messages = List.copyOf(messages);
        }

        /** Whether a turn can be dealt with these observations: some of the roles, each once, in their order. */
        static boolean fits(List<RoleObservation> observations, List<String> roles) {
            int next = 0;
            for (RoleObservation observation : observations) {
                int place = roles.subList(next, roles.size()).indexOf(observation.getRole());
                if (place < 0) {
                    return false;
                }
                next += place + 1;
            }
            return next > 0;
        }

        int turn() {
            return progress.steps().size();
        }

        boolean complete() {
            return roles.stream().allMatch(role -> role.settled(messages));
        }

        Optional<RoleTurn> role(String name) {
            return roles.stream().filter(role -> role.role().equals(name)).findFirst();
        }

        Acting with(RoleTurn changed) {
            return new Acting(
                    progress,
                    roles.stream()
                            .map(role -> role.role().equals(changed.role()) ? changed : role)
                            .toList(),
                    messages);
        }

        Acting withDuplicate() {
            return new Acting(progress.withDuplicate(), roles, messages);
        }

        /** The turn as far as it has come: roles in their order, each one's messages in theirs. */
        EpisodeStep step() {
            var actions = new ArrayList<Action>();
            var said = new ArrayList<Message>();
            for (RoleTurn role : roles) {
                role.action().ifPresent(actions::add);
                said.addAll(role.belonging(messages));
            }
            return new EpisodeStep(turn(), actions, said);
        }

        @Override
        public long deadlineAt() {
            return roles.stream()
                    .filter(role -> !role.settled(messages))
                    .mapToLong(RoleTurn::deadlineAt)
                    .min()
                    .orElse(Long.MAX_VALUE);
        }
    }

    /**
     * Of a crossed group: some of the {@link Draws} that the episode combines are still being made.
     *
     * @param index of the episode within the group
     */
    record Drawing(int index) implements EpisodeState {
        @Override
        public long deadlineAt() {
            // That of its draws.
            return Long.MAX_VALUE;
        }
    }

    /**
     * The last step of the progress is with the judges.
     *
     * @param attempt how often it had been handed out before
     */
    record Judging(Progress progress, int attempt, long deadlineAt) implements EpisodeState {
        int turn() {
            return progress.steps().size() - 1;
        }

        Judging withDuplicate() {
            return new Judging(progress.withDuplicate(), attempt, deadlineAt);
        }
    }

    /** Over; the episode has been published. */
    record Ended(Episode episode) implements EpisodeState {
        @Override
        public long deadlineAt() {
            return Long.MAX_VALUE;
        }
    }
}
