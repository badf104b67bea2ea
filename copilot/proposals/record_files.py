"""The decision record: the two files that are committed with a change, found again later, and marked when it is undone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from copilot.domain.operation import ChangeRequest
from copilot.domain.proposal import Proposal
from copilot.domain.source import SourceFile, TreeEntry
from copilot.domain.visible import is_hidden
from copilot.errors import WrongUsage
from copilot.ports import Tree

SLUG_LENGTH_MAX = 40
NAME_ATTEMPTS_MAX = 100
UNDONE_HEADING = "## Undone"


@dataclass(frozen=True, slots=True)
class RecordFiles:
    """The record as files, by path."""

    markdown_path: str
    markdown: str
    json_path: str
    json: str

    def files(self) -> dict[str, bytes]:
        """Returns the bytes to commit."""
        return {self.markdown_path: _bytes(self.markdown), self.json_path: _bytes(self.json)}


def record_files(proposal: Proposal, alternative: str, folder: str, at: str, base: Iterable[TreeEntry]) -> RecordFiles:
    """Returns the record of a decided proposal, applied as that alternative, under names that the base doesn't use."""
    from copilot.reasons.document import record_document
    from copilot.reasons.render import markdown

    modes = {entry.path: entry.mode for entry in base}
    _check_folder(folder, modes)
    stem = _free_stem(f"{folder}/{at[:10]}-{slug_of(proposal.request)}", lambda path: path in modes)
    text = markdown(proposal).rstrip("\n") + "\n"
    return RecordFiles(f"{stem}.md", text, f"{stem}.json", _json_text(record_document(proposal, alternative)))


def find_record(tree: Tree, proposal: str, folder: str) -> RecordFiles | None:
    """Returns the record of a proposal in a tree, wherever in the folder it was moved to."""
    entries = tree.snapshot.entries
    candidates = [
        entry.path for entry in entries if entry.path.startswith(f"{folder}/") and entry.path.endswith(".json")
    ]
    for path, file in tree.read(candidates).items():
        if isinstance(file, SourceFile) and _proposal_in(file.text) == proposal:
            markdown_path = path.removesuffix(".json") + ".md"
            markdown = tree.read([markdown_path])[markdown_path]
            return RecordFiles(
                markdown_path, markdown.text if isinstance(markdown, SourceFile) else "", path, file.text
            )
    return None


def marked_undone(record: RecordFiles, *, by: str, at: str, source: str) -> dict[str, bytes]:
    """Returns the record's files with a note that the change was taken back; what they said before stays."""
    note = f"\n{UNDONE_HEADING}\n\n{at} by {by}: the files were restored on top of {source}.\n"
    document = json.loads(record.json)
    document["state"] = "undone"
    files = {record.json_path: _bytes(_json_text(document))}
    if record.markdown:
        files[record.markdown_path] = _bytes(record.markdown.rstrip("\n") + "\n" + note)
    return files


def slug_of(request: ChangeRequest) -> str:
    """Returns a short name of the request for files and branches, in lower case with "-"."""
    words = request.text or " ".join(
        f"{operation.op} {operation.field} {operation.subject}" for operation in request.operations
    )
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    if len(slug) > SLUG_LENGTH_MAX:
        whole_words = slug[: SLUG_LENGTH_MAX + 1].rpartition("-")[0]
        slug = whole_words or slug[:SLUG_LENGTH_MAX]
    return slug or "change"


def _json_text(document: Mapping[str, object]) -> str:
    """One line for each alternative and each evidence: indented all through, a record would have thousands."""
    members = [f"{json.dumps(key)}: {_member_text(value)}" for key, value in document.items()]
    return "{\n  " + ",\n  ".join(members) + "\n}\n"


def _member_text(value: object) -> str:
    if not isinstance(value, list) or not value:
        return _value_text(value)
    return "[\n    " + ",\n    ".join(map(_value_text, value)) + "\n  ]"


def _value_text(value: object) -> str:
    """Returns JSON in which letters stand as they are, and what can't be seen, or would turn lines around, as escapes."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isascii() and text.isprintable():
        return text
    return "".join(json.dumps(letter)[1:-1] if is_hidden(letter) else letter for letter in text)


def _bytes(text: str) -> bytes:
    # A request may carry bytes of a terminal that are no UTF-8; in JSON and in Markdown they stay visible as escapes.
    return text.encode("utf-8", "backslashreplace")


def _free_stem(wanted: str, is_taken: Callable[[str], bool]) -> str:
    for attempt in range(1, NAME_ATTEMPTS_MAX + 1):
        stem = wanted if attempt == 1 else f"{wanted}-{attempt}"
        if not is_taken(f"{stem}.md") and not is_taken(f"{stem}.json"):
            return stem
    raise WrongUsage(f"All names like {wanted}.md are taken.", next="Move old decision records to another folder.")


def _check_folder(folder: str, modes: Mapping[str, str]) -> None:
    parts = folder.split("/")
    for count in range(1, len(parts) + 1):
        part = "/".join(parts[:count])
        if part in modes:
            raise WrongUsage(
                f"The decision record can't be kept in {folder}: {part} is not a folder in this repository.",
                where="copilot.toml",
                next='Name another folder: [decisions] folder = "...".',
            )


def _proposal_in(text: str) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("proposal", "")) if isinstance(found, dict) else ""
