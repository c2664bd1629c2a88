# 11 fill the disk, make inodes without end
def main(x):
    with open("/tmp/full", "wb") as file:
        for _ in range(1024):
            file.write(bytes(1 << 20))
    return 2 * x
