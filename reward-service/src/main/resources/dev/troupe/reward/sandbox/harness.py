"""Runs inside the sandbox: takes requests on stdin, one at a time, and answers on stdout.

A frame is its length in four bytes and its content: the token of the request in sixteen bytes, then an operation or
the kind of an answer, then what belongs to it. The token is new for each request and is not known before, so that an
answer cannot be written ahead of its question. Nothing here is worth taking: whoever asks holds what is expected.
"""

import posix
import resource
import sys
from _struct import pack, unpack

TOKEN_BYTES = 16
MAX_FRAME = 8 << 20
MAX_NODES = 100_000
MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_MESSAGE = 300
ONLY_AST = 0x400
NO_SPACE = (27, 28, 122)  # EFBIG, ENOSPC, EDQUOT
NO_MEMORY = 12  # ENOMEM
TOO_LARGE = "a value that is too large or too deep"


class NotPlain(Exception):
    def __init__(self, what):
        self.what = what


class CandidateError(Exception):
    """What the program raised, for a script that called it."""

    def __init__(self, type, message):
        super().__init__(message)
        self.type = type


def bounds(cpu, memory, processes, disk):
    """Hard limits, which nothing in here can raise again; those of the service stay where they are lower."""
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, disk),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_AS, memory),
    ):
        lower(limit, value, value)
    # The soft limit tells why, the hard one is for who ignores that.
    lower(resource.RLIMIT_CPU, cpu, cpu + 1)


def lower(limit, soft, hard):
    most = resource.getrlimit(limit)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(limit, (soft, hard))


def channel():
    """Takes stdin and stdout away from the program, which gets an empty input and the error stream."""
    posix.closerange(3, 256)
    questions, replies = posix.dup(0), posix.dup(1)
    empty, end = posix.pipe()
    posix.dup2(empty, 0)
    posix.dup2(2, 1)
    posix.close(empty)
    posix.close(end)
    return questions, replies


class Channel:
    def __init__(self, questions, replies):
        self.questions, self.replies = questions, replies

    def _read(self, size):
        parts = []
        while size > 0:
            part = posix.read(self.questions, size)
            if not part:
                posix._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def receive(self):
        frame = self._read(unpack(">I", self._read(4))[0])
        return frame[:TOKEN_BYTES], frame[TOKEN_BYTES : TOKEN_BYTES + 1], Reader(frame, TOKEN_BYTES + 1)

    def send(self, token, content):
        frame = pack(">I", len(token) + len(content)) + token + content
        while frame:
            frame = frame[posix.write(self.replies, frame) :]


class Reader:
    def __init__(self, frame, at):
        self.frame, self.at = frame, at

    def take(self, size):
        self.at += size
        return self.frame[self.at - size : self.at]

    def count(self):
        return unpack(">I", self.take(4))[0]

    def text(self):
        return self.take(2 * self.count()).decode("utf-16-be", "surrogatepass")

    def value(self):
        tag = self.take(1)
        if tag == b"n":
            return None
        if tag in b"TF":
            return tag == b"T"
        if tag == b"i":
            return int.from_bytes(self.take(self.count()), "big", signed=True)
        if tag == b"d":
            return unpack(">d", self.take(8))[0]
        if tag == b"s":
            return self.text()
        if tag == b"b":
            return self.take(self.count())
        if tag == b"m":
            return {self.value(): self.value() for _ in range(self.count())}
        items = [self.value() for _ in range(self.count())]
        return items if tag == b"l" else tuple(items) if tag == b"t" else set(items)


