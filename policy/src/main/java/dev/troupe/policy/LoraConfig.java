package dev.troupe.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;

/**
 * A low-rank adapter (arXiv 2106.09685) under PEFT's names: to each target module W it adds scaling * B A.
 *
 * @param r rank: A is (r, in), B is (out, r)
 * @param loraAlpha numerator of the scaling
 * @param targetModules in the order of a layer, each once
 * @param useRslora scales by alpha / sqrt(r) (arXiv 2312.03732) and not by alpha / r
 * @param baseModelNameOrPath what adapter_config.json says of the base; may be empty
 */
public record LoraConfig(
        int r, double loraAlpha, List<LoraModule> targetModules, boolean useRslora, String baseModelNameOrPath) {
    /** Far above any adapter in use. */
    private static final int MAX_RANK = 1 << 12;

    public LoraConfig {
        if (r < 1 || r > MAX_RANK) {
            throw new IllegalArgumentException("r must be in [1, " + MAX_RANK + "]: " + r);
        }
        if (!(loraAlpha > 0) || Double.isInfinite(loraAlpha)) {
            throw new IllegalArgumentException("lora_alpha must be above 0: " + loraAlpha);
        }
        if (targetModules.isEmpty()) {
            throw new IllegalArgumentException("target_modules is empty: an adapter changes at least one module");
        }
        targetModules = List.copyOf(EnumSet.copyOf(targetModules));
    }

    /** An adapter of all linear modules, scaled by alpha / r. */
    public static LoraConfig allLinear(int r, double loraAlpha) {
        return new LoraConfig(r, loraAlpha, List.of(LoraModule.values()), false, "");
    }

    /**
     * Reads PEFT's {@code adapter_config.json}.
     *
     * @throws CheckpointException when a field is missing, out of range, or asks for something that is not supported
     */
    public static LoraConfig read(Path adapterConfigJson) throws IOException {
        return LoraConfigJson.read(adapterConfigJson);
    }

    /** The factor of B A. */
    public double scaling() {
        return useRslora ? loraAlpha / Math.sqrt(r) : loraAlpha / r;
    }

    boolean targets(LoraModule module) {
        return targetModules.contains(module);
    }
}
