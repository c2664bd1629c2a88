package dev.troupe.runtime.kafka;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of the records behind a committed offset; it travels in the metadata of that offset, because the broker
 * counts no deliveries for a consumer group. Who takes over a partition, after a crash too, goes on counting from it.
 *
 * <p>The format is {@code v1} and runs of offsets, relative to the committed offset and in ascending order:
 *
 * <pre>{@code v1 0:2,3-9:1,10-14:d}</pre>
 *
 * <p>says of committed offset 100 that 100 was delivered twice, 103 to 109 once each, and 110 to 114 are done; nothing
 * was begun of the others. A broker takes 4096 bytes by default ({@code offset.metadata.max.bytes}). Counts always fit
 * in: a queue begins at most {@value #MAX_COUNTED} records of a partition and, whatever their number, the first that is
 * not done, each at most {@value #MAX_SPAN} offsets beyond the committed one, and even if no two of them made a run,
 * each would take 10 bytes. Done records are left out where there is no room; they would only be done again.
 *
 * @param deliveries by offset: 1 to 9, or {@link #DONE}
 */
record Progress(NavigableMap<Long, Integer> deliveries) {

    static final Progress NONE = new Progress(new TreeMap<>());

    /** In place of a count: the record is done. */
    static final int DONE = 0;

    /** Most records of a partition that are begun and not done, the first of them aside. */
    static final int MAX_COUNTED = 256;

    /** Most offsets between the committed one and a record that is begun. */
    static final long MAX_SPAN = 9_999_999;

    private static final int MAX_BYTES = 3072;
    private static final String VERSION = "v1";
    private static final Pattern RUN = Pattern.compile("(\\d{1,7})(?:-(\\d{1,7}))?:([1-9d])");

    Progress {
        deliveries.forEach((offset, count) -> {
            if (offset < 0 || count < DONE || count > 9) {
                throw new IllegalArgumentException("no such progress: %d deliveries of %d".formatted(count, offset));
            }
        });
        deliveries = Collections.unmodifiableNavigableMap(new TreeMap<>(deliveries));
    }

    /**
     * Reads the metadata of a committed offset; blank is {@link #NONE}.
     *
     * @throws IllegalArgumentException when it is not ours
     */
    static Progress parse(long committed, String metadata) {
        if (metadata.isBlank()) {
            return NONE;
        }
        if (!metadata.startsWith(VERSION + " ")) {
            throw new IllegalArgumentException("it does not begin with " + VERSION);
        }
        var deliveries = new TreeMap<Long, Integer>();
        for (String run : metadata.substring(VERSION.length() + 1).split(",", -1)) {
            Matcher matcher = RUN.matcher(run);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("'%s' is not a run".formatted(run));
            }
            long first = Long.parseLong(matcher.group(1));
            long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
            if (last < first || last - first > GroupMember.WINDOW * 4L) {
                throw new IllegalArgumentException("'%s' is not a run".formatted(run));
            }
            int count = matcher.group(3).equals("d") ? DONE : Integer.parseInt(matcher.group(3));
            for (long offset = first; offset <= last; offset++) {
                deliveries.put(committed + offset, count);
            }
        }
        return new Progress(deliveries);
    }

    /** The metadata for a commit of that offset; blank when there is nothing to tell. */
    String format(long committed) {
        var counts = new TreeMap<Long, Integer>(deliveries.tailMap(committed, true));
        String all = runs(counts, committed);
        if (all.length() > MAX_BYTES) {
            counts.values().removeIf(count -> count == DONE);
            all = runs(counts, committed);
        }
        return all;
    }

    private static String runs(NavigableMap<Long, Integer> counts, long committed) {
        var text = new StringBuilder();
        Iterator<Map.Entry<Long, Integer>> entries = counts.entrySet().iterator();
        Map.Entry<Long, Integer> next = entries.hasNext() ? entries.next() : null;
        while (next != null) {
            Map.Entry<Long, Integer> first = next;
            long last = first.getKey();
            next = entries.hasNext() ? entries.next() : null;
            while (next != null && next.getKey() == last + 1 && next.getValue().equals(first.getValue())) {
                last = next.getKey();
                next = entries.hasNext() ? entries.next() : null;
            }
            text.append(text.isEmpty() ? VERSION + " " : ",").append(first.getKey() - committed);
            if (last > first.getKey()) {
                text.append('-').append(last - committed);
            }
            text.append(':').append(first.getValue() == DONE ? "d" : first.getValue());
        }
        return text.toString();
    }
}
