package dev.troupe.reward.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A seccomp program (struct sock_filter, linux/filter.h) that refuses the system calls no Python program needs and that
 * reach past namespaces or make the kernel's surface large: sockets (vsock has no namespace), new namespaces, mounts,
 * io_uring, bpf, keys, tracing, memory files. Calls of another architecture, such as 32-bit ones, kill the process.
 */
final class SeccompFilter {

    private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int JUMP_ABOVE = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private static final int JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL = 0x80000000;
    private static final int REFUSE = 0x00050000 | 1; // SECCOMP_RET_ERRNO, EPERM
    private static final int UNKNOWN = 0x00050000 | 38; // SECCOMP_RET_ERRNO, ENOSYS: libraries then take the older call

    // Offsets in struct seccomp_data.
    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int FIRST_ARGUMENT = 16;

    /** CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
    private static final int NEW_NAMESPACES =
            0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000;

    /** Numbers from here on are the x32 calls of x86-64. */
    private static final int X32 = 0x40000000;

    private static final int CLONE3 = 435;

    /** The same on every architecture: io_uring, the new mount calls, pidfd_getfd, process_madvise, memfd_secret. */
    private static final int[] COMMON = {425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 447};

    /** In the order of asm/unistd_64.h. */
    private static final Machine X86_64 = new Machine(
            0xC000003E,
            56,
            List.of(
                    41, 101, 103, 134, 135, 136, 139, 154, 155, 156, 159, 161, 163, 164, 165, 166, 167, 168, 169, 170,
                    171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 212, 227, 246, 248, 249, 250, 256, 272, 278, 279,
                    298, 300, 303, 304, 305, 308, 310, 311, 312, 313, 319, 320, 321, 323));

    /** In the order of asm-generic/unistd.h. */
    private static final Machine AARCH64 = new Machine(
            0xC00000B7,
            220,
            List.of(
                    18, 39, 40, 41, 42, 51, 60, 75, 89, 92, 97, 104, 105, 106, 112, 116, 117, 142, 161, 162, 170, 171,
                    198, 217, 218, 219, 224, 225, 238, 239, 241, 262, 264, 265, 266, 268, 270, 271, 272, 273, 279, 280,
                    282, 294));

    private record Machine(int audit, int cloning, List<Integer> refused) {}

    private SeccompFilter() {}

    /** The filter for an {@code os.arch}, as bubblewrap reads it; empty for one whose call numbers are not listed. */
    static Optional<byte[]> of(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> Optional.of(program(X86_64));
            case "aarch64" -> Optional.of(program(AARCH64));
            default -> Optional.empty();
        };
    }

    private static byte[] program(Machine machine) {
        var code = new ArrayList<Instruction>();
        code.add(new Instruction(LOAD, 0, 0, ARCHITECTURE));
        code.add(new Instruction(JUMP_EQUAL, 1, 0, machine.audit()));
        code.add(new Instruction(RETURN, 0, 0, KILL));
        code.add(new Instruction(LOAD, 0, 0, NUMBER));
        code.add(new Instruction(JUMP_ABOVE, 0, 1, X32));
        code.add(new Instruction(RETURN, 0, 0, KILL));
        IntStream.concat(machine.refused().stream().mapToInt(Integer::intValue), IntStream.of(COMMON))
                .forEach(number -> answer(code, number, REFUSE));
        answer(code, CLONE3, UNKNOWN);
        code.add(new Instruction(JUMP_EQUAL, 0, 3, machine.cloning()));
        code.add(new Instruction(LOAD, 0, 0, FIRST_ARGUMENT));
        code.add(new Instruction(JUMP_SET, 0, 1, NEW_NAMESPACES));
        code.add(new Instruction(RETURN, 0, 0, REFUSE));
        code.add(new Instruction(RETURN, 0, 0, ALLOW));
        var bytes = ByteBuffer.allocate(code.size() * Instruction.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        code.forEach(instruction -> instruction.put(bytes));
        return bytes.array();
    }

    private static void answer(List<Instruction> code, int number, int answer) {
        code.add(new Instruction(JUMP_EQUAL, 0, 1, number));
        code.add(new Instruction(RETURN, 0, 0, answer));
    }

    private record Instruction(int code, int whenTrue, int whenFalse, int operand) {

        static final int BYTES = 8;

        void put(ByteBuffer bytes) {
            bytes.putShort((short) code)
                    .put((byte) whenTrue)
                    .put((byte) whenFalse)
                    .putInt(operand);
        }
    }
}
