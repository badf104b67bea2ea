"""Proposals on disk: appended whole, chained, and safe from crashes, other processes and full disks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from copilot.adapters.store import FileStore
from copilot.domain.codec import encode
from copilot.domain.decision import Rejection
from copilot.domain.operation import ChangeRequest, RenameField
from copilot.domain.proposal import Record, fold, written_digest
from copilot.errors import ProposalCorrupt, SurroundingsFailed, WrongUsage

ID = "p-0123456789"
NOON = "2026-01-01T12:00:00Z"
REQUEST = ChangeRequest("renâme \ud800 it", (RenameField("orders", "", "a", "b"),), "c" * 40, "Ada <ada@example.org>")
NO = Rejection("plan", "nothing", "Ada <ada@example.org>", NOON, "no\n" * 300)

FULL_DISK = """
import resource, sys
from pathlib import Path
from tests.adapters.test_store import ID, NO, NOON
from copilot.adapters.store import FileStore
from copilot.errors import SurroundingsFailed
folder = Path(sys.argv[1])
size = (folder / f"{ID}.jsonl").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300, size + 300))
try:
    FileStore(folder, lambda: NOON).append(ID, NO)
except SurroundingsFailed as error:
    print(error)
"""

APPENDER = """
import sys
from pathlib import Path
from tests.adapters.test_store import ID, NO, NOON
from copilot.adapters.store import FileStore
store = FileStore(Path(sys.argv[1]), lambda: NOON)
for _ in range(20):
    store.append(ID, NO)
"""

HOLDER = """
import sys, time
from pathlib import Path
from tests.adapters.test_store import ID, NOON
from copilot.adapters.store import FileStore
with FileStore(Path(sys.argv[1]), lambda: NOON).lock(ID):
    print("held", flush=True)
    time.sleep(60)
"""


def store(folder: Path) -> FileStore:
    return FileStore(folder, lambda: NOON)


def begun(folder: Path) -> FileStore:
    opened = store(folder)
    opened.append(ID, REQUEST)
    opened.append(ID, NO)
    return opened


def test_records_come_back_as_they_were_appended(tmp_path: Path) -> None:
    appended = begun(tmp_path)

    records = store(tmp_path).records(ID)

    assert [record.body for record in records] == [REQUEST, NO]
    assert records == appended.records(ID)
    assert records[1].previous == records[0].digest
    assert fold(ID, records).rejections == (NO,)


def test_another_process_appending_is_noticed(tmp_path: Path) -> None:
    mine = begun(tmp_path)
    store(tmp_path).append(ID, NO)

    mine.append(ID, NO)

    assert [record.number for record in store(tmp_path).records(ID)] == [0, 1, 2, 3]


def test_two_processes_appending_at_once_keep_one_chain(tmp_path: Path) -> None:
    begun(tmp_path)
    running = [subprocess.Popen([sys.executable, "-c", APPENDER, str(tmp_path)]) for _ in range(2)]

    assert [process.wait(60) for process in running] == [0, 0]
    assert len(store(tmp_path).records(ID)) == 42


def test_a_line_cut_short_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    begun(tmp_path)
    path = tmp_path / f"{ID}.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"half of a rec')

    assert len(store(tmp_path).records(ID)) == 2
    store(tmp_path).append(ID, NO)

    assert len(store(tmp_path).records(ID)) == 3
    assert [file.read_bytes() for file in tmp_path.glob("*.partial")] == [b'{"half of a rec']


@pytest.mark.parametrize("line", [1, 2])
def test_a_changed_line_is_named(tmp_path: Path, line: int) -> None:
    begun(tmp_path)
    path = tmp_path / f"{ID}.jsonl"
    lines = path.read_text().splitlines()
    lines[line - 1] = lines[line - 1].replace("Ada", "Eve", 1)
    path.write_text("\n".join(lines) + "\n")

    with pytest.raises(ProposalCorrupt) as caught:
        store(tmp_path).records(ID)
    assert caught.value.where == f"{path}:{line}"


@pytest.mark.parametrize("line", ["", "[]", "{}", "null", "nonsense", "[" * 100_000])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    begun(tmp_path)
    with open(tmp_path / f"{ID}.jsonl", "a") as file:
        file.write(line + "\n")

    with pytest.raises(ProposalCorrupt, match="changed or damaged") as caught:
        store(tmp_path).records(ID)
    assert caught.value.where.endswith(".jsonl:3")


def test_what_an_earlier_version_wrote_without_a_field_of_today_is_still_read(tmp_path: Path) -> None:
    rewrite(store(tmp_path).append(ID, REQUEST), tmp_path, without="limits")

    assert store(tmp_path).records(ID)[0].body == REQUEST


def test_what_another_version_wrote_that_can_not_be_read_is_said_to_be_of_another_version(tmp_path: Path) -> None:
    rewrite(store(tmp_path).append(ID, REQUEST), tmp_path, without="commit")

    with pytest.raises(ProposalCorrupt, match="Another version of this program") as caught:
        store(tmp_path).records(ID)
    assert caught.value.where == f"{tmp_path / ID}.jsonl:1"


def rewrite(record: Record, folder: Path, *, without: str) -> None:
    """Writes the first record as a version would that doesn't know a field of its body."""
    value = encode(record)
    del value["body"][without]
    (folder / f"{ID}.jsonl").write_text(json.dumps(value | {"digest": written_digest(value)}) + "\n")


