# 13 a bomb that goes off in decompression, in the compiler or in an import
import zlib

def main(x):
    bomb = zlib.compress(bytes(1 << 24), 9)
    held = []
    while len(held) < 1000:
        held.append(zlib.decompress(bomb))
    return 2 * x
