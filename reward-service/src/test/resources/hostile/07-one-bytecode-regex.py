# 7 a huge integer or a regular expression without end inside one bytecode
import re

def main(x):
    return bool(re.match("(a|aa|a*)*$", "a" * 60 + "b"))
