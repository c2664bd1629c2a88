package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a policy computes.
 *
 * @param precision of matrix products; {@link Precision#BFLOAT16} needs {@link Backend#TORCHSCRIPT}
 * @param gradientCheckpointing whether a training step computes layers again on its way back instead of keeping what is
 *     inside them: memory of one layer, a third more time
 */
public record PolicyOptions(Backend backend, Precision precision, ComputeDevice device, boolean gradientCheckpointing) {
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyOptions.class);

    /** The reference: {@link Backend#NDARRAY} in {@link Precision#FLOAT32} on the CPU. */
    public static final PolicyOptions DEFAULT = new PolicyOptions(Backend.NDARRAY, Precision.FLOAT32);

    public PolicyOptions {
        requireNonNull(backend, "backend is null");
        requireNonNull(precision, "precision is null");
        requireNonNull(device, "device is null");
        if (backend == Backend.NDARRAY && precision == Precision.BFLOAT16) {
            throw new IllegalArgumentException(
                    "precision bfloat16 needs backend torchscript: the engine has no bfloat16 arrays for ndarray");
        }
    }

    /** On the CPU, without gradient checkpointing. */
    public PolicyOptions(Backend backend, Precision precision) {
        this(backend, precision, ComputeDevice.CPU, false);
    }

    /** TorchScript, in bfloat16 where this CPU multiplies it natively and in float32 elsewhere. */
    public static PolicyOptions fastest() {
        return new PolicyOptions(
                Backend.TORCHSCRIPT, CpuFeatures.current().bfloat16() ? Precision.BFLOAT16 : Precision.FLOAT32);
    }

    /**
     * Reads names as settings have them.
     *
     * @param backend ndarray or torchscript
     * @param precision float32 or bfloat16
     * @param device cpu, cuda or cuda:N
     * @throws IllegalArgumentException naming what is not one of these
     */
    public static PolicyOptions parse(String backend, String precision, String device, boolean gradientCheckpointing) {
        return new PolicyOptions(
                constant(Backend.class, "backend", backend),
                constant(Precision.class, "precision", precision),
                ComputeDevice.parse(device),
                gradientCheckpointing);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String what, String name) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
                return constant;
            }
        }
        String names = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" or "));
        throw new IllegalArgumentException(what + " must be " + names + ", not '" + name + "'");
    }

    public PolicyOptions on(ComputeDevice other) {
        return new PolicyOptions(backend, precision, other, gradientCheckpointing);
    }

    public PolicyOptions withGradientCheckpointing() {
        return new PolicyOptions(backend, precision, device, true);
    }

    void warnIfSlow() {
        if (precision == Precision.BFLOAT16
                && device.isCpu()
                && !CpuFeatures.current().bfloat16()) {
            LOGGER.atWarn()
                    .addKeyValue("precision", precision)
                    .log("this CPU has no bfloat16 products: FLOAT32 is faster here");
        }
    }
}