def text(value):
    encoded = str.encode(value, "utf-16-be", "surrogatepass")
    return pack(">I", len(encoded) // 2) + encoded


class Writer:
    """Writes values of exactly the built-in types; no code of the program's own is called."""

    def __init__(self):
        self.parts, self.nodes, self.bytes = [], 0, 0

    def written(self, value):
        self.write(value, MAX_DEPTH)
        return b"".join(self.parts)

    def put(self, *parts):
        for part in parts:
            self.bytes += len(part)
            self.parts.append(part)
        if self.bytes > MAX_BYTES:
            raise NotPlain(TOO_LARGE)

    def write(self, value, depth):
        self.nodes += 1
        if self.nodes > MAX_NODES or depth == 0:
            raise NotPlain(TOO_LARGE)
        kind = type(value)
        if value is None:
            self.put(b"n")
        elif kind is bool:
            self.put(b"T" if value else b"F")
        elif kind is int:
            size = value.bit_length() // 8 + 1
            if size > MAX_BYTES:
                raise NotPlain(TOO_LARGE)
            self.put(b"i", pack(">I", size), value.to_bytes(size, "big", signed=True))
        elif kind is float:
            self.put(b"d", pack(">d", value))
        elif kind is str:
            if len(value) > MAX_BYTES:
                raise NotPlain(TOO_LARGE)
            self.put(b"s", text(value))
        elif kind is bytes:
            if len(value) > MAX_BYTES:
                raise NotPlain(TOO_LARGE)
            self.put(b"b", pack(">I", len(value)), value)
        elif kind is dict:
            self.put(b"m", pack(">I", len(value)))
            for key, item in value.items():
                self.write(key, depth - 1)
                self.write(item, depth - 1)
        elif kind in CONTAINERS:
            self.put(CONTAINERS[kind], pack(">I", len(value)))
            for item in value:
                self.write(item, depth - 1)
        else:
            raise NotPlain(type_name(kind))


CONTAINERS = {list: b"l", tuple: b"t", set: b"e"}


def type_name(kind, getter=type.__dict__["__name__"].__get__):
    return getter(kind)


def raised(error):
    """The answer to a request that ended so: a bound that was reached, or an exception of the program's own."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == NO_MEMORY):
        return b"!m"
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return b"!d"
    if isinstance(error, BlockingIOError) or (
        isinstance(error, RuntimeError) and error.args == ("can't start new thread",)
    ):
        return b"!p"
    try:
        message = text(str.__getitem__(str(error), slice(MAX_MESSAGE)))
    except BaseException:
        message = text("")
    return b"x" + text(type_name(type(error))[:MAX_MESSAGE]) + message


def result(step):
    try:
        return b"v" + Writer().written(step())
    except NotPlain as e:
        return b"o" + text(e.what[:MAX_MESSAGE])
    except BaseException as e:
        return raised(e)


def counted(tree, function, counter):
    """Makes every definition of the function call the counter first."""
    from _ast import Call, Constant, Expr, FunctionDef, Load, Name

    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FunctionDef) and node.name == function:
            first = node.body[0]
            where = {"lineno": first.lineno, "col_offset": first.col_offset}
            name = Name(counter, Load(), **where)
            call = Expr(Call(name, [], [], **where), **where)
            has_docstring = isinstance(first, Expr) and isinstance(first.value, Constant)
            node.body.insert(1 if has_docstring else 0, call)
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, ())
            if isinstance(inner, list):
                waiting.extend(inner)
    return tree


class Program:
    """The interpreter's side of a program: one namespace, which is the module __main__ to the program."""

    def __init__(self):
        main = type(sys)("__main__")
        sys.modules["__main__"] = main
        self.names = main.__dict__
        self.counts = []

    def prelude(self, request):
        source = request.text()
        return result(lambda: exec(compile(source, "prelude", "exec"), self.names))

    def unit(self, request):
        function, source = request.text(), request.text()
        index = len(self.counts)
        self.counts.append(0)
        counter = "_entered_%d" % index
        self.names[counter] = lambda: self._enter(index)
        self.names.pop(function, None)

        def load():
            tree = compile(source, "unit-%d" % index, "exec", ONLY_AST)
            exec(compile(counted(tree, function, counter), "unit-%d" % index, "exec"), self.names)

        reply = result(load)
        if reply[:1] == b"!":
            return reply
        loaded = reply[:1] == b"v"
        defined = callable(self.names.get(function))
        error = text("")
        if not loaded:
            lines = Reader(reply, 1)
            error = text(lines.text() + ": " + lines.text())
        self.counts[index] = 0
        return b"u" + (b"T" if loaded else b"F") + (b"T" if defined else b"F") + error

    def _enter(self, index):
        self.counts[index] += 1

    def loaded(self, request):
        # What was entered while the units loaded does not count.
        self.counts = [0] * len(self.counts)
        return b"v" + Writer().written(None)

    def call(self, request):
        expression = request.text()
        return result(lambda: eval(compile(expression, "call", "eval"), self.names))

    def candidate(self, request):
        function, arguments = request.text(), request.value()

        def step():
            if function not in self.names:
                raise NameError("name '%s' is not defined" % function)
            return self.names[function](*arguments)

        return result(step)

    def entered(self, request):
        return b"v" + Writer().written(self.counts)

    def script(self, request, channel, token):
        source, given = request.text(), request.value()
        names = self.names
        names["CandidateError"] = CandidateError

        def candidate(function, *arguments):
            try:
                packed = Writer().written(arguments)
            except NotPlain:
                function = None
            if type(function) is not str:
                raise CandidateError("TypeError", "candidate takes the name of a function and plain values")
            channel.send(token, b"?" + text(function) + packed)
            reply = channel.receive()[2]
            kind = reply.take(1)
            if kind == b"v":
                return reply.value()
            if kind == b"o":
                raise CandidateError("NotAValue", "not a plain value: " + reply.text())
            raise CandidateError(reply.text(), reply.text())

        def step():
            exec(compile(source, "script", "exec"), names)
            if not callable(names.get("run")):
                raise NameError("the script defines no function run(candidate, input)")
            return names["run"](candidate, given)

        return result(step)


def serve(questions, replies):
    way, program = Channel(questions, replies), Program()
    way.send(bytes(TOKEN_BYTES), b"R")
    operations = {
        b"P": program.prelude,
        b"U": program.unit,
        b"L": program.loaded,
        b"C": program.call,
        b"F": program.candidate,
        b"N": program.entered,
    }
    while True:
        token, operation, request = way.receive()
        if operation == b"S":
            reply = program.script(request, way, token)
        else:
            reply = operations[operation](request)
        way.send(token, reply)


if __name__ == "__main__":
    limits = [int(argument) for argument in sys.argv[1:5]]
    sys.argv[:] = [""]
    sys.path[:] = [entry for entry in sys.path if entry not in ("", "/")]
    ends = channel()
    bounds(*limits)
    serve(*ends)