def test_a_missing_line_breaks_the_chain(tmp_path: Path) -> None:
    begun(tmp_path).append(ID, NO)
    path = tmp_path / f"{ID}.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[2]]) + "\n")

    with pytest.raises(ProposalCorrupt):
        store(tmp_path).records(ID)


def test_nothing_is_appended_to_a_broken_chain(tmp_path: Path) -> None:
    begun(tmp_path)
    path = tmp_path / f"{ID}.jsonl"
    path.write_text(path.read_text().replace("Ada", "Eve"))
    before = path.read_bytes()

    with pytest.raises(ProposalCorrupt):
        store(tmp_path).append(ID, NO)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    begun(tmp_path)
    before = (tmp_path / f"{ID}.jsonl").read_bytes()

    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=60)

    assert "can't be written" in done.stdout, done.stderr
    assert (tmp_path / f"{ID}.jsonl").read_bytes() == before
    store(tmp_path).append(ID, NO)
    assert len(store(tmp_path).records(ID)) == 3


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(SurroundingsFailed, match="can't be written") as caught:
        store(tmp_path / "file" / "proposals").append(ID, REQUEST)
    assert "Nothing was lost" in caught.value.next


@pytest.mark.parametrize("id", ["../../etc/passwd", "p-1", "", "p-012345678g", "p-0123456789\n"])
def test_what_is_no_id_never_becomes_a_path(tmp_path: Path, id: str) -> None:
    with pytest.raises(WrongUsage, match="is not the id of a proposal"):
        store(tmp_path).records(id)


def test_an_unknown_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="There is no proposal"):
        store(tmp_path / "none").records(ID)
    assert store(tmp_path / "none").ids() == ()


def test_an_empty_file_left_by_a_crash_is_no_proposal_yet(tmp_path: Path) -> None:
    (tmp_path / f"{ID}.jsonl").touch()

    with pytest.raises(WrongUsage, match="There is no proposal"):
        store(tmp_path).records(ID)
    store(tmp_path).append(ID, REQUEST)
    assert len(store(tmp_path).records(ID)) == 1


def test_a_second_process_is_told_who_holds_the_proposal(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(SurroundingsFailed, match=f"worked on by process {holder.pid}"), store(tmp_path).lock(ID):
        pass
    holder.kill()
    holder.wait()
    with store(tmp_path).lock(ID):
        pass


def test_the_file_is_plain_json_lines(tmp_path: Path) -> None:
    begun(tmp_path)

    lines = (tmp_path / f"{ID}.jsonl").read_bytes().splitlines()

    assert [json.loads(line)["body"]["is"] for line in lines] == ["ChangeRequest", "Rejection"]
    assert os.stat(tmp_path / f"{ID}.jsonl").st_size > 0


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "dangling link"])
def test_what_is_no_file_of_its_own_is_neither_read_nor_written(tmp_path: Path, kind: str) -> None:
    path, outside = tmp_path / "proposals" / f"{ID}.jsonl", tmp_path / "outside"
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(outside)
    if kind == "link":
        outside.write_bytes(b"")
    store = FileStore(path.parent, lambda: NOON)

    with pytest.raises(ProposalCorrupt, match="is no file"):
        store.records(ID)
    with pytest.raises(ProposalCorrupt, match="is no file"):
        store.append(ID, REQUEST)

    assert not outside.exists() or outside.read_bytes() == b""
