# 15 fork twice, leave the session and live on as a daemon
import os
import time

def main(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(1)
        os._exit(0)
    os.wait()
    return "a daemon is left"
