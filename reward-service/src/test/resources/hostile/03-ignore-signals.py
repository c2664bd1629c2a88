# 3 ignore every signal, cancel alarms, swallow every exception
try:
    import signal

    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except BaseException:
            pass
    signal.alarm(0)
except BaseException:
    pass

def main(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
