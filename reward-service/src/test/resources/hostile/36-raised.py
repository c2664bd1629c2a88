# 36 broken UTF-8, NUL, escapes of terminals, duplicate keys, 1e999, enormous lines
class Odd(Exception):
    def __str__(self):
        return "\ud800\0\x1b[2J" * 1000000

Odd.__name__ = "\x1b[2J"

def main(x):
    raise Odd()
