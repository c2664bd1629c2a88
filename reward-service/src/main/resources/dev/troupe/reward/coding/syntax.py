# Facts about what the authors wrote, from Python's syntax tree. Trusted text of the judge's own: it runs in an
# interpreter that never loads what it looks at. Nothing is imported, because importing ast takes longer than the rest.

ONLY_TREE = 0x400  # ast.PyCF_ONLY_AST

FUNCTIONS = ("FunctionDef", "AsyncFunctionDef")
SCOPES = FUNCTIONS + ("Lambda", "ClassDef")
ENDS = ("Return", "Raise", "Break", "Continue")
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def kind(node):
    return type(node).__name__


def children(node):
    """Nodes right below this one, in order."""
    for field in node._fields:
        value = getattr(node, field, None)
        for item in value if isinstance(value, list) else (value,):
            if hasattr(item, "_fields"):
                yield item


def descendants(node):
    """The node and everything below it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def parse(text):
    """The tree, or None and (line, column, what is wrong)."""
    try:
        return compile(text, "text", "exec", ONLY_TREE), None
    except SyntaxError as e:
        return None, (e.lineno or 1, e.offset or 1, type(e).__name__ + ": " + str(e.msg))
    except (ValueError, RecursionError, MemoryError, OverflowError) as e:
        # NUL characters, lone surrogates, nesting that is too deep.
        return None, (1, 1, type(e).__name__ + ": " + str(e)[:200])


def truth(node):
    """True or False where it is known without running anything, else None."""
    if kind(node) == "Constant":
        return bool(node.value)
    if kind(node) == "UnaryOp" and kind(node.op) == "Not":
        inner = truth(node.operand)
        return None if inner is None else not inner
    if kind(node) in ("List", "Tuple", "Set"):
        return None if node.elts else False
    if kind(node) == "Dict":
        return None if node.keys else False
    if kind(node) == "BoolOp":
        decides = kind(node.op) == "Or"
        inner = [truth(value) for value in node.values]
        return decides if decides in inner else None if None in inner else not decides
    return None


def breaks(block):
    """Whether a break that belongs to the loop around this block stands in it."""
    for statement in block:
        if kind(statement) == "Break":
            return True
        if kind(statement) in ("For", "AsyncFor", "While"):
            if breaks(statement.orelse):
                return True
        elif kind(statement) not in SCOPES and any(breaks([inner]) for inner in children(statement)):
            return True
    return False


def walk(block, visit):
    """Visits the statements that can be reached; says whether the end of the block can be."""
    for statement in block:
        visit(statement)
        if not passes(statement, visit):
            return False
    return True


def passes(statement, visit):
    what = kind(statement)
    if what in ENDS:
        return False
    if what == "Assert":
        return truth(statement.test) is not False
    if what == "If":
        known = truth(statement.test)
        then = known is not False and walk(statement.body, visit)
        other = known is not True and walk(statement.orelse, visit)
        return then or other
    if what == "While":
        known = truth(statement.test)
        if known is not False:
            walk(statement.body, visit)
        other = known is not True and walk(statement.orelse, visit)
        return other or breaks(statement.body)
    if what in ("For", "AsyncFor"):
        if truth(statement.iter) is not False:
            walk(statement.body, visit)
        return walk(statement.orelse, visit) or breaks(statement.body)
    if what in ("Try", "TryStar"):
        end = walk(statement.body, visit) and walk(statement.orelse, visit)
        for handler in statement.handlers:
            end = walk(handler.body, visit) or end
        return walk(statement.finalbody, visit) and end
    if what in ("With", "AsyncWith"):
        # A context manager may swallow what was raised inside.
        walk(statement.body, visit)
    elif what == "Match":
        for case in statement.cases:
            walk(case.body, visit)
    elif what == "ClassDef":
        walk(statement.body, visit)
    return True


def evaluated(node):
    """The expressions that running this statement may evaluate, blocks below it left out."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if kind(node) == "BoolOp":
            waiting.extend(undecided(node))
        elif kind(node) == "IfExp" and truth(node.test) is not None:
            waiting.append(node.body if truth(node.test) else node.orelse)
        elif kind(node) in ("ListComp", "SetComp", "GeneratorExp", "DictComp") and any(
            truth(generator.iter) is False for generator in node.generators
        ):
            continue
        elif kind(node) != "Lambda" and isinstance(getattr(node, "body", None), list):
            blocks = [item for field in BLOCKS for item in getattr(node, field, None) or []]
            waiting.extend(child for child in children(node) if not any(child is item for item in blocks))
        else:
            waiting.extend(children(node))


