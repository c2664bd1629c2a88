package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.troupe.agent.openai.OpenAiMetrics.AdapterOutcome;
import dev.troupe.agent.openai.ServerException.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings adapters to all replicas or to none, and takes them away after their last use.
 *
 * <p>A replica that cannot be reached, or is left out for its failures, does not serve and is passed over: it is given
 * the adapter before it serves that version. One that answers and does not take the adapter makes the whole fail, and
 * the others are rolled back.
 */
final class AdapterFleet {
    private static final Logger LOGGER = LoggerFactory.getLogger(AdapterFleet.class);

    private final LoraAdapters adapters;
    private final ReplicaPool pool;
    private final OpenAiMetrics metrics;
    private final Connections connections;
    private final int maxLoras;
    /** One version is brought or taken away at a time. */
    private final ReentrantLock moving = new ReentrantLock();
    /** How many policies use each name. */
    private final ConcurrentHashMap<String, Integer> held = new ConcurrentHashMap<>();

    /** @param maxLoras adapters that the servers hold at once */
    AdapterFleet(int maxLoras, LoraAdapters adapters, Connections connections) {
        this.maxLoras = maxLoras;
        this.adapters = adapters;
        this.connections = connections;
        this.pool = connections.pool();
        this.metrics = connections.metrics();
    }

    /** What happened at one replica. */
    private sealed interface Result {
        record Loaded(Replica replica, boolean fresh) implements Result {}

        record Down(String why) implements Result {}

        record Failed(Replica replica, String why) implements Result {}
    }

    /**
     * Loads an adapter everywhere.
     *
     * @return the replicas that have it
     * @throws ServerException when it is not to be used; then no replica was left with it
     */
    List<Replica> load(LoraAdapter adapter) throws ServerException, InterruptedException {
        moving.lockInterruptibly();
        try {
            if (!held.containsKey(adapter.name()) && held.size() >= maxLoras) {
                throw new ServerException(
                        Fault.REJECTED,
                        ("%d adapters are in use and agent.openai.max.loras is %d, in use: %s; start the servers with"
                                        + " --max-loras %d and set it here, or lower agent.pinned.versions")
                                .formatted(held.size(), maxLoras, held.keySet(), held.size() + 1));
            }
            List<Replica> loaded = broadcast(adapter);
            held.merge(adapter.name(), 1, Integer::sum);
            for (Replica replica : loaded) {
                sweep(replica, adapter);
            }
            return loaded;
        } finally {
            moving.unlock();
        }
    }

    /** Called while moving, so that no two versions are brought at once. */
    private List<Replica> broadcast(LoraAdapter adapter) throws ServerException, InterruptedException {
        var tasks = new ArrayList<Callable<Result>>();
        pool.all().forEach(replica -> tasks.add(() -> loadAt(replica, adapter)));
        var loaded = new ArrayList<Result.Loaded>();
        var down = new ArrayList<String>();
        var failed = new ArrayList<Result.Failed>();
        for (Future<Result> future : connections.threads().invokeAll(tasks)) {
            switch (result(future)) {
                case Result.Loaded done -> loaded.add(done);
                case Result.Down not -> down.add(not.why());
                case Result.Failed not -> failed.add(not);
            }
        }
        if (!failed.isEmpty()) {
            rollBack(adapter, loaded, failed);
            throw new ServerException(
                    Fault.REJECTED,
                    "adapter %s was loaded at %d of %d servers and rolled back: %s"
                            .formatted(
                                    adapter.name(),
                                    loaded.size(),
                                    pool.all().size(),
                                    failed.stream().map(Result.Failed::why).toList()));
        }
        if (loaded.isEmpty()) {
            throw new ServerException(Fault.UNREACHABLE, "no server answers: " + down);
        }
        if (!down.isEmpty()) {
            LOGGER.atWarn().addKeyValue("servers", down).log("servers are down; they get the adapter when they return");
        }
        return loaded.stream().map(Result.Loaded::replica).toList();
    }

    /** One that failed in the middle may have it all the same; one that had it before is another agent's. */
    private void rollBack(LoraAdapter adapter, List<Result.Loaded> loaded, List<Result.Failed> failed)
            throws InterruptedException {
        for (Result.Loaded done : loaded) {
            if (done.fresh()) {
                adapters.unload(done.replica(), adapter.name(), AdapterOutcome.ROLLED_BACK);
            }
        }
        for (Result.Failed not : failed) {
            adapters.unload(not.replica(), adapter.name(), AdapterOutcome.ROLLED_BACK);
        }
    }

    private Result loadAt(Replica replica, LoraAdapter adapter) throws InterruptedException {
        if (pool.resting(replica)) {
            return new Result.Down(replica.name() + " is left out for its failures");
        }
        try {
            return new Result.Loaded(replica, adapters.load(replica, adapter));
        } catch (ServerException e) {
            String why = String.valueOf(e.getMessage());
            return switch (e.fault()) {
                case UNREACHABLE -> new Result.Down(why);
                case UNKNOWN_MODEL ->
                    new Result.Failed(
                            replica,
                            why + "; it does not see " + adapter.path() + " (agent.openai.artifacts.dir says where the"
                                    + " servers see the artifacts), or was started without --enable-lora and"
                                    + " VLLM_ALLOW_RUNTIME_LORA_UPDATING=True");
                default -> new Result.Failed(replica, why);
            };
        }
    }

    private static Result result(Future<Result> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("loading an adapter failed unexpectedly", e.getCause());
        }
    }

    /** Unloads what agents that died, or were stopped, have left of this policy. Called while moving. */
    private void sweep(Replica replica, LoraAdapter adapter) throws InterruptedException {
        try {
            for (JsonNode model : adapters.models(replica)) {
                String name = model.path("id").asText();
                OptionalInt version = adapter.versionOf(name);
                boolean old = version.isPresent() && version.getAsInt() < adapter.version() - maxLoras;
                if (old && !held.containsKey(name)) {
                    adapters.unload(replica, name, AdapterOutcome.SWEPT);
                }
            }
        } catch (ServerException e) {
            LOGGER.atWarn()
                    .addKeyValue("replica", replica.name())
                    .addKeyValue("error", e.getMessage())
                    .log("the adapters of a server could not be listed");
        }
    }

    /** Gives it back; when nobody uses it any more it is unloaded in the background. */
    void release(LoraAdapter adapter) {
        held.computeIfPresent(adapter.name(), (_, users) -> users == 1 ? null : users - 1);
        for (Replica replica : pool.all()) {
            try {
                Future<?> _ = connections.threads().submit(() -> unloadUnused(replica, adapter.name()));
            } catch (RejectedExecutionException _) {
                // The agent has stopped; the next one sweeps.
                metrics.adapter(replica, AdapterOutcome.UNLOAD_FAILED);
            }
        }
    }

    private @Nullable Void unloadUnused(Replica replica, String name) throws InterruptedException {
        moving.lockInterruptibly();
        try {
            if (!held.containsKey(name) && !pool.resting(replica)) {
                adapters.unload(replica, name, AdapterOutcome.UNLOADED);
            }
            return null;
        } finally {
            moving.unlock();
        }
    }
}
