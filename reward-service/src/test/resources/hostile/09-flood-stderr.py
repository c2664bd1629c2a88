# 9 flood stdout or stderr
import sys

def main(x):
    for _ in range(200):
        sys.stderr.write("x" * 1000000)
        sys.stderr.flush()
    return 2 * x
