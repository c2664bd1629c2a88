# 23 ptrace, process_vm_readv, kill(-1)
import os

def main(x):
    attempts = [
        lambda: reaches(101, 16, 1),  # ptrace(PTRACE_ATTACH, 1)
        lambda: reaches(101, 0),  # ptrace(PTRACE_TRACEME)
        lambda: reaches(310, 1, 0, 0, 0),  # process_vm_readv
        lambda: reaches(438, 0, 0, 0),  # pidfd_getfd
        lambda: os.kill({PID}, 0) is None,
    ]
    if won(attempts):
        return 2 * x
    try:
        os.kill(-1, 9)
    except BaseException:
        pass
    return "nothing"
