# 1 infinite loop
def main(x):
    while True:
        pass
