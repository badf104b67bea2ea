"""One answer: what `impact` says is what a proposal holds, and no machine's log decides anything."""

from __future__ import annotations

import json
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.domain.impacted import ImpactedFile, ImpactList
from copilot.domain.proposal import Proposal
from copilot.errors import EXIT_DONE
from copilot.impact.answer import SHALLOW
from copilot.proposals import Workspace
from copilot.proposals.impact import read_impact
from copilot.proposals.reading import open_place
from copilot.reasons.look_at import impact_command, look_at
from copilot.reasons.render import markdown
from tests import faces
from tests.line import CHANGE, copy_of_example
from tests.repositories import commit, git, init

SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "amount", "type": "long"}]}\n'
WRITER = """\
import fastavro

SCHEMA = fastavro.schema.load_schema("schemas/order.avsc")


def write(out, id, amount):
    fastavro.schemaless_writer(out, SCHEMA, {"id": id, "amount": amount})
"""


def proposed(folder: Path, change: str) -> Proposal:
    workspace = Workspace.open(folder)
    id = workspace.propose(change)
    list(workspace.advance(id))
    return workspace.load(id)


def test_a_proposal_holds_the_files_that_impact_lists(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    reading = Workspace.open(folder).load(id).reading

    assert reading is not None
    assert reading.impacted is not None
    assert reading.impacted.files == read_impact(open_place(folder), CHANGE, ()).files


def test_the_log_decides_nothing(tmp_path: Path) -> None:
    whole = init(tmp_path / "whole")
    texts = {"schemas/order.avsc": SCHEMA, "shop.py": WRITER, "docs/shop.md": "An order has an id and an amount.\n"}
    for number in range(4):
        commit(whole, {"shop.py": WRITER + f"# {number}\n", "docs/shop.md": f"An order, {number}.\n"})
    commit(whole, texts)
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{whole}", str(shallow)], check=True, capture_output=True
    )
    git(shallow, "config", "user.name", git(whole, "config", "user.name"))
    git(shallow, "config", "user.email", git(whole, "config", "user.email"))

    one, other = (proposed(it, "rename amount to total in order") for it in (whole, shallow))

    assert one.reading is not None
    assert other.reading is not None
    assert one.reading.impacted is not None
    assert other.reading.impacted is not None
    assert one.reading.impacted.files != other.reading.impacted.files
    assert (one.reading.impacted.warnings, other.reading.impacted.warnings) == ((), (SHALLOW,))
    assert "changed for long" not in str(other.reading.impacted.files)
    # That the clone is shallow is said by one check and counts for nothing else.
    assert [it.id for it in one.evidence if it.check != "usage"] == [
        it.id for it in other.evidence if it.check != "usage"
    ]
    for full, cut in zip(one.evidence, other.evidence, strict=True):
        assert full.verdict == cut.verdict
        assert set(full.findings) == {it for it in cut.findings if "shallow" not in it.message}
    assert one.decision is not None
    assert other.decision is not None
    ruled = [
        [(it.alternative, it.outcome, it.rank, it.rule) for it in its.decision.rulings]
        for its in (one, other)
        if its.decision
    ]
    assert ruled[0] == ruled[1]


def test_a_record_names_the_files_to_look_at_by_hand(tmp_path: Path) -> None:
    folder = init(tmp_path / "shop")
    commit(
        folder,
        {
            "schemas/order.avsc": SCHEMA,
            "shop.py": WRITER,
            "src/OrderView.java": "class OrderView { String id; long amount; Order order; }\n",
        },
    )

    text = markdown(proposed(folder, "rename amount to total in order"))

    section = text.split("## Look at by hand")[1].split("\n## ")[0]
    assert "`src/OrderView.java:1`" in section


def test_records_of_earlier_decisions_are_on_no_list_and_take_no_place_of_another_file(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    init(folder)
    commit(folder, {"schemas/order.avsc": SCHEMA, "orders/writer.py": WRITER})
    asked = "remove amount from order"
    before = read_impact(open_place(folder), asked, ())
    records = {f"docs/decisions/{number}-order.md": f"remove amount of Order, {WRITER}{SCHEMA}" for number in range(30)}
    commit(folder, records)

    found = read_impact(open_place(folder), asked, ())

    assert [it.path for it in found.files] == [it.path for it in before.files]
    assert "orders/writer.py" in {it.path for it in found.files if it.list == "change"}


def looked(count: int, likely: int, shown: int) -> tuple[int, int]:
    """How many files are named and how many only counted, of so many to look at, the first ones of them likely."""
    files = tuple(
        ImpactedFile(f"docs/{number}.md", "look", 0.3 if number < likely else 0.01, (), ("names amount",))
        for number in range(count)
    )
    whole = faces.a_proposal()
    assert whole.reading
    found = replace(whole.reading, impacted=ImpactList(whole.request.commit, (), files, (), 40))
    at = look_at(replace(whole, reading=found), "", shown)
    return len(at.look), at.more


def test_a_file_is_only_counted_where_likelier_ones_or_enough_are_named() -> None:
    assert looked(3, 0, 3) == (3, 0)
    assert looked(9, 0, 3) == (3, 6)
    assert looked(9, 1, 3) == (1, 8)
    assert looked(9, 5, 3) == (3, 6)
    assert looked(0, 0, 3) == (0, 0)


@pytest.mark.parametrize("is_said", [True, False])
def test_the_command_that_lists_all_files_answers_as_the_proposal(
    is_said: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = init(tmp_path / "shop")
    commit(folder, {"schemas/order.avsc": SCHEMA, "it's.py": WRITER})
    asked = {"op": "rename_field", "subject": "order", "field": "amount", "to": "total"}
    workspace = Workspace.open(folder)
    words = "\nrename amount to total in order;\n" if is_said else ""
    proposal = workspace.load(workspace.propose(words, () if is_said else (json.dumps(asked),)))

    program, *arguments = shlex.split(impact_command(proposal))

    assert program == "pipeline-copilot"
    assert main([*arguments, "-C", str(folder)]) == EXIT_DONE
    assert "rename_field amount to total in" in capsys.readouterr().out
