# 20 network out, loopback to a broker, DNS, abstract unix sockets, vsock
def connects(family, address):
    import _socket

    with _socket.socket(family, 1) as way:
        way.settimeout(0.1)
        way.connect(address)
        return True

def resolves():
    import _socket

    return _socket.getaddrinfo("localhost", {PORT})

def main(x):
    attempts = [
        lambda: connects(2, ("127.0.0.1", {PORT})),
        lambda: connects(2, ("1.1.1.1", 53)),
        lambda: connects(10, ("::1", {PORT})),
        lambda: connects(1, "\0dbus"),
        lambda: connects(40, (2, 1)),
        lambda: reaches(41, 40, 1, 0),  # socket(AF_VSOCK, SOCK_STREAM)
        lambda: reaches(41, 1, 1, 0),  # socket(AF_UNIX, SOCK_STREAM)
        lambda: reaches(41, 16, 3, 0),  # socket(AF_NETLINK, SOCK_RAW)
        resolves,
    ]
    return 2 * x if won(attempts) else "nothing"
