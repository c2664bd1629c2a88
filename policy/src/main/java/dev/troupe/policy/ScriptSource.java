package dev.troupe.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** TorchScript sources beside this class; {@code ${NAME}} in them stands for a constant of the model. */
final class ScriptSource {
    private static final int FLOAT32 = 6;
    private static final int BFLOAT16 = 15;

    /** Its products with weights packed once are part of torch where it runs on this kind of CPU. */
    private static final boolean ONEDNN = System.getProperty("os.arch").equals("amd64");

    private ScriptSource() {}

    static String read(String resource, DecoderConfig config, PolicyOptions options) {
        String text = read(resource);
        for (var constant : constants(config, options).entrySet()) {
            text = text.replace("${" + constant.getKey() + "}", constant.getValue());
        }
        return text;
    }

    private static String read(String resource) {
        try (InputStream stream =
                Objects.requireNonNull(ScriptSource.class.getResourceAsStream(resource), "no resource " + resource)) {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + resource + " cannot be read", e);
        }
    }

    private static Map<String, String> constants(DecoderConfig config, PolicyOptions options) {
        boolean bfloat16 = options.precision() == Precision.BFLOAT16;
        Map<String, String> constants = new TreeMap<>();
        constants.put("LAYERS", Integer.toString(config.numHiddenLayers()));
        constants.put("HIDDEN", Integer.toString(config.hiddenSize()));
        constants.put("INTERMEDIATE", Integer.toString(config.intermediateSize()));
        constants.put("HEADS", Integer.toString(config.numAttentionHeads()));
        constants.put("KV", Integer.toString(config.numKeyValueHeads()));
        constants.put("GROUP", Integer.toString(config.queryHeadsPerKeyValueHead()));
        constants.put("DIM", Integer.toString(config.headDim()));
        constants.put("BIAS", literal(config.family().hasQkvBias()));
        constants.put("HEAD_NORMS", literal(config.family().hasHeadNorms()));
        constants.put("EPSILON", Double.toString(config.rmsNormEps()));
        constants.put("MASKED", Float.toString(DecoderOps.MASKED));
        constants.put("TYPE", Integer.toString(bfloat16 ? BFLOAT16 : FLOAT32));
        constants.put("BFLOAT16", literal(bfloat16));
        constants.put("DEVICE", "torch.device(\"" + options.device() + "\")");
        boolean cpu = options.device().isCpu();
        constants.put(
                "ONEDNN",
                literal(ONEDNN && cpu && (!bfloat16 || CpuFeatures.current().bfloat16())));
        constants.put("PACKED_FROM", Integer.toString(bfloat16 ? 1 << 16 : 1 << 17));
        constants.put("LOW_CACHE", literal(bfloat16 && !cpu));
        // The way back through attention in bfloat16 takes a CPU five times as long as in float32.
        constants.put("ATTENTION", Integer.toString(bfloat16 && !cpu ? BFLOAT16 : FLOAT32));
        constants.put("SHORT", cpu ? "64" : "0");
        constants.put("CACHE", Integer.toString(bfloat16 && !cpu ? BFLOAT16 : FLOAT32));
        return constants;
    }

    private static String literal(boolean value) {
        return value ? "True" : "False";
    }
}
