# 12 exhaust file descriptors
import os

def main(x):
    held = []
    while True:
        held.append(os.pipe())
