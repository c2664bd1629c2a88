# 7 a huge integer or a regular expression without end inside one bytecode
def main(x):
    return 3 ** (10 ** 9)
