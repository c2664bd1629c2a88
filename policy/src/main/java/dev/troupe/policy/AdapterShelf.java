package dev.troupe.policy;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The adapters that are loaded beside a base, by name. One that is taken off is freed when the last sequence that uses
 * it has left. Safe for use by many threads.
 */
final class AdapterShelf implements AutoCloseable {
    private final Map<String, Loaded> adapters = new HashMap<>(); // guarded by this

    /** An adapter with the memory that is freed with it. */
    private static final class Loaded {
        private final ServingAdapter weights;
        private final NDManager memory;
        private int uses; // guarded by the shelf
        private boolean offered = true; // guarded by the shelf

        private Loaded(ServingAdapter weights, NDManager memory) {
            this.weights = weights;
            this.memory = memory;
        }
    }

    /** The right to compute with an adapter, until it is released. */
    final class Use {
        private final Loaded adapter;

        private Use(Loaded adapter) {
            this.adapter = adapter;
        }

        ServingAdapter weights() {
            return adapter.weights;
        }

        /** Once. */
        void release() {
            AdapterShelf.this.release(adapter);
        }
    }

    /** Owns the memory from here on. @throws IllegalArgumentException when the name is taken */
    synchronized void add(String name, ServingAdapter weights, NDManager memory) {
        if (adapters.putIfAbsent(name, new Loaded(weights, memory)) != null) {
            throw new IllegalArgumentException("adapter '" + name + "' is loaded already");
        }
    }

    /** @throws IllegalArgumentException when no adapter of that name is loaded */
    synchronized Use use(String name) {
        Loaded adapter = adapters.get(name);
        if (adapter == null) {
            throw new IllegalArgumentException("no adapter '" + name + "' is loaded; loaded are " + adapters.keySet());
        }
        adapter.uses++;
        return new Use(adapter);
    }

    /** False when no adapter of that name is loaded. */
    synchronized boolean remove(String name) {
        Loaded adapter = adapters.remove(name);
        if (adapter == null) {
            return false;
        }
        adapter.offered = false;
        freeIfUnused(adapter);
        return true;
    }

    private synchronized void release(Loaded adapter) {
        adapter.uses--;
        freeIfUnused(adapter);
    }

    private static void freeIfUnused(Loaded adapter) {
        if (!adapter.offered && adapter.uses == 0) {
            adapter.memory.close();
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(new ArrayList<>(adapters.keySet())).forEach(this::remove);
    }
}
