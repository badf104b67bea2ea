from __future__ import annotations

import pytest

from copilot.checks.syntax import SyntaxCheck
from copilot.domain.evidence import Evidence
from copilot.domain.patch import FileChange
from copilot.patches.diff import make_patch
from tests.checks.benches import bench_of
from tests.checks.cases import COMMIT, alternative_of, case_of, tree_of

SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "%s"}]}\n'


def syntax(*phases: list[FileChange], files: dict[str, str] | None = None) -> Evidence:
    patches = tuple(make_patch("try-000001", number, COMMIT, changes) for number, changes in enumerate(phases))
    return SyntaxCheck().run(case_of(alternative_of(), patches), bench_of(tree_of(files or {})))


def test_files_that_parse_pass() -> None:
    evidence = syntax(
        [
            FileChange("a.py", "x = 1\n", "\ufeffx = 2\r\n"),
            FileChange("a.avsc", SCHEMA % "string", SCHEMA % "long"),
            FileChange("a.json", "{}", "[]"),
        ]
    )

    assert (evidence.verdict, evidence.measure("files_parsed"), evidence.findings) == ("pass", 3, ())


@pytest.mark.parametrize(
    ("path", "after", "rule"),
    [
        ("a.py", "x = 1\nif:\n", "syntax.python"),
        ("a.py", "x = '\0'\n", "syntax.python"),
        ("a.json", "{\n,}", "syntax.json"),
        ("a.toml", 'a = "b"-x\n', "syntax.toml"),
        ("a.avsc", '{"type": "record",}', "syntax.schema"),
        ("a.avsc", SCHEMA % "nothing.Known", "syntax.schema"),
    ],
)
def test_a_file_that_no_longer_parses_fails_with_its_place(path: str, after: str, rule: str) -> None:
    evidence = syntax([FileChange(path, None, after)])

    assert evidence.verdict == "fail"
    assert [(finding.rule, finding.span and finding.span.path) for finding in evidence.findings] == [(rule, path)]


def test_every_phase_is_parsed() -> None:
    good, bad = FileChange("a.py", "x = 1\n", "x = 2\n"), FileChange("a.py", "x = 1\n", "x = \n")

    evidence = syntax([good], [bad], [good])

    assert [(finding.phase, str(finding.span)) for finding in evidence.findings] == [(1, "a.py:1")]


def test_a_schema_may_refer_to_another_one_as_the_patch_leaves_it() -> None:
    order = FileChange("order.avsc", SCHEMA % "string", SCHEMA % "shop.Item")
    item = FileChange("shop/item.avsc", None, '{"type": "fixed", "name": "Item", "namespace": "shop", "size": 2}')

    assert syntax([order, item]).verdict == "pass"
    assert syntax([order]).verdict == "fail"
    assert syntax([order], files={"shop/item.avsc": item.after or ""}).verdict == "pass"


def test_kinds_that_are_not_parsed_are_said() -> None:
    evidence = syntax(
        [FileChange("a.yaml", "a: 1\n", "a: {{ b }}\n"), FileChange("tsconfig.json", "{} // x", "[] // x")]
    )

    assert (evidence.verdict, evidence.measure("files_parsed"), evidence.measure("files_not_parsed")) == ("pass", 0, 2)


def test_changing_nothing_cannot_break_syntax() -> None:
    assert syntax().verdict == "not-applicable"


def missing(*phases: list[FileChange]) -> list[tuple[int, str]]:
    files = {"shop/app/main.py": "", "shop/app/lib/one.py": "", "order.avsc": SCHEMA % "string"}
    found = syntax(*phases, files=files).findings
    return [(it.phase, it.message) for it in found if it.rule == "syntax.missing-file"]


@pytest.mark.parametrize("module", ["app.rule", ".rule", "app.lib.two"])
def test_a_module_of_the_repository_that_is_imported_has_to_be_there(module: str) -> None:
    change = FileChange("shop/app/main.py", "", f"from {module} import check\n")
    path = {"app.rule": "shop/app/rule.py", ".rule": "shop/app/rule.py", "app.lib.two": "shop/app/lib/two.py"}[module]

    assert missing([change]) == [(0, f"shop/app/main.py imports {module}, and no file is that module.")]
    assert missing([change, FileChange(path, None, "def check(): ...\n")]) == []


def test_a_module_that_only_a_later_phase_brings_comes_too_late() -> None:
    change = FileChange("shop/app/main.py", "", "from rule import check\n")
    rule = FileChange("shop/app/rule.py", None, "def check(): ...\n")

    assert missing([change], [change, rule]) == [(0, "shop/app/main.py imports rule, and no file is that module.")]
    assert missing([change]) == []


def test_a_new_program_finds_the_schemas_that_it_names() -> None:
    job = FileChange("jobs/merge.py", None, 'SCHEMA = "schemas/sales.avsc"\nOLD = "order.avsc"\n')

    assert missing([job]) == [(0, "jobs/merge.py names schemas/sales.avsc, and no such file is there.")]
    assert missing([job, FileChange("schemas/sales.avsc", None, SCHEMA % "long")]) == []


def test_a_name_that_a_new_module_does_not_have_is_told() -> None:
    user = FileChange("shop/a.py", "x = 1\n", "from rule import checked, LIMIT as most\nx = 1\n")

    def told(text: str) -> list[str]:
        evidence = syntax([user, FileChange("shop/rule.py", None, text)])
        return [it.message for it in evidence.findings if it.rule == "syntax.missing-file"]

    assert told("LIMIT = 3\n\n\ndef checked(value):\n    return value\n") == []
    assert told("from limits import *\n") == []
    assert told("LIMIT = 3\n") == ["shop/a.py imports checked from shop/rule.py, which has no such name."]
