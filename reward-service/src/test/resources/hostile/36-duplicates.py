# 36 broken UTF-8, NUL, escapes of terminals, duplicate keys, 1e999, enormous lines
def main(x):
    return '{"a": 1, "a": 2, "b": 1e999}'
