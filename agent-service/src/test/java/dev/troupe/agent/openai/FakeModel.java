package dev.troupe.agent.openai;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A model whose logits are a hash of its weights' name, the position and the token before: as good as any for a test
 * that asks whose weights answered. What it samples depends on the seed alone.
 *
 * @param weights whose name stands for them
 * @param vocabulary ids it knows
 * @param processed whether its log-probs have temperature, top-k and top-p applied
 */
record FakeModel(String weights, int vocabulary, boolean processed) {
    private static final double SPREAD = 6;

    record Token(int id, double logprob, List<Alternative> alternatives) {}

    record Alternative(int id, double logprob) {}

    double[] logits(List<Integer> context) {
        long seed = Objects.hash(weights, context.size(), context.getLast());
        return new SplittableRandom(seed).doubles(vocabulary, 0, SPREAD).toArray();
    }

    /** log softmax(logits / temperature). */
    double[] logprobs(List<Integer> context, double temperature) {
        double[] scaled = DoubleStream.of(logits(context))
                .map(logit -> logit / (temperature == 0 ? 1 : temperature))
                .toArray();
        double normalizer = Math.log(DoubleStream.of(scaled).map(Math::exp).sum());
        return DoubleStream.of(scaled).map(logit -> logit - normalizer).toArray();
    }

    List<Token> sample(List<Integer> prompt, int maxTokens, double temperature, long seed, Set<Integer> stops) {
        var random = new SplittableRandom(seed);
        var context = new ArrayList<>(prompt);
        var tokens = new ArrayList<Token>();
        while (tokens.size() < maxTokens) {
            double[] drawn = logprobs(context, temperature);
            int id = temperature == 0 ? argmax(drawn) : draw(drawn, random.nextDouble());
            double[] told = logprobs(context, processed ? temperature : 1);
            tokens.add(new Token(id, told[id], alternatives(told)));
            context.add(id);
            if (stops.contains(id)) {
                break;
            }
        }
        return tokens;
    }

    private static List<Alternative> alternatives(double[] logprobs) {
        return IntStream.range(0, logprobs.length)
                .mapToObj(id -> new Alternative(id, logprobs[id]))
                .sorted(Comparator.comparingDouble(Alternative::logprob).reversed())
                .limit(20)
                .toList();
    }

    private static int argmax(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .max(Comparator.comparingDouble(id -> values[id]))
                .orElseThrow();
    }

    private static int draw(double[] logprobs, double at) {
        double sum = 0;
        for (int id = 0; id < logprobs.length; id++) {
            sum += Math.exp(logprobs[id]);
            if (at < sum) {
                return id;
            }
        }
        return logprobs.length - 1;
    }
}
