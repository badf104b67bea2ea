from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from copilot.checks.scope import ScopeCheck
from copilot.domain.alternative import CodeEdit, NewFile, Replacement, SchemaEdit, TextEdit
from copilot.domain.evidence import Evidence
from copilot.domain.free_form import is_protected
from copilot.domain.operation import ChangeLevel, Deprecate, Operation
from copilot.domain.patch import FileChange
from copilot.domain.schema import SchemaSource
from copilot.domain.source import Span
from copilot.patches.diff import make_patch
from tests.checks.benches import bench_of
from tests.checks.cases import COMMIT, MemoryTree, alternative_of, case_of, tree_of


def scope(*phases: list[FileChange], named: tuple[str, ...] = ("a.py",), tree: MemoryTree | None = None) -> Evidence:
    edits = tuple(NewFile(path, "") for path in named)
    patches = tuple(make_patch("try-000001", number, COMMIT, changes) for number, changes in enumerate(phases))
    return ScopeCheck().run(case_of(alternative_of(*(edits for _ in phases)), patches), bench_of(tree))


def rules(evidence: Evidence) -> list[str]:
    return [finding.rule for finding in evidence.findings]


def test_a_patch_of_what_the_edits_name_passes_with_its_size() -> None:
    evidence = scope([FileChange("a.py", "a\nb\nc\n", "a\nB\nB2\nc\n")])

    assert (evidence.verdict, evidence.findings) == ("pass", ())
    assert (evidence.measure("lines_added"), evidence.measure("lines_removed"), evidence.measure("files")) == (2, 1, 1)


def test_a_file_that_no_edit_names_fails() -> None:
    evidence = scope([FileChange("b.py", "a\n", "b\n")])

    assert (evidence.verdict, rules(evidence)) == ("fail", ["scope.not-asked"])


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        ".gitlab-ci.yml",
        "docs/CODEOWNERS",
        "copilot.toml",
        ".gitattributes",
        "sub/.gitmodules",
        "Jenkinsfile",
        "x/.git/config",
    ],
)
def test_what_decides_over_builds_and_reviews_is_protected(path: str) -> None:
    assert rules(scope([FileChange(path, "a\n", "b\n")], named=(path,))) == ["scope.protected"]


def test_a_text_of_a_model_stays_away_from_what_loads_by_itself() -> None:
    change = FileChange("tests/conftest.py", "a\n", "b\n")
    by_rules = case_of(alternative_of((NewFile(change.path, ""),)), (make_patch("try-000001", 0, COMMIT, [change]),))
    by_model = replace(by_rules, alternative=replace(by_rules.alternative, origin="claude"))

    assert rules(ScopeCheck().run(by_rules, bench_of())) == []
    evidence = ScopeCheck().run(by_model, bench_of())
    assert (evidence.verdict, rules(evidence)) == ("fail", ["scope.kept-out", "scope.free-form"])


def test_what_a_model_wrote_is_said_so_that_a_person_reads_it() -> None:
    change = FileChange("a.py", "a\n", "b\n")
    case = case_of(alternative_of((Replacement("a.py", "a", "b"),)), (make_patch("try-000001", 0, COMMIT, [change]),))

    evidence = ScopeCheck().run(replace(case, alternative=replace(case.alternative, origin="claude")), bench_of())

    assert (evidence.verdict, rules(evidence)) == ("pass", ["scope.free-form"])
    assert evidence.findings[0].message == "A model wrote text of its own into a.py."


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\x1b", "\u2066"])
def test_a_text_of_a_model_hides_nothing(mark: str) -> None:
    change = FileChange("a.py", "a\n", f"b{mark}\n")
    case = case_of(
        alternative_of((Replacement("a.py", "a", f"b{mark}"),)), (make_patch("try-000001", 0, COMMIT, [change]),)
    )

    evidence = ScopeCheck().run(replace(case, alternative=replace(case.alternative, origin="claude")), bench_of())

    assert (evidence.verdict, rules(evidence)) == ("fail", ["scope.hidden-text", "scope.free-form"])


def test_ordinary_files_are_not_protected() -> None:
    assert not any(
        is_protected(path) for path in ("github/a.py", "deploy/copilot.toml", "ci/run.py", "a/codeowners.py")
    )


@pytest.mark.parametrize(("link", "mode"), [("a.py", "120000"), ("sub", "160000")])
def test_links_and_submodules_are_not_followed(link: str, mode: str) -> None:
    path = link if link == "a.py" else f"{link}/a.py"

    evidence = scope([FileChange(path, "a\n", "b\n")], named=(path,), tree=tree_of({link: "x"}, {link: mode}))

    assert rules(evidence) == ["scope.link"]


