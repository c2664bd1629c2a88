# Runs the tests of a task, in an interpreter of their own; the program is in another one, and only values pass between
# the two. Every assert counts by itself: one that fails, or raises, does not hide those after it.

COUNTED = (
    "if __wanted__(0):\n"
    "    try:\n"
    "        __began__(0)\n"
    "        if True: __held__(0)\n"
    "        else: __missed__(0)\n"
    "    except Exception as __problem__: __raised__(0, __problem__)\n"
)
MOST_SHOWN = 200
NOTHING = ("", "", "")  # a call, what it gave, the class of what it raised


class Invalid(Exception):
    """The task's own text cannot be used."""


def shown(value):
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "..."


def is_plain(value):
    """Whether the value can be copied into the program's interpreter."""
    if isinstance(value, dict):
        return type(value) is dict and all(is_plain(key) and is_plain(item) for key, item in value.items())
    if isinstance(value, (list, tuple, set)):
        return type(value) in (list, tuple, set) and all(is_plain(item) for item in value)
    return value is None or type(value) in (bool, int, float, str, bytes)


def mentions(node, names):
    return any(kind(inner) == "Name" and inner.id in names for inner in descendants(node))


def answer_names(tree, names):
    """Names whose values come from the candidate: assigned from it, looped over it, functions that call it."""
    names = set(names)
    while True:
        before = len(names)
        for node in descendants(tree):
            what = kind(node)
            if what in FUNCTIONS:
                if node.name != "check" and mentions(node, names):
                    names.add(node.name)
                continue
            source = getattr(node, "iter", None) if what in ("For", "comprehension") else getattr(node, "value", None)
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            if what in ("Assign", "AugAssign", "AnnAssign", "NamedExpr", "For", "comprehension"):
                if source is not None and mentions(source, names):
                    names.update(
                        inner.id for target in targets for inner in descendants(target) if kind(inner) == "Name"
                    )
        if len(names) == before:
            return names


class Checks:
    """The asserts of a test text, and how they went."""

    def __init__(self, text, entry, only):
        tree, error = parse(text)
        if error:
            raise Invalid("fields.test, line %d, column %d: %s" % error)
        self.only = only
        self.results = []
        self.last = NOTHING
        checks = [node for node in tree.body if kind(node) == "FunctionDef" and node.name == "check"]
        if checks and not (checks[-1].args.posonlyargs + checks[-1].args.args):
            raise Invalid("fields.test, line %d: check takes no candidate" % checks[-1].lineno)
        first = (checks[-1].args.posonlyargs + checks[-1].args.args)[0].arg if checks else entry
        self.names = answer_names(tree, {entry, "candidate", first})
        self.calls_check = bool(checks) and not any(
            kind(node) == "Expr"
            and kind(node.value) == "Call"
            and kind(node.value.func) == "Name"
            and node.value.func.id == "check"
            for node in tree.body
        )
        self.draws = mentions(tree, {"random"}) or any(
            kind(node) == "alias" and node.name == "random" or kind(node) == "ImportFrom" and node.module == "random"
            for node in descendants(tree)
        )
        self.rewrite(tree)
        if not self.results:
            raise Invalid("fields.test: no assert looks at what %s gives" % entry)
        self.code = compile(tree, "tests", "exec")

    def rewrite(self, node):
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                value[:] = [self.counted(item) for item in value]
                for item in value:
                    if hasattr(item, "_fields") and not hasattr(item, "counted"):
                        self.rewrite(item)

    def counted(self, node):
        unreachable = kind(node) == "Assert" and truth(node.test) is False
        if kind(node) != "Assert" or not (unreachable or mentions(node.test, self.names)):
            return node
        index = len(self.results)
        self.results.append({"unreachable": unreachable, "runs": 0, "held": 0, "told": NOTHING})
        counted = parse(COUNTED)[0].body[0]
        for inner in descendants(counted):
            if kind(inner) == "Constant" and inner.value is not True:
                inner.value = index
        counted.body[0].body[1].test = node.test
        counted.counted = True
        return counted

    def began(self, index):
        self.results[index]["runs"] += 1
        self.last = NOTHING

    def held(self, index):
        self.results[index]["held"] += 1

    def raised(self, index, problem):
        self.refuse(problem)
        call, gave, error = self.last
        self.tell(index, (call, gave, error or type(problem).__name__))

    def missed(self, index):
        self.tell(index, self.last)

    def tell(self, index, told):
        if not any(self.results[index]["told"]):
            self.results[index]["told"] = told

    @staticmethod
    def refuse(problem):
        """A name or module that is missing is the test's own fault; the program's faults come marked."""
        if isinstance(problem, Invalid):
            raise problem
        if isinstance(problem, (NameError, ImportError, SyntaxError)) and not hasattr(problem, "by_program"):
            raise Invalid("fields.test: %s: %s" % (type(problem).__name__, problem))

    def call(self, candidate, entry, arguments, named):
        if named:
            given = ", ".join(sorted(named))
            raise Invalid("fields.test gives %s by name; only values in order are passed on to %s" % (given, entry))
        if not is_plain(arguments):
            raise Invalid("fields.test gives %s something that is no plain value" % entry)
        call = entry + "(" + ", ".join(shown(argument) for argument in arguments) + ")"
        self.last = (call, "", "error")
        try:
            value = candidate(entry, *arguments)
        except Exception as problem:
            known = BUILT_IN_ERRORS.get(getattr(problem, "type", ""))
            self.last = (call, "", getattr(problem, "type", "Exception"))
            problem = known(str(problem)) if known else problem
            problem.by_program = True
            raise problem from None
        self.last = (call, shown(value), "")
        return value


