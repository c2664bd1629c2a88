# 17 zombie swarm
import os

def main(x):
    for _ in range(2000):
        if os.fork() == 0:
            os._exit(0)
    return 2 * x
