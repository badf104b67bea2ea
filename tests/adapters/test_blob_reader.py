"""Small requests for blobs, answered by one process that keeps running."""

from __future__ import annotations

import threading
from pathlib import Path

from copilot.adapters.blob_reader import FEW, BlobReader
from copilot.adapters.git import Git
from tests import repositories

ABSENT = "0" * 39 + "1"


def blobs(folder: Path, *texts: str) -> dict[str, bytes]:
    """Returns blobs of a new repository by their ids."""
    repositories.init(folder)
    repositories.commit(folder, {f"{number}.txt": text for number, text in enumerate(texts)})
    ids = [repositories.git(folder, "rev-parse", f"HEAD:{number}.txt") for number in range(len(texts))]
    return dict(zip(ids, (text.encode() for text in texts), strict=True))


def test_each_blob_is_told_as_it_is_and_one_that_is_missing_as_none(tmp_path: Path) -> None:
    known = blobs(tmp_path, "", "one\ntwo missing\n", "no line end", "ключ\n" * 40_000)
    reader = BlobReader(Git(tmp_path))

    assert reader.read([*known, ABSENT]) == known | {ABSENT: None}
    assert reader.read([ABSENT]) == {ABSENT: None}
    assert reader.read([]) == {}
    assert reader.read(known) == known


def test_a_process_that_died_is_made_up_for(tmp_path: Path) -> None:
    known = blobs(tmp_path, "one", "two")
    reader = BlobReader(Git(tmp_path))
    reader.read(known)
    assert reader._process is not None

    reader._process.kill()
    reader._process.wait()

    assert reader.read(known) == known
    assert reader.read([ABSENT]) == {ABSENT: None}


def test_more_than_a_few_are_read_too(tmp_path: Path) -> None:
    known = blobs(tmp_path, *(str(number) for number in range(FEW + 1)))

    assert BlobReader(Git(tmp_path)).read(known) == known


def test_threads_get_what_they_asked_for(tmp_path: Path) -> None:
    known = blobs(tmp_path, *(f"text {number}\n" * number for number in range(40)))
    reader = BlobReader(Git(tmp_path))
    wrong: list[str] = []

    def ask(digest: str) -> None:
        wrong.extend([] if reader.read([digest]) == {digest: known[digest]} else [digest])

    threads = [threading.Thread(target=ask, args=(digest,)) for digest in known]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
