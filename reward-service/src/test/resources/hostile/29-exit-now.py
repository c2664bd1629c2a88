# 29 exit(0), os._exit(0), atexit
import os

def main(x):
    os._exit(0)
