package dev.troupe.agent.policy;

/**
 * A loaded version and how many generations hold it. The one that is retired and held by nobody is closed. Not
 * thread-safe: the registry's lock guards it.
 */
final class ServedPolicy {
    private final String policyId;
    private final int version;
    private final LoadedPolicy policy;
    private int leases;
    private boolean retired;
    private boolean served;

    ServedPolicy(String policyId, int version, LoadedPolicy policy) {
        this.policyId = policyId;
        this.version = version;
        this.policy = policy;
    }

    String policyId() {
        return policyId;
    }

    int version() {
        return version;
    }

    LoadedPolicy policy() {
        return policy;
    }

    /** Notes that turns which name no version are played with it. */
    void serve() {
        served = true;
    }

    /** Whether it was the one that turns are played with which name no version. */
    boolean hasServed() {
        return served;
    }

    void hold() {
        if (retired && leases == 0) {
            throw new IllegalStateException("version " + version + " of " + policyId + " is retired");
        }
        leases++;
    }

    /** @return whether the caller must close the policy now */
    boolean release() {
        if (leases == 0) {
            throw new IllegalStateException("version " + version + " of " + policyId + " is not held");
        }
        leases--;
        return retired && leases == 0;
    }

    /** @return whether the caller must close the policy now */
    boolean retire() {
        boolean first = !retired;
        retired = true;
        return first && leases == 0;
    }
}
