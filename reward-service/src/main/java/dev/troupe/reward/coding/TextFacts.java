package dev.troupe.reward.coding;

import static java.util.Objects.requireNonNull;

/**
 * What the syntax tree of one author's text says.
 *
 * @param reading which reading of the completion was taken
 * @param error where and why it does not parse, or empty
 * @param definition how the wanted function is defined at the outer level
 * @param givesValue whether the function itself returns, or yields, something on a path that can be reached
 * @param partnerCalls how often code that can be reached uses the partner's function
 * @param partnerIgnored whether nothing is ever done with what those uses give
 * @param partnerShadowed whether the text gives the partner's name another meaning
 * @param wrapper whether the function only hands its arguments to the partner's and returns the answer
 */
record TextFacts(
        int reading,
        String error,
        Definition definition,
        boolean givesValue,
        int partnerCalls,
        boolean partnerIgnored,
        boolean partnerShadowed,
        boolean wrapper) {

    /** How a name is defined. */
    enum Definition {
        FUNCTION,
        LAMBDA,
        ASYNC,
        CLASS,
        VALUE,
        MISSING
    }

    TextFacts {
        requireNonNull(error, "error is null");
        requireNonNull(definition, "definition is null");
    }

    /** Of a text that could not be looked at. */
    static TextFacts unknown(String reason) {
        return new TextFacts(0, reason, Definition.MISSING, false, 0, false, false, false);
    }

    boolean parses() {
        return error.isEmpty();
    }

    /** Whether the wanted function is there, can be called with plain values, and gives some. */
    boolean structured() {
        return (definition == Definition.FUNCTION || definition == Definition.LAMBDA) && givesValue;
    }

    /** Whether code that can be reached uses the partner's own function. */
    boolean callsPartner() {
        return partnerCalls > 0 && !partnerShadowed;
    }
}
