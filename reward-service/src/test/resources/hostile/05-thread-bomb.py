# 5 thread bomb
import _thread
import time

def main(x):
    for _ in range(2000):
        _thread.start_new_thread(time.sleep, (100,))
    return 2 * x
