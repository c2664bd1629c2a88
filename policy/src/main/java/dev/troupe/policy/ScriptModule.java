package dev.troupe.policy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TorchScript module compiled from source text. Any number of threads may call it at once.
 *
 * <p>Tensors of bfloat16 must stay {@link Value}s: as an NDArray, the first look at their type ends the process.
 */
final class ScriptModule implements AutoCloseable {
    private final String name;
    private final PtSymbolBlock block;
    private final AtomicInteger openValues = new AtomicInteger();

    private ScriptModule(String name, PtSymbolBlock block) {
        this.name = name;
        this.block = block;
    }

    /**
     * Compiles a class {@link ScriptArchive#CLASS}.
     *
     * @param name for messages
     * @throws IllegalArgumentException with the compiler's message when the source does not compile
     */
    static ScriptModule compile(String name, String source, NDManager manager) {
        var archive = new ByteArrayInputStream(ScriptArchive.of(source));
        try {
            return new ScriptModule(name, JniUtils.loadModule((PtNDManager) manager, archive, false, false));
        } catch (EngineException e) {
            throw new IllegalArgumentException("script '" + name + "' does not compile: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    /** Something that lives on torch's side and is handed from call to call without a look at it. */
    final class Value implements AutoCloseable {
        private final IValue value;

        private Value(IValue value) {
            this.value = value;
            openValues.incrementAndGet();
        }

        /** The tensor, as an array of {@code manager}; not for bfloat16. */
        NDArray array(NDManager manager) {
            return value.toTensor((PtNDManager) manager);
        }

        /** The parts of a tuple, which outlive it. */
        List<Value> parts() {
            return Arrays.stream(value.toIValueTuple()).map(Value::new).toList();
        }

        @Override
        public void close() {
            value.close();
            openValues.decrementAndGet();
        }
    }

    /** One call in the making: arguments in the order of the method's. */
    final class Call {
        private final String method;
        private final List<IValue> arguments = new ArrayList<>();
        private final List<IValue> temporary = new ArrayList<>();

        private Call(String method) {
            this.method = method;
        }

        Call with(Value argument) {
            arguments.add(argument.value);
            return this;
        }

        Call with(NDArray argument) {
            return withTemporary(IValue.from((PtNDArray) argument));
        }

        Call with(List<NDArray> argument) {
            return withTemporary(
                    IValue.listFrom(argument.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new)));
        }

        Call with(long argument) {
            return withTemporary(IValue.from(argument));
        }

        Call with(long[] argument) {
            return withTemporary(IValue.listFrom(argument));
        }

        private Call withTemporary(IValue argument) {
            arguments.add(argument);
            temporary.add(argument);
            return this;
        }

        /** Runs it without a gradient; the tensors of the result cannot be changed or enter a recording. */
        Value run() {
            try {
                interpreted();
                return new Value(IValueUtils.runMethod(block, method, arguments.toArray(IValue[]::new)));
            } catch (EngineException e) {
                throw failed(method, e);
            } finally {
                temporary.forEach(IValue::close);
            }
        }

        /** Runs it without a gradient and takes its one tensor. */
        NDArray array(NDManager manager) {
            try (Value result = run()) {
                return result.array(manager);
            }
        }
    }

    Call call(String method) {
        return new Call(method);
    }

    /**
     * Runs a method of the form (tensor, tensor, .., list of tensors) to tensor, so that the gradient reaches the
     * arrays when the thread records.
     *
     * @param arguments at least one; the result belongs to the manager of the first
     */
    NDArray record(String method, List<NDArray> arguments, List<NDArray> list) {
        NDList inputs = new NDList(arguments);
        // The engine's own notation for what kind of argument an array is, by the array's name.
        list.forEach(array -> array.setName("list[]"));
        inputs.addAll(list);
        try (NDArray named = arguments.getFirst().getManager().create(0)) {
            named.setName("module_method:" + method);
            inputs.add(named);
            interpreted();
            return IValueUtils.forward(block, inputs, true).singletonOrThrow();
        } catch (EngineException e) {
            throw failed(method, e);
        }
    }

    /** Off, thread by thread: the optimizer would run each new shape slowly twice, and brings nothing on a CPU. */
    private static void interpreted() {
        JniUtils.setGraphExecutorOptimize(false);
    }

    private IllegalStateException failed(String method, EngineException cause) {
        return new IllegalStateException(
                "script '" + name + "' failed in " + method + ": " + cause.getMessage(), cause);
    }

    /** Values that are not closed yet; constant between calls, or something leaks. */
    int openValues() {
        return openValues.get();
    }

    @Override
    public void close() {
        block.close();
    }
}
