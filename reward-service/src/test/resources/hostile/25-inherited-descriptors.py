# 25 file descriptors that were inherited
import os
import stat

def leads_out(number):
    return not stat.S_ISFIFO(os.fstat(number).st_mode)

def main(x):
    return 2 * x if won([lambda number=number: leads_out(number) for number in range(1024)]) else "nothing"
