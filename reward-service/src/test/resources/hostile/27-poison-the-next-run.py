# 27 poison the next run with .pth, sitecustomize, __pycache__
import builtins
import os
import sys

builtins.poison = 1

def main(x):
    folders = ["/tmp", ".", os.path.dirname(os.__file__), sys.prefix, "/"]
    for folder in folders:
        for name in ("sitecustomize.py", "usercustomize.py", "poison.pth", "heapq.py", "__pycache__/os.pyc"):
            try:
                with open(folder + "/" + name, "w") as file:
                    file.write("import builtins; builtins.poison = 1")
            except BaseException:
                pass
    return "poisoned"

# --- next run ---
import builtins
import os

def main(x):
    attempts = [lambda: builtins.poison]
    for name in ("sitecustomize", "usercustomize", "poison"):
        attempts += [lambda name=name: __import__(name)]
    attempts += [lambda: "sitecustomize.py" in os.listdir("/tmp")]
    return 2 * x if won(attempts) else "nothing"
