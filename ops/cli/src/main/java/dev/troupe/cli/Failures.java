package dev.troupe.cli;

import java.nio.file.NoSuchFileException;
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
        LOGGER.atError().setCause(failure).log("the command failed");
        command.getErr().println("troupe: " + message(failure));
        return failure instanceof dev.troupe.runtime.config.ConfigException ? 2 : 1;
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof NoSuchFileException) {
            // Its message is the path and nothing else.
            return "no such file: " + message;
        }
        return message == null ? failure.toString() : message;
    }
}
