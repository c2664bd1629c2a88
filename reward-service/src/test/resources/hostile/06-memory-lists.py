# 6 allocate until nothing is left: lists, mmap, memfd, tmpfs
kept = []

def main(x):
    while True:
        kept.append([0] * 1000000)
