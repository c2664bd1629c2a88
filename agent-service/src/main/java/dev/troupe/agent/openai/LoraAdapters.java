package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.agent.openai.OpenAiMetrics.AdapterOutcome;
import dev.troupe.agent.openai.ServerException.Fault;
import java.time.Duration;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads and unloads adapters at one replica at a time, with vLLM's {@code load_lora_adapter} and
 * {@code unload_lora_adapter}. Never with {@code load_inplace}: vLLM would read the files again and again, and a name
 * would come to mean other weights.
 */
final class LoraAdapters {
    private static final Logger LOGGER = LoggerFactory.getLogger(LoraAdapters.class);
    private static final Duration UNLOAD = Duration.ofSeconds(10);
    private static final String ALREADY_THERE = "already been loaded";

    private final HttpCalls calls;
    private final ReplicaPool pool;
    private final Backoff backoff;
    private final OpenAiMetrics metrics;
    private final Duration patience;
    private final int retries;

    LoraAdapters(PatienceOptions patience, Connections connections) {
        this.calls = connections.calls();
        this.pool = connections.pool();
        this.backoff = connections.backoff();
        this.metrics = connections.metrics();
        this.patience = patience.load();
        this.retries = patience.retries();
    }

    /**
     * Loads an adapter.
     *
     * @return whether it was not there before
     */
    boolean load(Replica replica, LoraAdapter adapter) throws ServerException, InterruptedException {
        try {
            boolean fresh = post(replica, adapter);
            pool.recovered(replica);
            metrics.adapter(replica, fresh ? AdapterOutcome.LOADED : AdapterOutcome.SHARED);
            return fresh;
        } catch (ServerException e) {
            pool.note(replica, e);
            metrics.adapter(replica, AdapterOutcome.LOAD_FAILED);
            throw e;
        }
    }

    /** Loads it at a server that has lost it, for instance by a restart; whether it is there now. */
    boolean reload(Replica replica, LoraAdapter adapter) throws InterruptedException {
        try {
            if (post(replica, adapter)) {
                metrics.adapter(replica, AdapterOutcome.RELOADED);
                LOGGER.atWarn()
                        .addKeyValue("replica", replica.name())
                        .addKeyValue("adapter", adapter.name())
                        .log("a server had lost an adapter and has it again");
            }
            return true;
        } catch (ServerException e) {
            pool.note(replica, e);
            metrics.adapter(replica, AdapterOutcome.LOAD_FAILED);
            LOGGER.atWarn()
                    .addKeyValue("replica", replica.name())
                    .addKeyValue("adapter", adapter.name())
                    .addKeyValue("error", e.getMessage())
                    .log("a server has lost an adapter and does not take it");
            return false;
        }
    }

    /** Best effort: what stays is pushed out by the server in time. */
    void unload(Replica replica, String name, AdapterOutcome done) throws InterruptedException {
        try {
            ObjectNode body = calls.json().createObjectNode().put("lora_name", name);
            String _ = calls.post(replica.at("/unload_lora_adapter"), body, UNLOAD);
            metrics.adapter(replica, done);
        } catch (ServerException e) {
            if (e.fault() == Fault.UNKNOWN_MODEL) {
                // It has restarted, or another agent was faster.
                return;
            }
            metrics.adapter(replica, AdapterOutcome.UNLOAD_FAILED);
            LOGGER.atWarn()
                    .addKeyValue("replica", replica.name())
                    .addKeyValue("adapter", name)
                    .addKeyValue("error", e.getMessage())
                    .log("an adapter could not be unloaded");
        }
    }

    /** {@code GET /v1/models}: the base and its adapters. */
    JsonNode models(Replica replica) throws ServerException, InterruptedException {
        return calls.get(replica.at("/models"), patience).path("data");
    }

    private boolean post(Replica replica, LoraAdapter adapter) throws ServerException, InterruptedException {
        ObjectNode body =
                calls.json().createObjectNode().put("lora_name", adapter.name()).put("lora_path", adapter.path());
        var random = new SplittableRandom(adapter.name().hashCode());
        try {
            String _ = backoff.retrying(
                    retries, random, metrics, () -> calls.post(replica.at("/load_lora_adapter"), body, patience));
            return true;
        } catch (ServerException e) {
            if (e.fault() == Fault.REJECTED && String.valueOf(e.getMessage()).contains(ALREADY_THERE)) {
                return false;
            }
            throw e;
        }
    }
}
