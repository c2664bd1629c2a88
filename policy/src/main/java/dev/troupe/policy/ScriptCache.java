package dev.troupe.policy;

import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.Map;

/**
 * Compiled scripts, for policies of the same shape that are loaded one after another: compiling takes about as long as
 * loading a small checkpoint. Safe for use by many threads; close it after the policies.
 */
public final class ScriptCache implements AutoCloseable {
    /** What a script is compiled of; the device is a constant in the source. */
    private record Key(String name, String source) {}

    private final Map<Key, ScriptModule> modules = new HashMap<>(); // guarded by this
    private final Map<ComputeDevice, NDManager> managers = new HashMap<>(); // guarded by this

    synchronized ScriptModule module(String name, String source, ComputeDevice device) {
        NDManager manager = managers.computeIfAbsent(device, Torch::newManager);
        return modules.computeIfAbsent(new Key(name, source), _ -> ScriptModule.compile(name, source, manager));
    }

    @Override
    public synchronized void close() {
        modules.values().forEach(ScriptModule::close);
        modules.clear();
        managers.values().forEach(NDManager::close);
        managers.clear();
    }
}
