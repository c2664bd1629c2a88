package dev.troupe.cli.bench.stream;

/**
 * One round of a lane.
 *
 * @param records read and written by what was measured, changelogs left out
 * @param episodes that ended; 0 where there are none
 * @param seconds of wall-clock time
 * @param ownCpuSeconds of the threads of what was measured
 * @param processCpuSeconds of the whole process: broker, load and all
 */
record Sample(long records, long episodes, double seconds, double ownCpuSeconds, double processCpuSeconds) {

    double recordsPerSecond() {
        return records / seconds;
    }

    double episodesPerSecond() {
        return episodes / seconds;
    }

    double ownCpuPerThousand() {
        return 1000 * ownCpuSeconds / records;
    }

    double processCpuPerThousand() {
        return 1000 * processCpuSeconds / records;
    }
}
