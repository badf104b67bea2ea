"""What a disk that fills up in the middle of a record leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from copilot.adapters.store import FileStore

ID = "p-0123456789"
# The limit is lifted again while the file is still open, as when other files go or the failed half is taken back.
FILLING_UP = """
import os, resource, sys
from pathlib import Path
from copilot.adapters.store import FileStore
from copilot.domain.decision import Rejection
from copilot.domain.operation import ChangeRequest
from copilot.errors import SurroundingsFailed
store = FileStore(Path(sys.argv[1]), lambda: "2026-01-01T00:00:00Z")
store.append("p-0123456789", ChangeRequest("", (), "c" * 40, "ada"))
size = (Path(sys.argv[1]) / "p-0123456789.jsonl").stat().st_size
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300, most))
truncate = os.ftruncate
def relieved(descriptor, length):
    truncate(descriptor, length)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
os.ftruncate = relieved
try:
    store.append("p-0123456789", Rejection("plan", "alias-000001", "ada", "noon", "n" * 3000))
except SurroundingsFailed as error:
    print(error.what)
"""


def test_nothing_of_a_failed_record_is_written_later(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, "-c", FILLING_UP, str(tmp_path)], env=environment, capture_output=True, timeout=60, check=True
    )

    assert b"can't be written" in ran.stdout
    assert len(FileStore(tmp_path, lambda: "").records(ID)) == 1
    assert (tmp_path / f"{ID}.jsonl").read_bytes().endswith(b"}\n")
