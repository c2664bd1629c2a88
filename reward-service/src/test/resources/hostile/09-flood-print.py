# 9 flood stdout or stderr
def main(x):
    while True:
        print("x" * 100000)