def undecided(operation):
    """Operands of an and or an or, up to the first that decides it."""
    decides = kind(operation.op) == "Or"
    for value in operation.values:
        yield value
        if truth(value) is decides:
            return


def reached(block):
    """The statements of a block that can be reached, in order."""
    statements = []
    walk(block, statements.append)
    return statements


def bindings(tree):
    """What each name of the module is bound to, last binding wins: name to statement or lambda."""
    bound = {}
    for statement in reached(tree.body):
        what = kind(statement)
        if what in FUNCTIONS or what == "ClassDef":
            bound[statement.name] = statement
        elif what in ("Import", "ImportFrom"):
            for alias in statement.names:
                bound[alias.asname or alias.name.split(".")[0]] = statement
        elif what == "Delete":
            for target in statement.targets:
                bound.pop(getattr(target, "id", None), None)
        elif what in ("Assign", "AnnAssign") and statement.value is not None:
            value = statement.value
            if kind(value) == "Name":
                value = bound.get(value.id, statement)
            for target in statement.targets if what == "Assign" else [statement.target]:
                if kind(target) == "Name":
                    bound[target.id] = value if kind(value) in SCOPES else statement
    return bound


def definition(node):
    """How the wanted name is defined."""
    ways = {
        "FunctionDef": "function",
        "AsyncFunctionDef": "async",
        "Lambda": "lambda",
        "ClassDef": "class",
        "NoneType": "missing",
    }
    return ways.get(kind(node), "value")


def body_of(function):
    """The statements of a function; those of a lambda are its one expression."""
    return function.body if isinstance(function.body, list) else []


def gives_value(function):
    """Whether the function itself returns or yields something other than None somewhere."""
    if kind(function) == "Lambda":
        return not (kind(function.body) == "Constant" and function.body.value is None)
    if kind(function) != "FunctionDef":
        return False
    for statement in reached(function.body):
        if kind(statement) == "Return":
            value = statement.value
            if value is not None and not (kind(value) == "Constant" and value.value is None):
                return True
        if kind(statement) not in SCOPES and any(kind(node) in ("Yield", "YieldFrom") for node in evaluated(statement)):
            return True
    return False


def binds(tree, name):
    """Whether the text gives the name another meaning anywhere."""
    for node in descendants(tree):
        what = kind(node)
        if what == "Name" and node.id == name and kind(node.ctx) != "Load":
            return True
        if (what in FUNCTIONS or what == "ClassDef") and node.name == name:
            return True
        if what == "arg" and node.arg == name or what == "alias" and (node.asname or node.name) == name:
            return True
        if what in ("ExceptHandler", "MatchAs", "MatchStar") and node.name == name:
            return True
        if what in ("Global", "Nonlocal") and name in node.names:
            return True
    return False


