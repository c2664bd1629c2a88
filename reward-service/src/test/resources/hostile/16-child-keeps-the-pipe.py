# 16 a child keeps the output pipe open
import os
import time

def main(x):
    if os.fork() == 0:
        while True:
            time.sleep(1)
    os._exit(0)
