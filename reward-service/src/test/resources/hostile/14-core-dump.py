# 14 dump core
import os

try:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
except BaseException:
    pass

def main(x):
    os.abort()
