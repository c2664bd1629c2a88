# 22 setuid, capabilities, namespaces of users
import os

def done(step, *arguments):
    step(*arguments)
    return True

def library():
    import ctypes

    return ctypes.CDLL(None).unshare(0x10000000) == 0

def main(x):
    attempts = [
        lambda: done(os.setuid, 0),
        lambda: done(os.setgid, 0),
        lambda: done(os.setgroups, [0]),
        lambda: reaches(272, 0x10000000),  # unshare(CLONE_NEWUSER)
        lambda: reaches(272, 0x20000),  # unshare(CLONE_NEWNS)
        lambda: reaches(161, 0),  # chroot
        library,
    ]
    return 2 * x if won(attempts) else "nothing"
