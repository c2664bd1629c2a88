package dev.troupe.cli;

import dev.troupe.reward.environment.BrokenEnvironmentException;
import dev.troupe.runtime.config.ConfigException;
import java.nio.file.NoSuchFileException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** What a person sees when a command fails: one sentence, and the trace in the log. */
final class Failures implements IExecutionExceptionHandler {

    private static final Logger LOGGER = LoggerFactory.getLogger(Failures.class);

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
        if (failure instanceof ConfigException || failure instanceof BrokenEnvironmentException) {
            // Nothing of ours has failed: where it was noticed helps nobody.
            LOGGER.atError().addKeyValue("error", failure.getMessage()).log("the command cannot start");
            command.getErr().println("troupe: " + failure.getMessage());
            return 2;
        }
        LOGGER.atError().setCause(failure).log("the command failed");
        command.getErr().println("troupe: " + message(failure));
        return 1;
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof NoSuchFileException) {
            // Its message is the path and nothing else.
            return "no such file: " + message;
        }
        if (message == null) {
            return failure.toString();
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.getMessage();
        // Kafka's own say what failed, and only their cause says why.
        return failure instanceof KafkaException && reason != null && !message.contains(reason)
                ? message + ": " + reason
                : message;
    }
}
