"""What do the operators of an Airflow DAG start? Spark jobs, containers and shell commands, with arguments and environment.

Only what is written is told: constants of the module, f-strings of them, and variables of the environment. What Airflow fills in
when the task runs (`{{ ds }}`) is set to something unknown.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from copilot.readers.commands import options_of, positions_of, programs_of, words_of
from copilot.readers.deployment_facts import MAX_SETTINGS, MAX_UNITS, DeploymentFacts, Setting, Unit, may_keep
from copilot.readers.plain_deployments import shell_script
from copilot.readers.values import Value

MAX_DEPTH = 8
_SIGNS = ("application_args", "bash_command", "env_vars", "SparkSubmitOperator", "DockerOperator", "PySparkJobOperator")
_PROGRAMS = ("application", "main", "python_file")
_ARGUMENTS = ("application_args", "arguments", "command", "cmds")
_ENVIRONMENTS = ("env_vars", "environment", "env")
_FILLED_IN = "{{"
_FILLED = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class _Names(NamedTuple):
    """What the names of a DAG's module stand for."""

    nodes: dict[str, ast.expr]


def read_dag(text: str) -> DeploymentFacts:
    """Returns what the operators of a DAG run; never raises for what stands in it."""
    if "airflow" not in text or not any(sign in text for sign in _SIGNS):
        return DeploymentFacts()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return DeploymentFacts()  # the reader of Python tells that
    names = _Names(
        {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
    )
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _operator(node))
    return DeploymentFacts(tuple(unit for call in calls for unit in _units(call, names))[:MAX_UNITS])


def _operator(call: ast.Call) -> str:
    name = (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
    return name if name.endswith("Operator") else ""


def _units(call: ast.Call, names: _Names) -> Iterator[Unit]:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    task = _plain(given.get("task_id"), names)
    environment = [one for key in _ENVIRONMENTS if key in given for one in _environment(given[key], names)]
    if (shell := given.get("bash_command")) is not None:
        # What Airflow fills in is one word, however it is spaced.
        written = _FILLED.sub(lambda hole: "{{" + hole[1].replace(" ", "") + "}}", _plain(shell, names))
        for unit in shell_script(written):
            own = tuple((name, value, shell.lineno) for name, value, _ in unit.settings)
            yield unit._replace(name=task, line=shell.lineno, settings=(*environment, *own))
        return
    words = [word for key in _ARGUMENTS if key in given for word in _words(given[key], names)]
    program = next((_plain(given[key], names) for key in _PROGRAMS if key in given), "")
    image = _plain(given.get("image"), names).rpartition("/")[2].partition(":")[0].partition("@")[0]
    found = [*environment, *_started_with(words, program)]
    if not found or not (program or image):
        return
    programs = (program,) if program else programs_of([text for text, _, _ in words])
    yield Unit(task, (image,) if image else (), call.lineno, tuple(found[:MAX_SETTINGS]), programs=programs)


_Word = tuple[str, Value, int]


def _started_with(words: list[_Word], program: str) -> Iterator[Setting]:
    """Yields options and positions; each word stands for what it becomes, which its text, its number, need not say."""
    by_text = {text: value for text, value, _ in words}
    line = words[0][2] if words else 0
    texts = [text for text, _, _ in words]

    def read(text: str, number: int) -> Value:
        return by_text.get(text, ("s", text))

    yield from options_of(texts, line, read)
    if program:
        yield from positions_of(texts, line, read)


def _words(node: ast.expr, names: _Names) -> Iterator[_Word]:
    """Yields the words of a list or text; one that isn't known keeps its place, under its number."""
    node = _named(node, names)
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from ((word, ("s", word), node.lineno) for word in words_of(node.value))
    for number, part in enumerate(parts):
        value = _value(part, names, 0)
        is_known = value is not None and value[0] == "s" and _FILLED_IN not in value[1]
        text = str(value[1]) if is_known and value is not None else f"?{number}"
        yield text, value if is_known or (value is not None and value[0] != "s") else None, part.lineno


def _environment(node: ast.expr, names: _Names) -> Iterator[Setting]:
    node = _named(node, names)
    pairs: list[tuple[ast.expr | None, ast.expr]] = []
    if isinstance(node, ast.Dict):
        pairs = list(zip(node.keys, node.values, strict=True))
    elif isinstance(node, ast.List):
        for call in node.elts:
            given = {one.arg: one.value for one in call.keywords} if isinstance(call, ast.Call) else {}
            if "name" in given and "value" in given:
                pairs.append((given["name"], given["value"]))
    for key, value in pairs:
        if key is None:
            yield from _environment(value, names) if isinstance(value, ast.Name) and value.id in names.nodes else ()
            continue
        name, found = _plain(key, names), _value(value, names, 0)
        text = found[1] if found is not None and found[0] == "s" else ""
        is_told = found is not None and may_keep(name, text) and _FILLED_IN not in text
        if name:
            yield name, found if is_told else None, value.lineno


def _named(node: ast.expr, names: _Names) -> ast.expr:
    return names.nodes.get(node.id, node) if isinstance(node, ast.Name) else node


def _plain(node: ast.expr | None, names: _Names) -> str:
    value = _value(node, names, 0) if node is not None else None
    return str(value[1]) if value is not None and value[0] == "s" else ""


def _value(node: ast.expr, names: _Names, depth: int) -> Value:
    """Returns the value of an expression as far as this file tells it."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        return ("s", str(node.value)) if isinstance(node.value, str | int) else None
    if isinstance(node, ast.Name) and node.id in names.nodes:
        return _value(names.nodes[node.id], names, depth + 1)
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        found = [_value(part, names, depth + 1) for part in parts]
        if all(part is not None and part[0] == "s" for part in found):
            return ("s", "".join(str(part[1]) for part in found if part is not None))
        return ("cat", tuple(found)) if all(found) else None
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.getenv", "os.environ.get", "getenv") and node.args:
        name = _plain(node.args[0], names)
        default = _value(node.args[1], names, depth + 1) if len(node.args) > 1 else None
        return ("env", name, default, node.lineno) if name else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str" and node.args:
        return _value(node.args[0], names, depth + 1)
    return None
