package dev.troupe.cli.bench;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One workload on one model, as both sides did it. */
record Result(ModelSize size, Workload workload, List<Measurement> ours, List<Measurement> theirs) {

    Result {
        ours = List.copyOf(ours);
        theirs = List.copyOf(theirs);
    }

    Optional<Measurement> ours(Precision precision) {
        return of(ours, precision);
    }

    Optional<Measurement> theirs(Precision precision) {
        return of(theirs, precision);
    }

    /** The fastest of a precision, if it was measured. */
    private static Optional<Measurement> of(List<Measurement> measurements, Precision precision) {
        return fastest(measurements.stream()
                .filter(measurement -> measurement.precision() == precision)
                .toList());
    }

    Optional<Measurement> ourBest() {
        return fastest(ours);
    }

    Optional<Measurement> theirBest() {
        return fastest(theirs);
    }

    private static Optional<Measurement> fastest(List<Measurement> measurements) {
        return measurements.stream().max(Comparator.comparingDouble(Measurement::median));
    }

    /** Ours over theirs in the same precision. */
    Optional<Ratio> ratio(Precision precision) {
        return ratio(ours(precision), theirs(precision));
    }

    /** Our fastest over their fastest, whatever the precisions. */
    Optional<Ratio> bestRatio() {
        return ratio(ourBest(), theirBest());
    }

    static Optional<Ratio> ratio(Optional<Measurement> ours, Optional<Measurement> theirs) {
        return ours.flatMap(mine -> theirs.map(mine::over));
    }

    /** Arithmetic done per second over what a plain matrix product of the same run reaches. */
    double shareOfCeiling(Measurement measurement, double ceilingGigaflops) {
        double flopsPerToken = workload.flops(size.config()) / workload.tokens();
        return flopsPerToken * measurement.median() / (ceilingGigaflops * 1e9);
    }
}