def test_a_new_file_that_exists_fails() -> None:
    assert rules(scope([FileChange("a.py", None, "b\n")], tree=tree_of({"a.py": ""}))) == ["scope.exists"]


def test_sizes_are_counted_from_each_phase_to_the_next() -> None:
    first = FileChange("a.py", "a\nb\n", "a\nb\nb2\n")

    evidence = scope([first], [first], [FileChange("a.py", "a\nb\n", "a\nb2\n")], [])

    assert (evidence.measure("lines_added"), evidence.measure("lines_removed")) == (1 + 1, 1 + 1)


def test_lines_that_change_in_layout_only_are_counted() -> None:
    evidence = scope([FileChange("a.py", "a = {'b':1}\nc\n", "a = {'b': 1}\nc\n")])

    assert (evidence.verdict, evidence.measure("lines_layout_only"), rules(evidence)) == (
        "pass",
        1,
        ["scope.layout-changed"],
    )


def test_changing_nothing_stays_in_any_scope() -> None:
    assert scope().verdict == "not-applicable"


LEVELS = '[compatibility]\norder = "BACKWARD"\n\n[commands]\ntest = "pytest -q"\n'


@pytest.mark.parametrize(
    ("after", "operation", "verdict"),
    [
        (LEVELS.replace("BACKWARD", "FULL"), ChangeLevel("order", "FULL"), "pass"),
        (LEVELS.replace("BACKWARD", "FULL"), Deprecate("order", "", "note"), "fail"),
        (LEVELS.replace("BACKWARD", "FULL").replace("pytest -q", "true"), ChangeLevel("order", "FULL"), "fail"),
        (LEVELS + "[", ChangeLevel("order", "FULL"), "fail"),
    ],
    ids=["levels only", "not asked for", "a command too", "unreadable"],
)
def test_the_settings_change_in_their_levels_only_and_only_where_that_was_asked_for(
    after: str, operation: Operation, verdict: str
) -> None:
    patches = (make_patch("try-000001", 0, COMMIT, [FileChange("copilot.toml", LEVELS, after)]),)
    case = case_of(alternative_of((NewFile("copilot.toml", ""),)), patches)
    asked = replace(case, request=replace(case.request, operations=(operation,)))

    assert ScopeCheck().run(asked, bench_of(None)).verdict == verdict


CODE = """\
LIMIT = 3


def build(order):
    total = order['amount']
    return {'amount': total}


def other():
    return 1
"""


def scope_of_edit(after: str, before: str = CODE) -> Evidence:
    edit = CodeEdit("a.py", before.index("'amount'"), "rename_key", "amount", "total")
    patch = make_patch("try-000001", 0, COMMIT, [FileChange("a.py", before, after)])
    return ScopeCheck().run(case_of(alternative_of((edit,)), (patch,)), bench_of(None))


def test_lines_of_the_function_that_is_edited_are_asked_for() -> None:
    renamed = CODE.replace("    total = order['amount']", "    now = order['total']\n    total = now")

    assert rules(scope_of_edit(renamed)) == []


def test_a_line_elsewhere_in_an_edited_file_is_not_asked_for() -> None:
    renamed = CODE.replace("order['amount']", "order['total']")

    for stray in (
        renamed.replace("LIMIT = 3", "LIMIT = 4"),
        renamed + "other()\n",
        renamed.replace("return 1", "return 2"),
    ):
        evidence = scope_of_edit(stray)

        assert (evidence.verdict, rules(evidence)) == ("fail", ["scope.line-not-asked"])


def test_a_line_after_an_edited_function_is_not_asked_for_and_one_at_its_end_is() -> None:
    alone = CODE.partition("\n\ndef other")[0]
    renamed = alone.replace("order['amount']", "order['total']")

    assert rules(scope_of_edit(renamed + "\nOTHER = 1\n", alone)) == ["scope.line-not-asked"]
    assert rules(scope_of_edit(renamed + "    print(total)\n", alone)) == []


def test_an_import_that_an_edit_needs_is_asked_for() -> None:
    assert rules(scope_of_edit("import decimal\n\n" + CODE.replace("order['amount']", "order['total']"))) == []


def test_a_file_that_is_no_python_of_today_is_left_to_the_reader() -> None:
    before = "print 'order'\n" + CODE

    assert rules(scope_of_edit(before.replace("order['amount']", "order['total']") + "x = 1\n", before)) == []


def test_an_alternative_that_changes_no_file_fails() -> None:
    assert rules(scope([])) == ["scope.empty"]


