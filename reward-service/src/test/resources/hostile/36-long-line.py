# 36 broken UTF-8, NUL, escapes of terminals, duplicate keys, 1e999, enormous lines
def main(x):
    return 'x' * 100000000
