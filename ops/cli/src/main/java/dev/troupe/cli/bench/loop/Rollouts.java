package dev.troupe.cli.bench.loop;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import dev.troupe.reward.collaboration.Collaboration;
import dev.troupe.reward.coordinator.CoordinatorOptions;
import dev.troupe.reward.coordinator.StepRecords;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.judge.JudgeOptions;
import dev.troupe.reward.judge.LocalJudge;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The agents', the coordinator's and the judges' half of a plain loop. Used by one thread, which judges with as many
 * others as the services have judges.
 */
final class Rollouts implements AutoCloseable {

    private final String policyId;
    private final CoordinatorOptions options;
    private final Environments environments = Environments.load();
    private final ChatTokenizer tokenizer;
    /** Those that nobody uses just now. */
    private final BlockingQueue<LocalJudge> judges = new LinkedBlockingQueue<>();

    private final ExecutorService judging;
    private double sampledSeconds;

    /** @param warmUp is judged once, so that the sandbox runs when the time begins, as those of the services do */
    Rollouts(String policyId, Path checkpoint, Settings settings, Task warmUp)
            throws IOException, InterruptedException {
        this.policyId = policyId;
        this.options = CoordinatorOptions.from(settings);
        this.tokenizer = ChatTokenizer.load(checkpoint);
        JudgeOptions judgeOptions = JudgeOptions.of(settings);
        for (int i = 0; i < judgeOptions.workers(); i++) {
            judges.add(new LocalJudge("loop", environments, judgeOptions, new SimpleMeterRegistry()));
        }
        this.judging = Executors.newFixedThreadPool(
                judgeOptions.workers(),
                Thread.ofPlatform().name("bench-judge-", 0).factory());
        try (var policy = ServingPolicy.load(checkpoint)) {
            play(List.of(warmUp), policy, 0);
        }
        sampledSeconds = 0;
    }

    /** Plays the tasks' episodes to their end. */
    List<EpisodeGroup> play(List<Task> tasks, ServingPolicy policy, int version)
            throws IOException, InterruptedException {
        var tables = new ArrayList<Table>();
        for (Task task : tasks) {
            tables.addAll(open(task));
        }
        var ended = new HashMap<Table, Judgement>();
        while (ended.size() < tables.size()) {
            List<Table> playing =
                    tables.stream().filter(table -> !ended.containsKey(table)).toList();
            act(playing, policy, version);
            List<Judgement> judgements = judged(playing);
            for (int i = 0; i < playing.size(); i++) {
                Table table = playing.get(i);
                Judgement judgement = judgements.get(i);
                if (judgement.getObservations().isEmpty()) {
                    ended.put(table, judgement);
                } else {
                    table.observe(judgement.getObservations());
                }
            }
        }
        return groups(tables, ended);
    }

    private List<Table> open(Task task) throws IOException {
        Environment environment = environments
                .find(task.getEnvironment())
                .orElseThrow(() -> new IOException("no environment " + task.getEnvironment()));
        try {
            Collaboration collaboration = Collaboration.of(environment, task);
            Task filled = StepRecords.filled(task, collaboration, options);
            List<RoleObservation> opening = collaboration.begin(filled);
            var tables = new ArrayList<Table>();
            for (int episode = 0; episode < filled.getNumGenerations(); episode++) {
                tables.add(new Table(filled, episode, collaboration.roles(), options.runSeed(), opening));
            }
            return tables;
        } catch (InvalidTaskException e) {
            throw new IOException("task " + task.getTaskId() + ": " + e.getMessage(), e);
        }
    }

    /** All turns in one batch. */
    private void act(List<Table> playing, ServingPolicy policy, int version) {
        long begun = System.nanoTime();
        Map<RoleObservation, TokenIds> encoded = Table.encodings();
        var requests = new ArrayList<List<GenerationRequest>>();
        playing.forEach(table -> requests.add(table.requests(tokenizer, encoded)));
        List<Completion> completions =
                policy.generate(requests.stream().flatMap(List::stream).toList());
        int next = 0;
        for (int i = 0; i < playing.size(); i++) {
            int count = requests.get(i).size();
            playing.get(i).act(tokenizer, requests.get(i), completions.subList(next, next + count), policyId, version);
            next += count;
        }
        sampledSeconds += (System.nanoTime() - begun) / 1e9;
    }

    private List<Judgement> judged(List<Table> playing) throws IOException, InterruptedException {
        List<Future<Judgement>> futures = playing.stream()
                .map(table -> judging.submit(() -> judged(table)))
                .toList();
        var judgements = new ArrayList<Judgement>();
        for (Future<Judgement> future : futures) {
            try {
                judgements.add(future.get());
            } catch (ExecutionException e) {
                throw new IOException("episodes cannot be judged: " + e.getCause(), e);
            }
        }
        return judgements;
    }

    private Judgement judged(Table table) throws SandboxUnavailableException, InterruptedException {
        LocalJudge judge = judges.take();
        try {
            return judge.judge(StepRecords.last(table.task(), table.episode(), table.steps()));
        } finally {
            judges.add(judge);
        }
    }

    private static List<EpisodeGroup> groups(List<Table> tables, Map<Table, Judgement> ended) {
        var groups = new ArrayList<EpisodeGroup>();
        for (int from = 0; from < tables.size(); ) {
            Task task = tables.get(from).task();
            int end = from + task.getNumGenerations();
            List<Episode> episodes = tables.subList(from, end).stream()
                    .map(table -> episode(table, requireNonNull(ended.get(table))))
                    .toList();
            groups.add(EpisodeGroup.newBuilder()
                    .setTaskId(task.getTaskId())
                    .setTeamId(task.getTeamId())
                    .setEnvironment(task.getEnvironment())
                    .setEpisodes(episodes)
                    .setClosedBy("loop")
                    .setClosedAt(System.currentTimeMillis())
                    .build());
            from = end;
        }
        return groups;
    }

    private static Episode episode(Table table, Judgement judgement) {
        Task task = table.task();
        long now = System.currentTimeMillis();
        boolean scored = judgement.getScore() != null;
        return Episode.newBuilder()
                .setTaskId(task.getTaskId())
                .setEpisode(table.episode())
                .setEnvironment(task.getEnvironment())
                .setTeamId(task.getTeamId())
                .setCollaboration(task.getCollaboration())
                .setPurpose(task.getPurpose())
                .setStatus(scored ? EpisodeStatus.SCORED : EpisodeStatus.INCOMPLETE)
                .setReason(scored ? null : judgement.getUnscorable())
                .setScore(judgement.getScore())
                .setSteps(table.steps())
                .setCriticalPathTokens(0)
                .setMessageTokens(0)
                .setDuplicates(0)
                .setRedeals(0)
                .setStartedAt(now)
                .setFinishedAt(now)
                .build();
    }

    /** Seconds of sampling so far. */
    double sampledSeconds() {
        return sampledSeconds;
    }

    @Override
    public void close() {
        judging.close();
        judges.forEach(LocalJudge::close);
        tokenizer.close();
    }
}