def test_a_neighbour_that_goes_along_inside_an_edited_function_is_not_asked_for() -> None:
    before = CODE.replace(
        "{'amount': total}", "{\n        'amount': total,\n        'note': '',\n        'id': 1,\n    }"
    )
    renamed = before.replace("order['amount']", "order['total']")

    for stray in (
        renamed.replace("        'note': '',\n", ""),
        renamed.replace("    return {", "    UNASKED = True\n    return {"),
        renamed.replace("    total = ", "    UNASKED = True\n    total = "),
    ):
        assert rules(scope_of_edit(stray, before)) == ["scope.line-not-asked"], stray


def test_a_line_that_an_entry_goes_from_need_not_name_it_any_more() -> None:
    before = CODE.replace("{'amount': total}", "{'id': 1, 'amount': total}")
    edit = CodeEdit("a.py", before.index("'amount': total"), "remove_key", "amount")

    def told(after: str) -> list[str]:
        patch = make_patch("try-000001", 0, COMMIT, [FileChange("a.py", before, after)])
        return rules(ScopeCheck().run(case_of(alternative_of((edit,)), (patch,)), bench_of(None)))

    assert told(before.replace(", 'amount': total", "")) == []
    assert (
        told(before.replace("    return {'id': 1, 'amount': total}", "    UNASKED = True\n    return {'id': 1}")) != []
    )


def test_lines_that_stand_twice_in_a_row_are_nobodys_wish() -> None:
    renamed = CODE.replace("order['amount']", "order['total']")
    line = "    total = order['total']\n"

    assert rules(scope_of_edit(renamed.replace(line, line + line))) == ["scope.line-not-asked"]


@pytest.mark.parametrize("after", ["a: 1\nb: 2\nb: 2\nc: 3\n", "a: 1\nb: 2\n", "a: 1\nb: 2\nextra: 4\nc: 3\n"])
def test_an_edit_of_a_setting_neither_brings_nor_takes_a_line(after: str) -> None:
    edit = TextEdit("a.yaml", 2, "1", "2")
    patch = make_patch("try-000001", 0, COMMIT, [FileChange("a.yaml", "a: 1\nb: 1\nc: 3\n", after)])

    assert "scope.line-not-asked" in rules(ScopeCheck().run(case_of(alternative_of((edit,)), (patch,)), bench_of(None)))


def test_the_lines_of_a_field_in_a_schema_of_code_may_go_with_it() -> None:
    before = 'S = {\n    "fields": [\n        {\n            "name": "a",\n            "type": "int",\n        },\n    ]\n}\n'
    source = SchemaSource("a.py", "", "", "python-dict", 4, len(before), Span("a.py", 1, 8))
    edit = SchemaEdit(source, "remove_field", "Order", "a")
    patch = make_patch("try-000001", 0, COMMIT, [FileChange("a.py", before, 'S = {\n    "fields": [\n    ]\n}\n')])

    assert rules(ScopeCheck().run(case_of(alternative_of((edit,)), (patch,)), bench_of(None))) == []


def test_what_a_person_leaves_out_is_not_lost_and_what_one_types_is_asked_for() -> None:
    before = CODE + "\n\ndef read(order):\n    return order['amount']\n"
    offsets = [before.index("['amount']") + 1, before.rindex("['amount']") + 1]
    edits = tuple(CodeEdit("a.py", offset, "rename_key", "amount", "total") for offset in offsets)
    half = CODE.replace("order['amount']", "order['now']") + before[len(CODE) :]
    patch = make_patch("try-000001", 0, COMMIT, [FileChange("a.py", before, "STRAY = 1\n" + half)])

    def found(origin: Literal["rules", "person"]) -> list[tuple[str, str]]:
        alternative = replace(alternative_of(edits), origin=origin)
        evidence = ScopeCheck().run(case_of(alternative, (patch,)), bench_of(None))
        return [(it.rule, it.severity) for it in evidence.findings]

    assert ("scope.line-not-asked", "error") in found("rules")
    assert {severity for _, severity in found("person")} == {"warning"}


def test_a_file_that_a_person_leaves_out_is_not_lost() -> None:
    edit = CodeEdit("b.py", 4, "rename_key", "amount", "total")
    patch = make_patch("try-000001", 0, COMMIT, [FileChange("a.py", "x = 1\n", "x = 1\n")])

    def found(origin: Literal["rules", "person"]) -> list[str]:
        alternative = replace(alternative_of((edit,)), origin=origin)
        return rules(ScopeCheck().run(case_of(alternative, (patch,)), bench_of(None)))

    assert "scope.edit-lost" in found("rules")
    assert "scope.edit-lost" not in found("person")
