package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import java.util.function.Supplier;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/** Turns what an interpreter throws into what its program raised. Lives in the child JVM. */
final class GuestErrors {

    private static final int MAX_MESSAGE = 300;

    private GuestErrors() {}

    /**
     * What the step gives, or what was raised on the way.
     *
     * @throws PolyglotException when the interpreter was stopped from outside
     */
    static CallResult contained(Supplier<CallResult> step) {
        try {
            return step.get();
        } catch (PolyglotException e) {
            if (e.isCancelled() || e.isInterrupted() || e.isResourceExhausted()) {
                throw e;
            }
            return raised(e);
        } catch (IllegalStateException _) {
            return new Raised("SystemExit", "the interpreter has been closed by the program");
        } catch (RuntimeException e) {
            // Unreadable values, unsupported operations: the program's doing, and never a pass.
            return new Raised(e.getClass().getSimpleName(), cap(String.valueOf(e.getMessage())));
        }
    }

    private static Raised raised(PolyglotException e) {
        if (e.isExit()) {
            return new Raised("SystemExit", String.valueOf(e.getExitStatus()));
        }
        Value guest = e.getGuestObject();
        String type = e.isInternalError() ? "InternalError" : "Exception";
        if (guest != null && guest.getMetaObject() != null) {
            type = guest.getMetaObject().getMetaSimpleName();
        }
        String message = e.getMessage() == null ? "" : e.getMessage();
        String prefix = type + ": ";
        return new Raised(cap(type), cap(message.startsWith(prefix) ? message.substring(prefix.length()) : message));
    }

    private static String cap(String text) {
        return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + "...";
    }
}
