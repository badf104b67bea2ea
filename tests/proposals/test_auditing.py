"""An unchanged tree is audited once; what changed is audited again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from copilot.proposals.auditing import audit_place
from copilot.proposals.reading import open_place
from tests import repositories

GOOD = '{"type": "record", "name": "Click", "fields": []}'


def rules(folder: Path, *, working_tree: bool = False) -> list[str]:
    return [finding.rule for finding in audit_place(open_place(folder, working_tree=working_tree))[1]]


def test_findings_of_an_unchanged_tree_are_kept(tmp_path: Path) -> None:
    repositories.init(tmp_path)
    repositories.commit(tmp_path, {"click.avsc": f"\ufeff{GOOD}", "order.avsc": GOOD[:-1]})

    first = audit_place(open_place(tmp_path))
    again = audit_place(open_place(tmp_path))

    assert again == first
    assert {finding.rule for finding in first[1]} == {"schema-byte-order-mark", "schema-unreadable"}


def test_what_changes_is_audited_again(tmp_path: Path) -> None:
    repositories.init(tmp_path)
    repositories.commit(tmp_path, {"click.avsc": GOOD, "notes.txt": "one"})
    assert rules(tmp_path) == []

    repositories.commit(tmp_path, {"click.avsc": f"\ufeff{GOOD}"})
    assert rules(tmp_path) == ["schema-byte-order-mark"]

    repositories.write(tmp_path, {"click.avsc": GOOD})
    assert rules(tmp_path) == ["schema-byte-order-mark"]
    assert rules(tmp_path, working_tree=True) == []


def test_kept_findings_are_read_without_what_finds_them(tmp_path: Path) -> None:
    repositories.init(tmp_path)
    repositories.commit(tmp_path, {"click.avsc": f"\ufeff{GOOD}"})
    code = "import sys; from copilot.cli.main import main; main(('audit', sys.argv[1]))"
    seen = f"{code}; print('copilot.findings.catalogue' in sys.modules)"

    printed = [subprocess.check_output([sys.executable, "-c", seen, str(tmp_path)], text=True) for _ in range(2)]

    assert [text.splitlines()[-1] for text in printed] == ["True", "False"]
    assert printed[0].splitlines()[:-1] == printed[1].splitlines()[:-1]
