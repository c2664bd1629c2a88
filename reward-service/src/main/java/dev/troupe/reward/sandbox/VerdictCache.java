package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Verdicts of the programs that were run last, shared by all workers: an identical program is run once, and two workers
 * with the same program at the same time wait for one run. Bounded; what was used longest ago goes first.
 */
public final class VerdictCache {

    /** Items, characters and bytes of a verdict. */
    private static final long MAX_KEPT = 20_000;

    private final Map<String, CompletableFuture<SandboxVerdict>> verdicts; // guarded by itself

    /** @param capacity programs remembered */
    public VerdictCache(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is not positive: " + capacity);
        }
        this.verdicts = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<SandboxVerdict>> eldest) {
                return size() > capacity;
            }
        };
    }

    /** A sandbox that asks this cache before it runs a program in the other one. */
    public Sandbox before(Sandbox sandbox) {
        return program -> run(program, sandbox);
    }

    private SandboxVerdict run(PythonProgram program, Sandbox sandbox)
            throws SandboxUnavailableException, InterruptedException {
        String digest = program.digest();
        while (true) {
            var own = new CompletableFuture<SandboxVerdict>();
            CompletableFuture<SandboxVerdict> first;
            synchronized (verdicts) {
                first = verdicts.putIfAbsent(digest, own);
            }
            if (first == null) {
                return fill(digest, own, program, sandbox);
            }
            try {
                return first.get();
            } catch (ExecutionException _) {
                // The worker that ran it was stopped or lost its sandbox. That says nothing about the program.
                forget(digest, first);
            }
        }
    }

    private SandboxVerdict fill(
            String digest, CompletableFuture<SandboxVerdict> own, PythonProgram program, Sandbox sandbox)
            throws SandboxUnavailableException, InterruptedException {
        try {
            SandboxVerdict verdict = sandbox.run(program);
            own.complete(verdict);
            return verdict;
        } finally {
            if (own.completeExceptionally(new IllegalStateException("not run"))
                    || isAccident(own.resultNow())
                    || isLarge(own.resultNow())) {
                forget(digest, own);
            }
        }
    }

    /** A crash may be the machine's doing; the next one who asks deserves a run of its own. */
    private static boolean isAccident(SandboxVerdict verdict) {
        return verdict instanceof Failed failed && failed.failure() != Failure.TIMEOUT;
    }

    /** Values that would fill the memory if they were kept by the thousand. */
    private static boolean isLarge(SandboxVerdict verdict) {
        if (!(verdict instanceof Finished finished)) {
            return false;
        }
        long size = 0;
        for (CallResult call : finished.calls()) {
            size += call instanceof Returned(PythonValue value) ? value.size(MAX_KEPT) : 1;
        }
        return size > MAX_KEPT;
    }

    private void forget(String digest, CompletableFuture<SandboxVerdict> verdict) {
        synchronized (verdicts) {
            verdicts.remove(digest, verdict);
        }
    }
}
