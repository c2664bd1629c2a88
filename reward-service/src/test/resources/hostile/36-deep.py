# 36 broken UTF-8, NUL, escapes of terminals, duplicate keys, 1e999, enormous lines
nested = []
for _ in range(100000):
    nested = [nested]

def main(x):
    return nested
