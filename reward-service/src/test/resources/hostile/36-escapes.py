# 36 broken UTF-8, NUL, escapes of terminals, duplicate keys, 1e999, enormous lines
def main(x):
    return '\x1b]0;x\x07\x1b[2J'
