"""Which earlier names does a read take as well, because the record goes through a chain of upcasters before?"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from copilot.checks.parsed_code import Codes, ParsedCode
from copilot.domain.pipeline import FieldUse
from copilot.domain.upcasts import names_led


def is_led_from(use: FieldUse, paths: Iterable[str], codes: Codes) -> bool:
    """Tells whether the read finds its field in a record that has one of the paths under an earlier name of it.

    What a chain itself says of names is no read.
    """
    code = codes.of(use)
    if code is not None and any(names_led(code.tree, name) for name in code.definitions):
        return True
    reads = code.read(use) if code else []
    if code is None or not reads:
        return False
    parent, _, name = use.path.rpartition(".")
    has = {path.rpartition(".")[2] for path in paths if path.rpartition(".")[0] == parent}
    return all(any(_led(code, read, use, codes).get(old) == name for old in has) for read in reads)


def _led(code: ParsedCode, read: ast.expr, use: FieldUse, codes: Codes) -> dict[str, str]:
    about = read.func.value if isinstance(read, ast.Call) and isinstance(read.func, ast.Attribute) else read
    receiver = about.value if isinstance(about, ast.Subscript) else about
    match receiver:
        case ast.Call(func=ast.Name(id=function), args=[_], keywords=[]):
            module = codes.imported(use.span.path, code.imports.get(function, ""))
            return dict(names_led(module.tree, function)) if module is not None else {}
    return {}
