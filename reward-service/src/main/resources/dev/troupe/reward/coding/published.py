# The published scorer's way of running tests: each line that it cut out of the tests by itself. Trusted text of the
# judge's own; as everywhere the program is in another interpreter, and only values pass between the two.

ONLY_TREE = 0x400  # ast.PyCF_ONLY_AST


def run(candidate, wanted):
    """Whether the program parses, and which of the lines hold."""
    try:
        compile(wanted["program"], "program", "exec", ONLY_TREE)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as problem:
        return {"error": type(problem).__name__ + ": " + str(problem)[:200], "passed": []}
    entry = wanted["entry"]
    names = {}
    try:
        exec(wanted["imports"], names)
    except Exception:
        # The published scorer's program does not start then, and every line fails; here the lines say so themselves.
        names = {}
    names[entry] = lambda *arguments: candidate(entry, *arguments)
    helper = wanted["helper"]
    names[helper] = lambda *arguments: candidate(helper, *arguments)
    return {"error": "", "passed": [holds(line, names) for line in wanted["lines"]]}


def holds(line, names):
    try:
        exec(line, names)
        return True
    except Exception:
        return False
