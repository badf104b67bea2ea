"""One place that no edit fits is left to a person, and the rest of the way is made."""

from __future__ import annotations

from copilot.domain.alternative import Alternative, CodeEdit, Phase, Step
from copilot.formats.avro import AvroFormat
from copilot.patches.compile import PatchCompiler
from tests.checks.cases import tree_of

TEXT = 'a = {"amount": 1}\nb = [{"amount": next(it)} for _ in range(3)]\nc = [{"amount": next(it)} for _ in d]\n'
TREE = tree_of({"job.py": TEXT, "other.py": 'x = [{"amount": next(it)} for _ in y]\n'})
COMPILER = PatchCompiler({"avro": AvroFormat()})


def edit(line: int, action: str = "add_key", path: str = "job.py") -> CodeEdit:
    text = TREE.files[path]
    before = sum(len(one) + 1 for one in text.splitlines()[: line - 1])
    offset = before + text.splitlines()[line - 1].index('"amount"')
    assert action in ("add_key", "rename_key")
    return CodeEdit(path, offset, "add_key" if action == "add_key" else "rename_key", "amount", "total")


def alternative(*phases: tuple[CodeEdit, ...]) -> Alternative:
    step = Step("Deploy", "producers", ("shop",), ("job.py", "other.py"))
    named = tuple(Phase(f"state {number}", edits, (step,)) for number, edits in enumerate(phases, 1))
    return Alternative("way-000001", "a way", "rules", "ST2", named, "")


def test_what_fits_stays_as_it_is() -> None:
    whole = alternative((edit(1),))

    assert COMPILER.fitted(whole, TREE) is whole


def test_a_place_that_does_not_fit_becomes_a_step_by_hand_with_its_reason() -> None:
    fitted = COMPILER.fitted(alternative((edit(1), edit(2))), TREE)

    assert fitted.phases[0].edits == (edit(1),)
    assert fitted.phases[0].steps[0].paths == ("job.py", "other.py")
    (text,) = fitted.phases[0].steps[0].manual
    assert text.startswith("job.py:2  write `total` beside `amount` by hand: its value may differ")
    assert fitted.id.startswith("way-")
    assert fitted.id != "way-000001"
    assert isinstance(COMPILER.compile(fitted, TREE), tuple)


def test_a_place_is_named_once_and_a_file_without_edits_leaves_the_step() -> None:
    twice = (edit(1), edit(1, path="other.py"))

    fitted = COMPILER.fitted(alternative(twice, (*twice, edit(3, "rename_key"))), TREE)

    assert [len(phase.steps[0].manual) for phase in fitted.phases] == [1, 0]
    assert [phase.steps[0].paths for phase in fitted.phases] == [("job.py",), ("job.py",)]
    assert edit(3, "rename_key") in fitted.phases[1].edits
