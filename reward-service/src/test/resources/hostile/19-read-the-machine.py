# 19 read /etc, home, secrets of the environment, /proc/1/environ, metadata of the cloud
import os

def connects(address):
    import _socket

    with _socket.socket() as way:
        way.settimeout(0.1)
        way.connect(address)
        return True

def main(x):
    files = "{BAIT}", "/etc/passwd", "/etc/hostname", "/proc/1/environ", "/proc/self/environ", "/proc/self/mem"
    attempts = [lambda file=file: open(file, "rb").read(1) for file in files]
    attempts += [lambda folder=folder: os.listdir(folder) for folder in ("/root", "/home", "/etc", "/proc", "/var")]
    attempts += [lambda: "HOME" in os.environ or "PATH" in os.environ]
    attempts += [lambda: connects(("169.254.169.254", 80))]
    return 2 * x if won(attempts) else "nothing"
