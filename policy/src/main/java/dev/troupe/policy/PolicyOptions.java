package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a policy computes.
 *
 * @param precision {@link Precision#BFLOAT16} needs {@link Backend#TORCHSCRIPT}
 */
public record PolicyOptions(Backend backend, Precision precision) {
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyOptions.class);

    /** The reference: {@link Backend#NDARRAY} in {@link Precision#FLOAT32}. */
    public static final PolicyOptions DEFAULT = new PolicyOptions(Backend.NDARRAY, Precision.FLOAT32);

    public PolicyOptions {
        requireNonNull(backend, "backend is null");
        requireNonNull(precision, "precision is null");
        if (backend == Backend.NDARRAY && precision == Precision.BFLOAT16) {
            throw new IllegalArgumentException(
                    "precision BFLOAT16 needs backend TORCHSCRIPT: the engine has no bfloat16 arrays for NDARRAY");
        }
    }

    /** TorchScript, in bfloat16 where this CPU multiplies it natively and in float32 elsewhere. */
    public static PolicyOptions fastest() {
        return new PolicyOptions(
                Backend.TORCHSCRIPT, CpuFeatures.current().bfloat16() ? Precision.BFLOAT16 : Precision.FLOAT32);
    }

    void warnIfSlow() {
        if (precision == Precision.BFLOAT16 && !CpuFeatures.current().bfloat16()) {
            LOGGER.atWarn()
                    .addKeyValue("precision", precision)
                    .log("this CPU has no bfloat16 products: FLOAT32 is faster here");
        }
    }
}
