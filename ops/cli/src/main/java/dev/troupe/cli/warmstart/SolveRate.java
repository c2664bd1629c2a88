package dev.troupe.cli.warmstart;

import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.reward.coding.CodingPrompts;
import dev.troupe.reward.coding.world.CodingExam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How many held-out coding exams a policy solves, sampled as the demo samples.
 *
 * @param alone share solved by a single author
 * @param together share solved by a helper and a main author who do not see each other
 */
record SolveRate(double alone, double together) {

    private static final int EXAMS = 200;
    private static final long SEED = 20_26;
    private static final SamplingParams SAMPLING = new SamplingParams(1, 1, 0, 64);
    private static final List<String> ROLES = List.of(CodingPrompts.HELPER, CodingPrompts.MAIN, CodingPrompts.SINGLE);

    static SolveRate of(Path checkpoint) throws IOException {
        try (var tokenizer = ChatTokenizer.load(checkpoint);
                var policy = ServingPolicy.load(checkpoint)) {
            List<CodingExam> exams = CodingExam.heldOut(SEED, EXAMS);
            var requests = new ArrayList<GenerationRequest>();
            for (CodingExam exam : exams) {
                for (String role : ROLES) {
                    List<ChatMessage> prompt = Examples.chat(CodingPrompts.first(role, exam.words()));
                    requests.add(new GenerationRequest(tokenizer.encodeChat(prompt), SAMPLING, SEED + requests.size()));
                }
            }
            List<Completion> completions = policy.generate(requests);
            int alone = 0;
            int together = 0;
            for (int i = 0; i < EXAMS; i++) {
                List<String> texts = completions.subList(i * ROLES.size(), (i + 1) * ROLES.size()).stream()
                        .map(completion -> tokenizer.decode(completion.tokens()))
                        .toList();
                together += exams.get(i).solvedTogether(texts.get(0), texts.get(1)) ? 1 : 0;
                alone += exams.get(i).solvedAlone(texts.get(2)) ? 1 : 0;
            }
            return new SolveRate(alone / (double) EXAMS, together / (double) EXAMS);
        }
    }
}
