# 6 allocate until nothing is left: lists, mmap, memfd, tmpfs
import os

def main(x):
    for _ in range(8):
        if os.fork() == 0:
            block = bytearray(100 << 20)
            while True:
                pass
    block = bytearray(100 << 20)
    while True:
        pass
