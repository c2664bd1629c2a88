"""Runs outside the sandbox, when a service starts: prints what has to be visible for this interpreter to run inside.

Lines of a word, a tab and a path: the interpreter, its library, the compiled harness, and each shared object under the
name by which it is looked for.
"""

import os
import py_compile
import sys

PLAIN = "_bisect _datetime _decimal _heapq _json _random _statistics _struct array binascii cmath math pyexpat resource unicodedata zlib"


def mapped():
    files = set()
    with open("/proc/self/maps") as lines:
        for line in lines:
            path = line.rstrip("\n").partition("/")[2]
            if ".so" in path:
                files.add("/" + path)
    return files


def asked_for(file):
    """The name by which a shared object is looked for: the shortest that has a version, or where the kernel looks."""
    folder, base = os.path.split(file)
    if base.startswith("ld-"):
        for loader in ("/lib64/" + base, "/lib/" + base):
            if os.path.realpath(loader) == file:
                return loader
    paths = [os.path.join(folder, name) for name in os.listdir(folder) if ".so." in name]
    return min([path for path in paths if os.path.realpath(path) == file] or [file], key=len)


def main(source, compiled):
    for module in PLAIN.split():
        try:
            __import__(module)
        except ImportError:
            pass
    library = os.path.dirname(os.path.realpath(os.__file__))
    py_compile.compile(source, cfile=compiled, dfile="harness", doraise=True)
    print("version", "%d.%d.%d" % sys.version_info[:3], sep="\t")
    print("executable", os.path.realpath(sys.executable), sep="\t")
    print("library", library, sep="\t")
    for file in sorted(mapped()):
        if not file.startswith(library + os.sep):
            print("object", asked_for(file), sep="\t")


main(*sys.argv[1:3])
