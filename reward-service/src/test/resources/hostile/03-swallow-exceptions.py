# 3 ignore every signal, cancel alarms, swallow every exception
def main(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
