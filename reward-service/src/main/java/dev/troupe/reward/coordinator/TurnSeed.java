package dev.troupe.reward.coordinator;

import java.nio.charset.StandardCharsets;

/** The seed of a turn's draws: the same for the same place in the same run, whoever plays it and however often. */
public final class TurnSeed {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private TurnSeed() {}

    public static long of(long runSeed, String taskId, int episode, String role, int turn) {
        long hash = mix(runSeed);
        hash = mix(hash ^ text(taskId));
        hash = mix(hash + episode);
        hash = mix(hash ^ text(role));
        return mix(hash + turn);
    }

    /** FNV-1a, 64 bits. */
    private static long text(String text) {
        long hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014), with its increment so that 0 does not map to 0. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
