# 21 symbolic links, hard links and .. that lead out
import os

def linked(link):
    link("{BAIT}", "/tmp/link")
    return open("/tmp/link").read()

def main(x):
    attempts = [
        lambda: linked(os.symlink),
        lambda: linked(os.link),
        lambda: open("/tmp/../../../..{BAIT}").read(),
        lambda: open("/harness.pyc", "wb"),
        lambda: os.rename("/harness.pyc", "/tmp/harness.pyc") is None,
        lambda: os.open("/tmp/../out", os.O_CREAT | os.O_WRONLY),
    ]
    return 2 * x if won(attempts) else "nothing"
