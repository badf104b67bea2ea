"""Mines real schema changes from clones: commits in which a record's fields changed and a few other files changed with it.

A case is one commit: the operations that its schema diff amounts to, and the files that existed before and were touched. Only file
names, commit ids and names of records and fields are kept, no text of anybody's.
"""

from __future__ import annotations

import difflib
import posixpath
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.impact.shape_reader import shapes_in
from copilot.impact.shapes import Shape

FILES_MIN, FILES_MAX = 2, 8
OPERATIONS_MAX = 3
CASES_MAX = 14
COMMITS_MAX = 20_000
DAYS_AFTER = 30
BYTES_MAX = 400_000
_KINDS = {".avsc": "avro", ".proto": "protobuf", ".json": "json", ".py": "python"}
_NOT_OURS = re.compile(
    r"(^|/)(vendor|third_party|node_modules|external|site-packages|testdata|fixtures?|examples?|tests?|test_data)/|_pb2|/test_|^test_|"
    r"package(-lock)?\.json|tsconfig|composer\.json|\.min\.|_test\.py|conftest|setup\.py|migrations?/|versions/\w+_.*\.py|alembic"
)
_PYTHON_HOMES = re.compile(
    r"(schema|model|record|struct|table|column|entit|event|message|types?|dataset|source)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with what it did: (status, path, blob before, blob after)."""

    id: str
    parent: str
    seconds: int
    changes: tuple[tuple[str, str, str, str], ...]


def clone_name(clone: Path) -> str:
    """Returns what tells the clone from others."""
    return clone.parent.name if clone.name in ("repo", ".git") else clone.name


def mined(clone: Path, cases_max: int) -> list[dict[str, object]]:
    """Returns the cases of one clone, spread over its history, oldest first."""
    commits = list(commits_of(clone))
    fitting = [commit for commit in commits if _fits(commit)]
    found: list[dict[str, object]] = []
    blobs = Blobs(clone)
    # Every n-th first, then the ones between: a few cases come from all of a long history.
    order = [commit for start in range(16) for commit in fitting[start::16]]
    seen: set[str] = set()
    for commit in order:
        case = _case(commit, blobs)
        if case is None or str(case["key"]) in seen:
            continue
        seen.add(str(case["key"]))
        found.append({"repository": clone_name(clone), **case, "later": _later(commit, commits)})
        if len(found) >= cases_max:
            break
    blobs.close()
    return sorted(found, key=lambda case: str(case["commit"]))


def commits_of(clone: Path) -> Iterator[Commit]:
    """Yields the commits with one parent, newest first."""
    printed = _git(
        clone, "log", "--no-merges", f"--max-count={COMMITS_MAX}", "--raw", "--no-abbrev", "--no-renames", "-z",
        "--format=%x01%H %P %ct", "HEAD",
    )  # fmt: skip
    for block in printed.split(b"\x01")[1:]:
        header, _, rest = block.partition(b"\0")
        head, _, more = header.partition(b"\n")
        words = head.decode().split()
        if len(words) != 3:
            continue
        parts = [part for part in (more + b"\0" + rest if more else rest).split(b"\0") if part.strip(b"\n")]
        changes = []
        for meta, path in zip(parts[::2], parts[1::2], strict=False):
            fields = meta.strip(b"\n").decode().split(" ")
            changes.append((fields[4][:1], path.decode("utf-8", "replace"), fields[2], fields[3]))
        yield Commit(words[0], words[1], int(words[2]), tuple(changes))


def _fits(commit: Commit) -> bool:
    if not FILES_MIN <= len(commit.changes) <= FILES_MAX:
        return False
    existing = [path for status, path, _, _ in commit.changes if status in "MDT"]
    return len(existing) >= FILES_MIN and any(
        _is_schema(path) for status, path, _, _ in commit.changes if status == "M"
    )


def _is_schema(path: str) -> bool:
    suffix = posixpath.splitext(path)[1]
    if suffix not in _KINDS or _NOT_OURS.search(path):
        return False
    return suffix != ".py" or bool(_PYTHON_HOMES.search(path))


def _case(commit: Commit, blobs: Blobs) -> dict[str, object] | None:
    best: tuple[int, str, str, list[dict[str, str]]] | None = None
    for status, path, before, after in commit.changes:
        if status != "M" or not _is_schema(path):
            continue
        old, new = blobs.text(before), blobs.text(after)
        if old is None or new is None:
            continue
        operations = list(_operations(path, shapes_in(path, old), shapes_in(path, new)))
        if not 1 <= len(operations) <= OPERATIONS_MAX:
            continue
        kind = _kind(path, old)
        rank = ("avro", "protobuf", "bigquery", "json-schema", "python").index(kind)
        if best is None or rank < best[0]:
            best = (rank, kind, path, operations)
    if best is None:
        return None
    _, kind, path, operations = best
    touched = sorted(name for status, name, _, _ in commit.changes if status in "MDT")
    names = sorted(f"{it['op']} {it['record']} {it['field']}" for it in operations)
    return {
        "commit": commit.id, "parent": commit.parent, "seconds": commit.seconds, "kind": kind, "path": path,
        "operations": operations, "touched": touched, "added": sum(status == "A" for status, *_ in commit.changes),
        "key": f"{kind} {path.rpartition('/')[2]} {' '.join(names)}",
    }  # fmt: skip


def _kind(path: str, text: str) -> str:
    kind = _KINDS[posixpath.splitext(path)[1]]
    if kind != "json":
        return kind
    return "json-schema" if '"properties"' in text or '"$schema"' in text else "bigquery"


def _operations(path: str, old: Sequence[Shape], new: Sequence[Shape]) -> Iterator[dict[str, str]]:
    before, after = _by_name(path, old), _by_name(path, new)
    for name in before.keys() & after.keys():
        was = {field.name: field.type for field in before[name].fields}
        now = {field.name: field.type for field in after[name].fields}
        if len(was) < 2:
            continue
        gone, fresh = [it for it in was if it not in now], [it for it in now if it not in was]
        common = {"subject": path, "record": name}
        if len(gone) == len(fresh) == 1 and _is_rename(gone[0], fresh[0], was, now):
            yield {"op": "rename_field", **common, "field": gone[0], "to": fresh[0]}
            continue
        symbol = "symbol" in was.values()
        for field in gone:
            yield {"op": "remove_symbol" if symbol else "remove_field", **common, "field": field} | (
                {"symbol": field} if symbol else {}
            )
        for field in fresh:
            if symbol:
                yield {"op": "add_symbol", **common, "field": field, "symbol": field}
            else:
                yield {"op": "add_field", **common, "field": field, "type": now[field]}
        for field in was.keys() & now.keys():
            if was[field] and now[field] and was[field] != now[field]:
                yield {"op": "change_type", **common, "field": field, "type": now[field]}


def _by_name(path: str, shapes: Iterable[Shape]) -> dict[str, Shape]:
    """Returns the shapes that a case may be about; in Python a literal dict only where its name says what it is."""
    found = {shape.name: shape for shape in shapes}
    if not path.endswith(".py"):
        return found
    home = re.compile(r"schema|field|column|record|struct|table|^[A-Z]", re.IGNORECASE)
    return {
        name: shape for name, shape in found.items()
        if name[:1].isupper() or (home.search(name) and all(field.name.isidentifier() for field in shape.fields))
    }  # fmt: skip


def _is_rename(old: str, new: str, was: dict[str, str], now: dict[str, str]) -> bool:
    alike = difflib.SequenceMatcher(None, old.lower(), new.lower()).ratio()
    same_place = list(was).index(old) == list(now).index(new)
    return was[old] == now[new] and (alike >= 0.5 or same_place)


def _later(commit: Commit, commits: Sequence[Commit]) -> list[str]:
    """Returns the files that existed and were touched within 30 days after the commit, on the whole branch."""
    until = commit.seconds + DAYS_AFTER * 86_400
    after = [it for it in commits if commit.seconds < it.seconds <= until and len(it.changes) <= FILES_MAX]
    return sorted({path for it in after for status, path, _, _ in it.changes if status in "MDT"})


class Blobs:
    """Reads blobs through one git process."""

    def __init__(self, clone: Path) -> None:
        self._process = subprocess.Popen(
            ["git", "-C", str(clone), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def text(self, digest: str) -> str | None:
        """Returns the blob as text, None where it is none or too large."""
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(digest.encode() + b"\n")
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) != 3:
            return None
        data = process.stdout.read(int(header[2]))
        process.stdout.read(1)
        return None if b"\0" in data or len(data) > BYTES_MAX else data.decode("utf-8", "replace")

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def _git(clone: Path, *args: str) -> bytes:
    return subprocess.run(["git", "-C", str(clone), *args], check=True, capture_output=True).stdout
