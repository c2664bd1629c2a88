package dev.troupe.policy;

/**
 * Where a policy's arrays live and its arithmetic happens.
 *
 * @param gpu index of a CUDA device, or -1 for the CPU
 */
public record ComputeDevice(int gpu) {
    public static final ComputeDevice CPU = new ComputeDevice(-1);

    private static final String CUDA = "cuda";

    public ComputeDevice {
        if (gpu < -1) {
            throw new IllegalArgumentException("device index must be 0 or more: " + gpu);
        }
    }

    /** Reads torch's names: {@code cpu}, {@code cuda} (the first one) or {@code cuda:N}. */
    public static ComputeDevice parse(String name) {
        if (name.equals("cpu")) {
            return CPU;
        }
        if (name.equals(CUDA)) {
            return new ComputeDevice(0);
        }
        if (name.matches(CUDA + ":\\d{1,3}")) {
            return new ComputeDevice(Integer.parseInt(name.substring(CUDA.length() + 1)));
        }
        throw new IllegalArgumentException("device must be cpu, cuda or cuda:N, not '" + name + "'");
    }

    boolean isCpu() {
        return gpu == -1;
    }

    /** Torch's name. */
    @Override
    public String toString() {
        return isCpu() ? "cpu" : CUDA + ":" + gpu;
    }
}