class Uses:
    """Where code that the function can reach uses the partner's function."""

    def __init__(self, function, bound, name):
        self.name = name
        self.bound = dict(bound)
        self.loaded = set()
        self.calls = 0
        self.kept = 0
        self.assigned = []
        self.seen = []
        self.enter(function)
        while True:
            entered = [self.bound[n] for n in self.loaded if kind(self.bound.get(n)) in SCOPES]
            entered = [f for f in entered if not any(f is seen for seen in self.seen)]
            if not entered:
                break
            self.enter(entered[0])
        self.kept += sum(any(target in self.loaded for target in targets) for targets in self.assigned)

    def enter(self, function):
        self.seen.append(function)
        if kind(function) == "Lambda":
            self.look(function.body, None)
        for statement in reached(body_of(function)):
            if kind(statement) in SCOPES:
                self.bound[statement.name] = statement
            self.look(statement, statement)

    def look(self, root, statement):
        calls = 0
        for node in evaluated(root):
            if kind(node) == "Name" and kind(node.ctx) == "Load":
                self.loaded.add(node.id)
                calls += node.id == self.name
        self.calls += calls
        value = getattr(statement, "value", None)
        plain = calls == 1 and kind(value) == "Call" and kind(value.func) == "Name" and value.func.id == self.name
        if plain and kind(statement) == "Expr":
            return
        targets = getattr(statement, "targets", None)
        if plain and targets and all(kind(target) == "Name" for target in targets):
            self.assigned.append([target.id for target in targets])
        else:
            self.kept += calls


def parameters(function):
    a = function.args
    named = a.posonlyargs + a.args + a.kwonlyargs + [extra for extra in (a.vararg, a.kwarg) if extra]
    return {argument.arg for argument in named}


def is_wrapper(function, name):
    """Whether the function does no more than hand its arguments to the partner's function and return the answer."""
    passed = parameters(function)
    answers = set()

    def hands_on(node):
        if kind(node) == "Name":
            return node.id in answers
        if kind(node) != "Call" or kind(node.func) != "Name" or node.func.id != name:
            return False
        given = [g.value if kind(g) == "Starred" else g for g in node.args] + [k.value for k in node.keywords]
        return all(kind(g) == "Name" and g.id in passed for g in given)

    if kind(function) == "Lambda":
        return hands_on(function.body)
    for statement in reached(body_of(function)):
        what = kind(statement)
        if what == "Return":
            return statement.value is not None and hands_on(statement.value)
        if what == "Assign" and len(statement.targets) == 1 and kind(statement.targets[0]) == "Name":
            if hands_on(statement.value):
                answers.add(statement.targets[0].id)
                continue
            if kind(statement.value) == "Name" and statement.value.id in passed:
                passed.add(statement.targets[0].id)
                continue
        idle = what in ("Pass", "Import", "ImportFrom") or what == "Expr" and kind(statement.value) == "Constant"
        decided = what in ("If", "While") and truth(statement.test) is not None
        if not idle and not decided:
            return False
    return False


def facts(texts, function, partner):
    """Facts about the first text that parses and defines the function, else that parses, else the first of all.

    texts: readings of one completion. partner: the function the author may call, or ''.
    """
    readings = [(index, *parse(text)) for index, text in enumerate(texts)]
    parsed = [reading for reading in readings if reading[1] is not None]
    defining = [reading for reading in parsed if function in bindings(reading[1])]
    index, tree, error = (defining or parsed or readings)[0]
    found = {
        "text": index,
        "parses": tree is not None,
        "line": error[0] if error else 0,
        "column": error[1] if error else 0,
        "error": error[2] if error else "",
        "definition": "missing",
        "gives_value": False,
        "partner_calls": 0,
        "partner_ignored": False,
        "partner_shadowed": False,
        "wrapper": False,
    }
    if tree is None:
        return found
    bound = bindings(tree)
    node = bound.get(function)
    found["definition"] = definition(node)
    found["gives_value"] = gives_value(node)
    if partner and kind(node) in ("FunctionDef", "Lambda"):
        uses = Uses(node, bound, partner)
        found["partner_shadowed"] = binds(tree, partner)
        found["partner_calls"] = uses.calls
        found["partner_ignored"] = uses.calls > 0 and uses.kept == 0
        found["wrapper"] = is_wrapper(node, partner)
    return found
