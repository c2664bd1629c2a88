# 29 exit(0), os._exit(0), atexit
import atexit

atexit.register(lambda: print("PASSED"))

def main(x):
    raise SystemExit(0)
