package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.TurnState.Lost;
import dev.troupe.reward.coordinator.TurnState.Open;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The completions of a crossed group while they are being made. Each is the only turn of one role, and part of every
 * episode that combines it with some completion of each other role.
 *
 * <p>An episode's number, written to the base of the number of draws, has a digit for each role, the first role's
 * first: the number of the draw that the role brings in.
 *
 * @param perRole how many of each role
 * @param roles who draws, in the environment's order
 * @param states those of draw 0 in the order of the roles, then of draw 1, ...; a turn's progress has the draw's number
 */
record Draws(int perRole, List<String> roles, List<TurnState> states) {

    Draws {
        roles = List.copyOf(roles);
        states = List.copyOf(states);
        if (perRole < 1 || states.size() != perRole * roles.size()) {
            throw new IllegalArgumentException(
                    "%d draws of each of %d roles are not %d".formatted(perRole, roles.size(), states.size()));
        }
    }

    /** How many episodes there are; a number above {@code most} stands for any that is. */
    static int combinations(int perRole, int roles, int most) {
        int combinations = 1;
        for (int role = 0; role < roles && combinations <= most; role++) {
            combinations *= perRole;
        }
        return combinations;
    }

    /** Where the draw is, if there is one. */
    OptionalInt place(int number, String role) {
        int index = roles.indexOf(role);
        return index < 0 || number < 0 || number >= perRole
                ? OptionalInt.empty()
                : OptionalInt.of(number * roles.size() + index);
    }

    Draws with(int place, TurnState state) {
        var changed = new ArrayList<>(states);
        changed.set(place, state);
        return new Draws(perRole, roles, changed);
    }

    /** The episodes that combine the draw, in their order. */
    int[] episodesOf(int place) {
        int weight = weight(place % roles.size());
        int number = place / roles.size();
        return IntStream.range(0, perRole * weight(0))
                .filter(episode -> episode / weight % perRole == number)
                .toArray();
    }

    /** The draws that the episode combines, in the order of the roles. */
    List<TurnState> of(int episode) {
        return IntStream.range(0, roles.size())
                .mapToObj(role -> states.get(episode / weight(role) % perRole * roles.size() + role))
                .toList();
    }

    /** Whether nothing more will come of the episode's draws. */
    boolean settled(int episode) {
        return of(episode).stream().noneMatch(Open.class::isInstance);
    }

    /** Those of the episode's draws that were given up, in the order of the roles. */
    List<Lost> lost(int episode) {
        return of(episode).stream()
                .filter(Lost.class::isInstance)
                .map(Lost.class::cast)
                .toList();
    }

    /** The episode's turn as far as its draws have come; no turn as long as nobody has acted. */
    List<EpisodeStep> steps(int episode) {
        var actions = new ArrayList<Action>();
        var messages = new ArrayList<Message>();
        for (TurnState draw : of(episode)) {
            EpisodeStep own = draw.acting().step();
            actions.addAll(own.getActions());
            messages.addAll(own.getMessages());
        }
        return actions.isEmpty() ? List.of() : List.of(new EpisodeStep(0, actions, messages));
    }

    /** What the episode has behind it: of what happened to its draws, as much as has happened by now. */
    Progress progress(int episode, long startedAt) {
        int duplicates = 0;
        int redeals = 0;
        for (TurnState draw : of(episode)) {
            duplicates += draw.acting().progress().duplicates();
            redeals += draw.acting().progress().redeals();
        }
        return new Progress(episode, startedAt, steps(episode), duplicates, redeals);
    }

    /** Epoch ms of the next deadline of a draw; {@link Long#MAX_VALUE} when all have come to their end. */
    long deadlineAt() {
        return states.stream()
                .filter(Open.class::isInstance)
                .mapToLong(draw -> draw.acting().deadlineAt())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** What a step of one of the role's digits is worth in an episode's number. */
    private int weight(int role) {
        int weight = 1;
        for (int slower = role + 1; slower < roles.size(); slower++) {
            weight *= perRole;
        }
        return weight;
    }
}
