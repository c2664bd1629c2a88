# 26 push input into a terminal with TIOCSTI
def pushes(number):
    import fcntl

    fcntl.ioctl(number, 0x5412, b"x")
    return True

def main(x):
    attempts = [lambda number=number: pushes(number) for number in range(3)]
    attempts += [lambda name=name: open(name, "w") for name in ("/dev/tty", "/dev/console", "/dev/ptmx")]
    return 2 * x if won(attempts) else "nothing"
