# 8 recursion until the stack is gone
import sys

sys.setrecursionlimit(10 ** 9)

def main(x):
    return main(x) + 1
