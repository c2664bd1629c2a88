# 28 a channel between runs: files, shared memory, locks
import os

def main(x):
    for name in ("/tmp/channel", "/dev/shm/channel", "/var/tmp/channel"):
        try:
            with open(name, "w") as file:
                file.write("1")
        except BaseException:
            pass
    raw(29, 4711, 4096, 0o1666)  # shmget(IPC_CREAT)
    return "left"

# --- next run ---
import os

def main(x):
    attempts = [lambda name=name: open(name).read() for name in ("/tmp/channel", "/dev/shm/channel", "/var/tmp/channel")]
    attempts += [lambda: raw(29, 4711, 4096, 0)]  # shmget
    return 2 * x if won(attempts) else "nothing"
