package dev.troupe.policy;

/** How the encoding of a chat ends. */
public enum ChatEnding {
    /** With the header of the assistant's next turn: what a policy is asked to go on from. */
    ASSISTANT_HEADER,

    /** After the last message. */
    LAST_MESSAGE,

    /** Inside the last message, without what would close it, so that a policy goes on with it. */
    OPEN_LAST_MESSAGE
}
