package dev.troupe.reward.sandbox;

/** Which sandbox is started. */
public enum SandboxKind {
    /** bubblewrap where it holds on this machine, else GraalPy. */
    AUTO,
    /** CPython in namespaces of its own per run. */
    BUBBLEWRAP,
    /** GraalPy in a child JVM. */
    GRAALPY
}
