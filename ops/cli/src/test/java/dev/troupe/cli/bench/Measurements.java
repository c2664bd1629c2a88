package dev.troupe.cli.bench;

import dev.troupe.cli.bench.peer.Precision;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Measurements that tests make. */
final class Measurements {

    private Measurements() {}

    static Measurement of(Precision precision, Double... rates) {
        return new Measurement(
                "somebody", precision, Arrays.asList(rates), OptionalLong.of(3 << 20), OptionalDouble.empty());
    }
}
