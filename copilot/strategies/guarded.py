"""Values that pass a function before they are written: the function stands in a module of its own beside each file that writes."""

from __future__ import annotations

import re

from copilot.domain.alternative import CodeEdit, Edit, ImportEdit, NewFile
from copilot.strategies.ground import Ground
from copilot.strategies.work import Work, code_work, writes


def guarded_writes(ground: Ground, module: str, function: str, text: str) -> Work:
    """Lets producers call the function on what they write into the field; their tests, which build records, stay as they are."""
    own = [use for use in writes(ground) if not use.is_test]
    work = code_work(ground, own, "wrap_value", expression=f"{function}({{}})")
    return work + module_beside(work, module, function, text)


def module_beside(work: Work, module: str, function: str, text: str) -> Work:
    """Brings the module to the folders of the files that code edits of the work are about, and its name into those files."""
    paths = sorted({edit.path for edit in work.edits if isinstance(edit, CodeEdit)})
    folders = sorted({path.rpartition("/")[0] for path in paths})
    brought: list[Edit] = [NewFile(f"{folder}/{module}.py".lstrip("/"), text) for folder in folders]
    return Work((*brought, *(ImportEdit(path, module, function) for path in paths)))


def in_docstring(text: str) -> str:
    """Returns a text that a docstring may hold without being ended by it."""
    return text.replace("\\", "\\\\").replace('"""', "'''")


def snake(name: str) -> str:
    """Returns a field's name as a part of a Python name: `createdAt` is created_at."""
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").lower() or "value"
