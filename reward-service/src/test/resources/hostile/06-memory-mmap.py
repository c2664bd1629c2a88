# 6 allocate until nothing is left: lists, mmap, memfd, tmpfs
import mmap

def main(x):
    blocks = [mmap.mmap(-1, 1 << 30) for _ in range(64)]
    for block in blocks:
        for at in range(0, len(block), 4096):
            block[at] = 1
    return 2 * x
