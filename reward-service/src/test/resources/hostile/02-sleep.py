# 2 sleep forever, by the clock and not by processor time
import time

def main(x):
    while True:
        time.sleep(1000)
