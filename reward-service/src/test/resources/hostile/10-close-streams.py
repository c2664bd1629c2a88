# 10 never read stdin, close stdout early
import os

def main(x):
    for number in range(64):
        try:
            os.close(number)
        except OSError:
            pass
    return "closed"
