"""What does one Python file say? Statements in order: imports, names, functions, classes, and the expressions in them.

Function bodies are read after the module's own statements, constructors first, so that constants and attributes are known
where they are used. A file that can't be parsed gives a gap and nothing else.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence

from copilot.readers.asked_versions import asked_versions
from copilot.readers.calls import see_decorator
from copilot.readers.celery_tasks import note_assignment
from copilot.readers.clients import see_annotation
from copilot.readers.expressions import Expressions
from copilot.readers.facts import FileFacts
from copilot.readers.flow import Origin, part_root
from copilot.readers.model_classes import see_models
from copilot.readers.options import declare_options, parameter_options, see_options_class
from copilot.readers.record_classes import see_record_classes
from copilot.readers.scope import NOTHING, FunctionNode, Scope, Seen, is_self, parameters
from copilot.readers.settings_classes import see_settings_class
from copilot.readers.sheet import Sheet
from copilot.readers.table_classes import columns_of
from copilot.readers.tables import add_table_calls
from copilot.readers.triggers import add_trigger_calls, see_kombu_mixin, see_pulsar_function
from copilot.readers.values import is_text

MAX_PYTHON_BYTES = 2_000_000
_CONSTRUCTORS = ("__init__", "__new__", "setup", "__post_init__")


def read_python(text: str) -> FileFacts:
    """Returns the facts of a Python source text; never raises for what stands in it."""
    if len(text) > MAX_PYTHON_BYTES:
        return FileFacts(gaps=((1, f"the file is larger than {MAX_PYTHON_BYTES} bytes and was not read"),))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.removeprefix("\ufeff"))
        return _Statements(Sheet(text)).read(tree)
    except SyntaxError as error:
        return FileFacts(gaps=((error.lineno or 1, f"not valid Python 3: {error.msg}"),))
    except (RecursionError, MemoryError):
        return FileFacts(gaps=((1, "nested too deeply to be read"),))
    except ValueError as error:
        return FileFacts(gaps=((1, f"not valid Python 3: {error}"),))


class _Statements:
    """Reads the statements of one file."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.scope = Scope(sheet)
        self.expressions = Expressions(self.scope)
        self.imported: list[tuple[str, str, str]] = []
        self._shape = -1
        self._waiting: list[tuple[str, FunctionNode, dict[str, Seen]]] = []

    def read(self, tree: ast.Module) -> FileFacts:
        self._declare(tree.body, "")
        if self.sheet.declares_options:
            declare_options(tree, self.scope)
        if self.sheet.uses_spark:
            self.scope.libraries.add("pyspark")
        self._block(tree.body)
        if "dataclasses_avroschema" in self.scope.libraries:
            see_models(self.expressions, tree.body)
        see_record_classes(self.expressions, tree.body)
        waiting = self._waiting
        while waiting:
            self._waiting = []
            for class_name, node, around in sorted(waiting, key=lambda entry: not _comes_first(entry[1])):
                self._function_body(class_name, node, around)
            waiting = self._waiting
        self.sheet.configs.extend(self.expressions.configs.configs())
        scope = self.scope
        add_table_calls(self.sheet, frozenset(scope.libraries), scope.returned)
        add_trigger_calls(
            scope, [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        )
        names = dict(scope.module)
        names |= {f"{owner}.{name}": seen for (owner, name), seen in scope.attributes.items()}
        names |= {f"{name}()": seen for name, seen in scope.returned.items()}
        values = {name: seen.thing if seen.value is None else seen.value for name, seen in names.items()}
        facts = self.sheet.facts(values, scope.classes, self.imported, scope.functions, scope.bases)
        return facts._replace(asked_versions=asked_versions(tree, self.sheet.data))

    def _declare(self, body: Sequence[ast.stmt], class_name: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{class_name}.{node.name}" if class_name else node.name
                self.scope.functions[name] = parameters(node)
            elif isinstance(node, ast.ClassDef) and not class_name:
                self.scope.classes.append(node.name)
                self._declare(node.body, node.name)

    def _block(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        see = self.expressions.see
        match node:
            case ast.Assign():
                self._assign(node.targets, node.value)
            case ast.AnnAssign():
                self._annotated(node)
            case ast.AugAssign():
                see(node.value, "computes")
                see(node.target, "computes")
            case ast.Expr():
                see(node.value)
            case ast.Return():
                seen = self.expressions.see_as(node.value, self.scope.function_name)
                if isinstance(node.value, ast.Tuple):
                    self._returned_together(node.value)
                else:
                    self.sheet.flow.flows(seen.origin, ("ret", self.scope.qualified))
                self.scope.returns(seen)
            case ast.If() | ast.While():
                see(node.test, "compares")
                self._branches(node.body, node.orelse)
            case ast.For() | ast.AsyncFor():
                self.expressions.bind_items(node.target, see(node.iter), node.iter)
                self.scope.note_number(node.target, node.iter)
                if isinstance(node.target, ast.Subscript | ast.Attribute):
                    see(node.target)
                self._branches(node.body, node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    seen = see(item.context_expr)
                    if item.optional_vars is not None:
                        self.scope.bind(item.optional_vars, seen)
                self._block(node.body)
            case ast.Try() | ast.TryStar():
                self._branches(node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for decorator in node.decorator_list:
                    see_decorator(self.expressions, decorator, node)
                # A function in another one sees the names of that, as they are when it is called.
                self._waiting.append(
                    (self.scope.class_name, node, self.scope.names if self.scope.function_name else {})
                )
            case ast.ClassDef():
                self._class(node)
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.Match():
                subject = see(node.subject)
                for case in node.cases:
                    self._matched(case.pattern, node.subject, subject)
                self._branches(*(case.body for case in node.cases))
            case ast.Global():
                self.scope.globals.update(node.names)
            case ast.Delete():
                for target in node.targets:
                    see(target, "writes")
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        see(child)

    def _returned_together(self, node: ast.Tuple) -> None:
        """Notes which record is which of the values that a function gives back."""
        self.sheet.is_quiet = True
        for index, part in enumerate(node.elts):
            root = part_root(("ret", self.scope.qualified), index)
            self.sheet.flow.flows(self.expressions.see(part).origin, root)
            if self.scope.qualified in self.scope.functions:
                self.sheet.flow.comes(root, "r", str(root[1]))
        self.sheet.is_quiet = False

    def _branches(self, *bodies: Sequence[ast.stmt]) -> None:
        self.scope.branch_depth += 1
        for body in bodies:
            self._block(body)
        self.scope.branch_depth -= 1

    def _matched(self, pattern: ast.pattern, matched: ast.expr, subject: Seen) -> None:
        """Adds the keys that a pattern asks of a record: `case {"status": "paid", "amount": amount}`."""
        if isinstance(pattern, ast.MatchOr):
            for choice in pattern.patterns:
                self._matched(choice, matched, subject)
        elif isinstance(pattern, ast.MatchMapping):
            for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    is_bound = isinstance(inner, ast.MatchAs) and inner.pattern is None
                    mode = "reads" if is_bound else "compares"
                    self.expressions.key_use(key, key.value, mode, "subscript", matched, subject)

    def _assign(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        seen = self.expressions.see_as(value, _target_name(targets[0]))
        for target in targets:
            if isinstance(target, ast.Subscript):
                self._assign_item(target, value, seen)
            elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
                for part in target.elts:
                    self._see_target(part)
                self._bind_parts(target, value, seen)
            else:
                self._see_target(target)
                self.scope.bind(target, seen)
                self.scope.note_number(target, value)
                if isinstance(target, ast.Attribute):
                    note_assignment(self.expressions, target, seen)

    def _bind_parts(self, target: ast.Tuple | ast.List, value: ast.Tuple | ast.List, seen: Seen) -> None:
        """Lets each name of `a, b = x, y` stand for its own part."""
        is_plain = not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
        if not is_plain or len(target.elts) != len(value.elts):
            self.scope.bind(target, seen)
            return
        # The parts were read before, for their uses of names; here it is only asked what they are.
        self.sheet.is_quiet = True
        parts = [self.expressions.see(part) for part in value.elts]
        self.sheet.is_quiet = False
        for name, part in zip(target.elts, parts, strict=True):
            self.scope.bind(name, part)

    def _see_target(self, target: ast.expr) -> None:
        is_own = isinstance(target, ast.Attribute) and is_self(target.value)
        if isinstance(target, ast.Subscript | ast.Attribute) and not is_own:
            self.expressions.see(target, "writes")

    def _assign_item(self, target: ast.Subscript, value: ast.expr, seen: Seen) -> None:
        key = target.slice
        base = self.expressions.see(target.value) if isinstance(target.value, ast.Name) else NOTHING
        if seen.thing is not None and seen.thing[0] == "client":
            kept = self.expressions.see(target.value)
            self.scope.bind(target.value, Seen(kept.value, kept.origin, seen.thing))
        if (
            base.value is not None
            and base.value[0] == "dict"
            and isinstance(key, ast.Constant)
            and isinstance(key.value, str)
        ):
            self.expressions.configs.put(base.value[1], key.value, seen.value, target.lineno, seen.origin)
            return
        self.expressions.see(target, "writes")
        if (
            base.origin is not None
            and isinstance(key, ast.Constant)
            and isinstance(key.value, str)
            and not base.origin.path
        ):
            self.sheet.flow.flows(seen.origin, base.origin.root, key.value)
        elif (
            base.origin is not None
            and base.origin.root[0] == "lit"
            and seen.origin is not None
            and not base.origin.path
        ):
            self.sheet.flow.flows(seen.origin.wrapped(), base.origin.root)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assign([node.target], node.value)
        known = see_annotation(self.expressions, node.annotation)
        if known.thing is not None and (node.value is None or known.thing[0] == "client"):
            before = self.expressions.see(node.target) if node.value is not None else NOTHING
            self.scope.bind(node.target, Seen(before.value, known.origin or before.origin, known.thing))
        is_declared = self.scope.class_name and not self.scope.function_name
        if is_declared and isinstance(node.target, ast.Name) and self.scope.class_name not in self.sheet.tables:
            self._declared(node.target, "reads")

    def _declared(self, target: ast.Name, mode: str) -> None:
        self.sheet.add_use(target.id, target, mode, "attribute", self.scope.class_name, None, self._shape)

    def _class(self, node: ast.ClassDef) -> None:
        if self.scope.class_name:
            return
        for decorator in node.decorator_list:
            self.expressions.see(decorator)
        bases = (seen.thing or seen.value for seen in map(self.expressions.see, node.bases))
        self.scope.bases[node.name] = tuple(base for base in bases if base is not None)
        self.scope.class_name, before = node.name, self.scope.names
        self.scope.names = {}
        columns = columns_of(node, self.scope.libraries)
        self._shape = self.sheet.new_shape(tuple(columns) or _fields_declared(node))
        if columns:
            self.sheet.tables.append(node.name)
        for target in columns.values():
            self._declared(target, "writes")
        self._block(node.body)
        for name, seen in self.scope.names.items():
            self.scope.attributes.setdefault((node.name, name), seen)
        see_settings_class(self.expressions, node)
        if self.sheet.declares_options:
            see_options_class(self.expressions, node)
        self.scope.class_name, self.scope.names = "", before

    def _function_body(self, class_name: str, node: FunctionNode, around: dict[str, Seen]) -> None:
        scope = self.scope
        scope.class_name, scope.function_name, scope.names, scope.branch_depth = class_name, node.name, dict(around), 0
        scope.globals = set()
        defaults = dict(zip(reversed(node.args.args), reversed(node.args.defaults), strict=False))
        options = parameter_options(self.expressions, node) if node.decorator_list or node.args.defaults else {}
        for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            default = self.expressions.see(defaults[argument]) if argument in defaults else NOTHING
            origin = Origin(("param", f"{scope.qualified}:{argument.arg}"))
            if argument.arg not in ("self", "cls"):
                known = see_annotation(self.expressions, argument.annotation)
                otherwise = default.value if default.value is not None else default.thing
                is_own = known.thing is not None and known.thing[0] == "call"
                # What callers hand over tells more than the class that it is of.
                thing = known.thing if known.thing is not None and not is_own else None
                thing = thing or ("param", str(origin.root[1]), otherwise or known.thing)
                # A default that is a text holds for those callers only who hand over nothing else.
                value = options.get(argument.arg, thing if thing[0] == "param" and is_text(thing) else default.value)
                fed = scope.fed.get((scope.qualified, argument.arg))
                scope.names[argument.arg] = Seen(value, fed or known.origin or origin, thing)
            if argument.arg in scope.functions.get(scope.qualified, ()):
                self.sheet.flow.comes(origin.root, "a", str(origin.root[1]))
        if node.args.kwarg is not None:
            scope.names[node.args.kwarg.arg] = Seen(thing=("kwargs", scope.qualified))
        if class_name:
            see_pulsar_function(scope, node)
            see_kombu_mixin(scope, node)
        if scope.qualified in scope.functions:
            self.sheet.flow.comes(("ret", scope.qualified), "r", scope.qualified)
        self._block(node.body)
        scope.class_name, scope.function_name, scope.names = "", "", scope.module

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                top = alias.name.partition(".")[0]
                self.scope.libraries.update((top, alias.name))
                self.scope.imports[alias.asname or top] = (alias.name if alias.asname else top, "")
                self.imported.append((alias.asname or top, alias.name, ""))
            else:
                module = "." * node.level + (node.module or "")
                self.scope.libraries.update((module.partition(".")[0], f"{module}.{alias.name}"))
                if alias.name == "*":
                    self.scope.stars.append(module)
                else:
                    self.scope.imports[alias.asname or alias.name] = (module, alias.name)
                self.imported.append((alias.asname or alias.name, module, alias.name))


def _comes_first(node: FunctionNode) -> bool:
    """Tells whether a function sets what others use: attributes of its object, or names of the module."""
    return node.name in _CONSTRUCTORS or any(isinstance(one, ast.Global) for one in node.body)


def _target_name(target: ast.expr) -> str:
    if (
        isinstance(target, ast.Subscript)
        and isinstance(target.slice, ast.Constant)
        and isinstance(target.slice.value, str)
    ):
        return target.slice.value
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _fields_declared(node: ast.ClassDef) -> tuple[str, ...]:
    """Returns the names that a class gives a type, as classes of records do."""
    targets = (part.target for part in node.body if isinstance(part, ast.AnnAssign))
    return tuple(target.id for target in targets if isinstance(target, ast.Name))
