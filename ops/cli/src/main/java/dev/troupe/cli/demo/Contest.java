package dev.troupe.cli.demo;

/** What is trained side by side: the team, and one agent that does all the work alone. */
enum Contest {
    TEAM("team", "parallel"),
    SINGLE("single", "single");

    private final String teamId;
    private final String collaboration;

    Contest(String teamId, String collaboration) {
        this.teamId = teamId;
        this.collaboration = collaboration;
    }

    String teamId() {
        return teamId;
    }

    String collaboration() {
        return collaboration;
    }
}
