package dev.troupe.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the CPU can multiply.
 *
 * @param bfloat16 whether it has bfloat16 products; false where the operating system does not tell
 */
record CpuFeatures(boolean bfloat16) {
    private static final Set<String> BFLOAT16_FLAGS = Set.of("avx512_bf16", "amx_bf16");

    static CpuFeatures current() {
        return read(Path.of("/proc/cpuinfo"));
    }

    static CpuFeatures read(Path cpuinfo) {
        try {
            return of(Files.readAllLines(cpuinfo));
        } catch (IOException _) {
            // Not Linux: the slower answer is always right.
            return new CpuFeatures(false);
        }
    }

    private static CpuFeatures of(List<String> lines) {
        return new CpuFeatures(lines.stream()
                .filter(line -> line.startsWith("flags"))
                .anyMatch(line -> List.of(line.split("\\s+")).stream().anyMatch(BFLOAT16_FLAGS::contains)));
    }
}
