package dev.troupe.trainer.report;

import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.schemas.avro.TrainingStep;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.TreeMap;

/**
 * TensorBoard's {@code Event} message: a step's metrics as scalars under their own names, and its completions as one
 * text. Field numbers are those of TensorBoard's {@code event.proto}, {@code summary.proto} and {@code tensor.proto}.
 */
final class TensorBoardEvent {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;

    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int VALUE_TENSOR = 8;
    private static final int VALUE_METADATA = 9;

    private static final int METADATA_PLUGIN = 1;
    private static final int METADATA_DATA_CLASS = 4;
    private static final int PLUGIN_NAME = 1;
    private static final long DATA_CLASS_TENSOR = 2;

    private static final int TENSOR_TYPE = 1;
    private static final int TENSOR_SHAPE = 2;
    private static final int TENSOR_STRING = 8;
    private static final int SHAPE_DIMENSION = 2;
    private static final int DIMENSION_SIZE = 1;
    private static final long TYPE_STRING = 7;

    private static final String COMPLETIONS = "completions/text_summary";

    private TensorBoardEvent() {}

    /** What every event file begins with. */
    static byte[] version(long millis) {
        return new ProtoMessage()
                .number(WALL_TIME, millis / 1e3)
                .text(FILE_VERSION, "brain.Event:2")
                .toBytes();
    }

    static byte[] of(TrainingStep step) {
        var summary = new ProtoMessage();
        new TreeMap<>(step.getMetrics())
                .forEach((name, value) -> summary.message(
                        SUMMARY_VALUE,
                        new ProtoMessage().text(VALUE_TAG, name).number(VALUE_SIMPLE, value.floatValue())));
        if (!step.getCompletions().isEmpty()) {
            summary.message(SUMMARY_VALUE, text(markdown(step)));
        }
        return new ProtoMessage()
                .number(WALL_TIME, step.getFinishedAt() / 1e3)
                .number(STEP, step.getStep())
                .message(SUMMARY, summary)
                .toBytes();
    }

    private static ProtoMessage text(String text) {
        var plugin = new ProtoMessage().text(PLUGIN_NAME, "text");
        var metadata =
                new ProtoMessage().message(METADATA_PLUGIN, plugin).number(METADATA_DATA_CLASS, DATA_CLASS_TENSOR);
        var shape = new ProtoMessage().message(SHAPE_DIMENSION, new ProtoMessage().number(DIMENSION_SIZE, 1L));
        var tensor = new ProtoMessage()
                .number(TENSOR_TYPE, TYPE_STRING)
                .message(TENSOR_SHAPE, shape)
                .text(TENSOR_STRING, text);
        return new ProtoMessage()
                .text(VALUE_TAG, COMPLETIONS)
                .message(VALUE_TENSOR, tensor)
                .message(VALUE_METADATA, metadata);
    }

    /** A heading for each completion, and its text as it stands: an indented line is no markup. */
    private static String markdown(TrainingStep step) {
        var text = new StringBuilder();
        for (SampledCompletion completion : step.getCompletions()) {
            text.append(String.format(
                    Locale.ROOT,
                    "**%s** of %s, episode %d, turn %d: reward %.4f, advantage %.4f, %d tokens%s, %s version %s\n\n",
                    completion.getRole(),
                    completion.getTaskId(),
                    completion.getEpisode(),
                    completion.getTurn(),
                    completion.getReward(),
                    completion.getAdvantage(),
                    completion.getTokens(),
                    completion.getTruncated() ? " (cut off)" : "",
                    completion.getPolicyId(),
                    versions(completion)));
            completion
                    .getText()
                    .lines()
                    .forEach(line -> text.append("    ").append(line).append('\n'));
            text.append('\n');
        }
        return text.toString();
    }

    private static String versions(SampledCompletion completion) {
        return String.join(
                ", ",
                completion.getVersions().stream()
                        .map(span -> Integer.toString(span.getVersion()))
                        .distinct()
                        .toList());
    }

    /**
     * The step and the time of an event.
     *
     * @return step 0 where the event names none
     * @throws IllegalArgumentException when the bytes are no event
     */
    static StepSink.Last last(byte[] event) {
        var bytes = ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN);
        long step = 0;
        double seconds = 0;
        try {
            while (bytes.hasRemaining()) {
                int tag = (int) varint(bytes);
                int field = tag >>> 3;
                if (field == STEP && (tag & 7) == ProtoMessage.VARINT) {
                    step = varint(bytes);
                } else if (field == WALL_TIME && (tag & 7) == ProtoMessage.FIXED64) {
                    seconds = bytes.getDouble();
                } else {
                    skip(bytes, tag & 7);
                }
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("no event: it ends within a field", e);
        }
        return new StepSink.Last(step, Math.round(seconds * 1e3));
    }

    private static void skip(ByteBuffer bytes, int wireType) {
        long length =
                switch (wireType) {
                    case ProtoMessage.VARINT -> {
                        varint(bytes);
                        yield 0;
                    }
                    case ProtoMessage.FIXED64 -> Double.BYTES;
                    case ProtoMessage.BYTES -> varint(bytes);
                    case ProtoMessage.FIXED32 -> Float.BYTES;
                    default -> throw new IllegalArgumentException("no event: wire type " + wireType);
                };
        if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        bytes.position(bytes.position() + (int) length);
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = bytes.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("no event: a number has more than 64 bits");
    }
}
