package dev.troupe.cli.bench.stream;

import java.io.IOException;

/** What is measured: coordinator and judges, with a team that acts the moment it is asked. */
final class Coordination implements Lane {

    /** Per group: a task, and per episode two actions and a judgement. */
    static final int READ = 1 + Rehearsal.EPISODES * (Rehearsal.ROLES + 1);

    /** Per group: the group, and per episode two turns, a step and the episode. */
    static final int WRITTEN = 1 + Rehearsal.EPISODES * (Rehearsal.ROLES + 2);

    /** How many times as many records it is when the steps that judges read and their judgements count as well. */
    static final double WITH_JUDGES = 1 + 2.0 * Rehearsal.EPISODES / (READ + WRITTEN);

    private final InstantTeam team;
    private final int groups;
    private final int window;

    /**
     * @param groups of a round
     * @param window groups under way at a time
     */
    Coordination(InstantTeam team, int groups, int window) {
        this.team = team;
        this.groups = groups;
        this.window = window;
    }

    @Override
    public String name() {
        return "coordinator";
    }

    @Override
    public Sample run() throws IOException {
        var watch = new Stopwatch(Stage.APPLICATION);
        team.play(groups, window);
        return watch.stop((long) groups * (READ + WRITTEN), (long) groups * Rehearsal.EPISODES);
    }

    /** The team is lent. */
    @Override
    public void close() {}
}