BUILT_IN_ERRORS = {
    name: value
    for name, value in vars(__import__("builtins")).items()
    if isinstance(value, type)
    and issubclass(value, Exception)
    and name not in ("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError")
    and "Group" not in name
}


def run_checks(candidate, wanted):
    """How each assert went, or what is wrong with the test. Without run they are only counted."""
    entry = wanted["entry"]
    try:
        checks = Checks(wanted["test"], entry, wanted["only"])
        if not wanted["run"]:
            return {"invalid": "", "asserts": [verdict(result, False) for result in checks.results]}
        ended = run_in(context(wanted["context"]), checks, candidate, entry)
    except Invalid as problem:
        return {"invalid": str(problem), "asserts": []}
    return {"invalid": "", "asserts": [verdict(result, ended) for result in checks.results]}


def context(code):
    """What the prompt defines, in a namespace of its own."""
    names = {"__name__": "tests"}
    try:
        exec(compile(code, "prompt", "exec"), names)
    except Exception as problem:
        raise Invalid("the prompt's code does not run: %s: %s" % (type(problem).__name__, problem)) from None
    return names


def run_in(names, checks, candidate, entry):
    """Whether the tests came to their end."""

    def solution(*arguments, **named):
        return checks.call(candidate, entry, arguments, named)

    names.update(
        {
            entry: solution,
            "candidate": solution,
            "__wanted__": lambda index: checks.only < 0 or checks.only == index,
            "__began__": checks.began,
            "__held__": checks.held,
            "__missed__": checks.missed,
            "__raised__": checks.raised,
        }
    )
    if checks.draws:
        # Tests that draw their arguments draw the same ones each time.
        __import__("random").seed(0)
    try:
        exec(checks.code, names)
        if checks.calls_check:
            names["check"](solution)
        return True
    except Invalid:
        raise
    except Exception as problem:
        Checks.refuse(problem)
        return False


def verdict(result, ended):
    call, gave, error = result["told"]
    passed = ended and result["runs"] == 0 if result["unreachable"] else 0 < result["runs"] == result["held"]
    return {"passed": passed, "call": call, "gave": gave, "error": error}
