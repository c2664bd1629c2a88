# 6 allocate until nothing is left: lists, mmap, memfd, tmpfs
import os

def main(x):
    file = os.memfd_create("x")
    for _ in range(4096):
        os.write(file, bytes(1 << 20))
    return 2 * x
