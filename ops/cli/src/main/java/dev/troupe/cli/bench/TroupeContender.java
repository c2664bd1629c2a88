package dev.troupe.cli.bench;

import dev.troupe.cli.bench.machine.PeakMemory;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Our own policies, in this process. */
final class TroupeContender implements Contender {

    private static final AdamWOptions ADAMW = AdamWOptions.withLearningRate(Workload.Train.LEARNING_RATE);

    private final Backend backend;
    private final PeakMemory memory;
    private @Nullable Job job;

    TroupeContender(Backend backend, PeakMemory memory) {
        this.backend = backend;
        this.memory = memory;
    }

    /** How policies are opened; each way is a contender of its own. */
    record Backend(String name, Precision precision, Opener<ServingPolicy> serving, Opener<TrainablePolicy> trainable) {

        static final List<Backend> ALL = List.of(
                of("troupe", Precision.FP32, PolicyOptions.DEFAULT),
                of("troupe script", Precision.FP32, scripted(dev.troupe.policy.Precision.FLOAT32)),
                of("troupe script", Precision.BF16, scripted(dev.troupe.policy.Precision.BFLOAT16)));

        private static Backend of(String name, Precision precision, PolicyOptions options) {
            return new Backend(
                    name,
                    precision,
                    directory -> ServingPolicy.load(directory, options),
                    directory -> TrainablePolicy.load(directory, options));
        }

        private static PolicyOptions scripted(dev.troupe.policy.Precision precision) {
            return new PolicyOptions(dev.troupe.policy.Backend.TORCHSCRIPT, precision);
        }

        @FunctionalInterface
        interface Opener<P> {
            P open(Path directory) throws IOException;
        }
    }

    /** A policy and its inputs. */
    private sealed interface Job extends AutoCloseable {

        /** Returns the loss, if there is one. */
        OptionalDouble run();

        @Override
        void close();
    }

    private record Generating(ServingPolicy policy, List<GenerationRequest> requests) implements Job {
        @Override
        public OptionalDouble run() {
            policy.generate(requests);
            return OptionalDouble.empty();
        }

        @Override
        public void close() {
            policy.close();
        }
    }

    private record Training(TrainablePolicy policy, List<TrainingSequence> sequences) implements Job {
        @Override
        public OptionalDouble run() {
            double loss = policy.accumulate(
                    sequences,
                    batch -> batch.logprobs().sum().neg().div(batch.mask().sum()));
            policy.step(ADAMW);
            return OptionalDouble.of(loss);
        }

        @Override
        public void close() {
            policy.close();
        }
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public Precision precision() {
        return backend.precision();
    }

    @Override
    public void prepare(ModelSize size, Path model, Workload workload) throws IOException {
        close();
        memory.reset();
        List<TokenIds> inputs = workload.inputs(size.config().vocabSize());
        job = switch (workload) {
            case Workload.Generate generate ->
                new Generating(backend.serving().open(model), requests(inputs, generate.newTokens()));
            case Workload.Train _ ->
                new Training(
                        backend.trainable().open(model),
                        inputs.stream()
                                .map(tokens -> new TrainingSequence(tokens, 1, 1))
                                .toList());
        };
    }

    private static List<GenerationRequest> requests(List<TokenIds> prompts, int newTokens) {
        var sampling = new SamplingParams(1, 1, 0, newTokens);
        var requests = new ArrayList<GenerationRequest>();
        for (TokenIds prompt : prompts) {
            requests.add(new GenerationRequest(prompt, sampling, requests.size()));
        }
        return requests;
    }

    @Override
    public Run run() {
        if (job == null) {
            throw new IllegalStateException("nothing was prepared");
        }
        long begin = System.nanoTime();
        OptionalDouble loss = job.run();
        return new Run((System.nanoTime() - begin) / 1e9, memory.bytes(), loss);
    }

    @Override
    public void close() {
        if (job != null) {
            job.close();
            job = null;
        }
    }
}
