package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/** What came of a program. Only {@link Finished} says anything that could count as a pass. */
public sealed interface SandboxVerdict {

    /**
     * The interpreter went through all units and calls.
     *
     * @param units one per unit of the program
     * @param calls one per call of the program
     * @param script what the script's {@code run} gave, where there is a script
     */
    record Finished(List<UnitResult> units, List<CallResult> calls, Optional<CallResult> script)
            implements SandboxVerdict {
        public Finished {
            units = List.copyOf(units);
            calls = List.copyOf(calls);
            requireNonNull(script, "script is null");
        }

        /** What came of a program without a script. */
        public Finished(List<UnitResult> units, List<CallResult> calls) {
            this(units, calls, Optional.empty());
        }
    }

    /** It was stopped, or it took the interpreter down with it. */
    record Failed(Failure failure, String detail) implements SandboxVerdict {
        public Failed {
            requireNonNull(failure, "failure is null");
            requireNonNull(detail, "detail is null");
        }
    }

    /** How a program was stopped. */
    enum Failure {
        /** The deadline passed. */
        TIMEOUT,
        /** It computed for longer than it may, whatever the clock says. */
        CPU,
        /** It asked for more memory than it may have. */
        MEMORY,
        /** It asked for more processes or threads than it may have. */
        PROCESSES,
        /** It printed, or answered, more than is read. */
        OUTPUT,
        /** It wrote more than its file system holds. */
        DISK,
        /** Its process ended in another way. */
        CRASHED,
        /** An answer was not of this run or not well-formed. */
        PROTOCOL
    }

    /**
     * How a unit loaded.
     *
     * @param loaded whether its text ran to its end
     * @param defined whether it defined its function
     * @param entered how often its own function was entered during the calls, counted by the interpreter's instruments
     * @param error class and message of what stopped it, or empty
     */
    record UnitResult(boolean loaded, boolean defined, long entered, String error) {
        public UnitResult {
            requireNonNull(error, "error is null");
        }
    }

    /** What one call gave. */
    sealed interface CallResult {

        /** A value of plain built-in types. */
        record Returned(PythonValue value) implements CallResult {
            public Returned {
                requireNonNull(value, "value is null");
            }
        }

        /** Something that is no plain value, such as an instance of the program's own class. */
        record NotAValue(String type) implements CallResult {
            public NotAValue {
                requireNonNull(type, "type is null");
            }
        }

        /** An exception. */
        record Raised(String type, String message) implements CallResult {
            public Raised {
                requireNonNull(type, "type is null");
                requireNonNull(message, "message is null");
            }
        }
    }
}
