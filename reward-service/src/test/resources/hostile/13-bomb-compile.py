# 13 a bomb that goes off in decompression, in the compiler or in an import
def main(x):
    exec("x = " + "-" * 1000000 + "1")
    exec("x = " + "(" * 1000000)
    return 2 * x
