# 24 mount, /proc/sys, device nodes, io_uring, bpf, keyctl, 32-bit system calls
import os

def device():
    os.mknod("/tmp/mem", 0o20600, os.makedev(1, 1))
    return True

def main(x):
    attempts = [
        lambda: reaches(165, 0, 0, 0, 0),  # mount
        lambda: reaches(428, 0, 0),  # open_tree
        lambda: reaches(425, 1, 0),  # io_uring_setup
        lambda: reaches(321, 0, 0, 0),  # bpf
        lambda: reaches(250, 0, -3, 0),  # keyctl(KEYCTL_GET_KEYRING_ID)
        lambda: reaches(298, 0, 0, 0),  # perf_event_open
        lambda: reaches(155, 0, 0),  # pivot_root
        lambda: reaches(319, 0, 0),  # memfd_create
        raw32,
        lambda: open("/proc/sys/kernel/core_pattern", "w"),
        lambda: open("/sys/kernel/uevent_helper", "w"),
        lambda: os.listdir("/dev"),
        device,
    ]
    return 2 * x if won(attempts) else "nothing"
