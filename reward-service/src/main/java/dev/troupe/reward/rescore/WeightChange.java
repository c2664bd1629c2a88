package dev.troupe.reward.rescore;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.RewardWeights;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** How the weights of a task are changed; an absent one stays what the task, or else the judge, says. */
public record WeightChange(OptionalDouble quality, OptionalDouble speed, OptionalDouble coordination) {

    /** Leaves all weights as they are. */
    public static final WeightChange NONE =
            new WeightChange(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

    public WeightChange {
        finite("quality", requireNonNull(quality, "quality is null"));
        finite("speed", requireNonNull(speed, "speed is null"));
        finite("coordination", requireNonNull(coordination, "coordination is null"));
    }

    /**
     * Reads {@code quality=1,speed=0.2,coordination=0}; any of the three may be left out.
     *
     * @throws IllegalArgumentException naming what cannot be read
     */
    public static WeightChange parse(String text) {
        WeightChange change = NONE;
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "'%s' is no weight; write quality=1,speed=0.2,coordination=0".formatted(part));
            }
            change = change.with(part.substring(0, equals).strip(), number(part, part.substring(equals + 1)));
        }
        return change;
    }

    /** The weights with what is to be changed. */
    RewardWeights applyTo(RewardWeights weights) {
        return new RewardWeights(
                quality.orElse(weights.getQuality()),
                speed.orElse(weights.getSpeed()),
                coordination.orElse(weights.getCoordination()));
    }

    /** The changed weights by name, in the order of the reward's terms. */
    public Map<String, Double> changed() {
        var changed = new LinkedHashMap<String, Double>();
        quality.ifPresent(value -> changed.put("quality", value));
        speed.ifPresent(value -> changed.put("speed", value));
        coordination.ifPresent(value -> changed.put("coordination", value));
        return changed;
    }

    private WeightChange with(String name, double value) {
        OptionalDouble before =
                switch (name) {
                    case "quality" -> quality;
                    case "speed" -> speed;
                    case "coordination" -> coordination;
                    default ->
                        throw new IllegalArgumentException(
                                "no weight is named '%s'; there are quality, speed and coordination".formatted(name));
                };
        if (before.isPresent()) {
            throw new IllegalArgumentException("the weight '%s' is given twice".formatted(name));
        }
        OptionalDouble given = OptionalDouble.of(value);
        return switch (name) {
            case "quality" -> new WeightChange(given, speed, coordination);
            case "speed" -> new WeightChange(quality, given, coordination);
            default -> new WeightChange(quality, speed, given);
        };
    }

    private static double number(String part, String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the weight '%s' is not a number".formatted(part), e);
        }
    }

    private static void finite(String name, OptionalDouble weight) {
        weight.ifPresent(value -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("the weight '%s' is %s, it must be finite".formatted(name, value));
            }
        });
    }

    /** As {@link #parse} reads it; "unchanged" when nothing is changed. */
    @Override
    public String toString() {
        return this.equals(NONE)
                ? "unchanged"
                : changed().entrySet().stream()
                        .map(weight -> weight.getKey() + "=" + weight.getValue())
                        .collect(Collectors.joining(","));
    }
}
