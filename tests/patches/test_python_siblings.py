"""An import is added where the file's own stand, and only where something uses it."""

from __future__ import annotations

import pytest

from copilot.domain.alternative import Alternative, CodeEdit, Edit, ImportEdit, Phase
from copilot.formats.avro import AvroFormat
from copilot.patches.compile import PatchCompiler
from tests.checks.cases import tree_of

PATH = "shop/orders/records.py"
RECORD = 'def to_order(x):\n    return {"amount": x}\n'
IMPORT = "from .rule import checked\n"


def after(head: str, *, beside: tuple[str, ...] = ("shop/orders/__init__.py",), expression: str = "checked({})") -> str:
    text = head + RECORD
    edits: tuple[Edit, ...] = (
        CodeEdit(PATH, text.encode().index(b'"amount"'), "wrap_value", "amount", "", expression),
        ImportEdit(PATH, "rule", "checked"),
    )
    tree = tree_of({PATH: text, **dict.fromkeys(beside, "")})
    compiler = PatchCompiler({"avro": AvroFormat()})
    fitted = compiler.fitted(Alternative("try-000000", "", "rules", "", (Phase("one", edits, ()),), ""), tree)
    compiled = compiler.compile(fitted, tree)
    assert isinstance(compiled, tuple), compiled
    return str(compiled[0].changes[0].after) if compiled[0].changes else text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", f"{IMPORT}\n\n"),
        ('"""Doc."""\n\n\n', f'"""Doc."""\n\n{IMPORT}\n\n'),
        ("import os  # noqa\nimport re\n\n\n", f"import os  # noqa\nimport re\n{IMPORT}\n\n"),
        ("from __future__ import annotations\n\n\n", f"from __future__ import annotations\n\n{IMPORT}\n\n"),
        ("import os  # noqa\n\nX = 1\nimport re\n\n\n", f"import os  # noqa\n{IMPORT}\nX = 1\nimport re\n\n\n"),
        ("from orders.other import x\n\n\n", "from orders.other import x\nfrom orders.rule import checked\n\n\n"),
        ("import os\r\n", "import os\r\nfrom .rule import checked\r\n"),
    ],
)
def test_the_import_stands_after_the_files_own(head: str, expected: str) -> None:
    text = after(head)

    assert text == expected + RECORD.replace('"amount": x', '"amount": checked(x)')


def test_beside_a_script_the_module_is_said_plainly() -> None:
    assert after("import os\n", beside=()).startswith("import os\nfrom rule import checked\n")


def test_nothing_is_imported_that_nothing_uses() -> None:
    assert "import" not in after("", expression="abs({})")


def test_a_name_that_is_taken_leaves_the_place_to_a_person() -> None:
    assert after("checked = 1\n") == "checked = 1\n" + RECORD
