package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuFeaturesTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "flags : fpu sse2 avx512_bf16 vaes, true",
        "flags : fpu amx_bf16, true",
        "flags : fpu avx512f avx512_bf16x, false",
        "model name : avx512_bf16, false"
    })
    void knowsTheCpu(String line, boolean bfloat16) throws Exception {
        Path cpuinfo = Files.writeString(directory.resolve("cpuinfo"), "processor : 0\n" + line + "\n");

        assertThat(CpuFeatures.read(cpuinfo).bfloat16()).isEqualTo(bfloat16);
    }

    @Test
    void expectsNothingOfACpuItCannotAsk() {
        assertThat(CpuFeatures.read(directory.resolve("missing")).bfloat16()).isFalse();
    }
}
