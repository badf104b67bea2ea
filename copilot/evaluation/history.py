"""What people changed together is what the copilot should have named: it is asked at the parent of each commit, and scored.

Nothing later than the parent is read. Of the repository only commit ids, file names and names of fields come into the report.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from copilot.adapters.changelog import GitChangeLog
from copilot.adapters.git import Repository, open_repository
from copilot.adapters.index import SqliteIndex
from copilot.adapters.tree import CommitTree
from copilot.domain.impacted import AskedChange
from copilot.errors import CopilotError, SurroundingsFailed
from copilot.evaluation.baselines import BASELINES, Score
from copilot.evaluation.mining import CASES_MAX, clone_name, mined
from copilot.impact.answer import see
from copilot.impact.ranking import rank, split
from copilot.impact.weights import WEIGHTS
from copilot.plugins import load_formats
from copilot.ports import SchemaFormat
from copilot.proposals import Workspace

CLONE_SECONDS_MAX = 600
_ADDRESS = re.compile(r"(https|ssh|git)://[^\s]+|[\w.-]+@[\w.-]+:[^\s]+")
Edit = Literal["chosen", "offered", "another", "not understood", "no Avro schema"]


@dataclass(frozen=True, slots=True)
class PastJudged:
    """One commit: the files of each list, those that people touched then and in the next 30 days, and the schema edit."""

    commit: str
    kind: str
    lists: Mapping[str, tuple[str, ...]]
    both: tuple[str, ...]
    touched: frozenset[str]
    later: frozenset[str]
    edit: Edit


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What came of one repository; `problem` says why nothing did."""

    name: str
    cases: tuple[PastJudged, ...]
    problem: str = ""


def judge_history(place: str, folder: Path, cases_max: int = CASES_MAX) -> HistoryReport:
    """Mines a local repository, or one at an address that is cloned into the folder, and judges its cases."""
    try:
        # A clone of its own in any case: proposals are kept beside the git objects, and those of a person's repository are theirs.
        if _ADDRESS.fullmatch(place):
            path = _cloned(place, folder)
        else:
            path = _cloned(str(open_repository(Path(place)).where), folder, "--shared")
        repository = open_repository(path)
        found = mined(path, cases_max)
        index = SqliteIndex(folder / "index.sqlite")
        try:
            return HistoryReport(_name(place), tuple(_judged(case, repository, index) for case in found))
        finally:
            index.close()
    except (CopilotError, OSError, subprocess.CalledProcessError) as error:
        return HistoryReport(place, (), error.what if isinstance(error, CopilotError) else str(error))


def _name(place: str) -> str:
    found = clone_name(Path(place.rstrip("/")).resolve()) if not _ADDRESS.fullmatch(place) else place.rstrip("/")
    return found.rpartition("/")[2].removesuffix(".git") or place


def _cloned(address: str, folder: Path, *more: str) -> Path:
    target = folder / "clone"
    options = ["-c", "protocol.ext.allow=never", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]
    try:
        subprocess.run(
            ["git", *options, "clone", "--quiet", "--no-checkout", *more, "--", address, str(target)],
            check=True,
            capture_output=True,
            timeout=CLONE_SECONDS_MAX,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise SurroundingsFailed(f"Cloning took over {CLONE_SECONDS_MAX} s.", where=address) from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SurroundingsFailed(f"It can't be cloned: {' '.join(reason)}", where=address) from None
    return target


def _judged(case: Mapping[str, Any], repository: Repository, index: SqliteIndex) -> PastJudged:
    tree = CommitTree(repository, case["parent"], index)
    asked = tuple(_asked(it) for it in case["operations"])
    seen = see(asked, tree, index, GitChangeLog(repository, case["parent"], index))
    change, look = split(rank(asked, seen.files, WEIGHTS))
    there = {entry.path for entry in tree.snapshot.entries}
    lists = {name: tuple(baseline(seen.files)) for name, baseline in BASELINES.items()}
    lists["impact"] = tuple(it.facts.path for it in change)
    return PastJudged(
        commit=case["commit"],
        kind=case["kind"],
        lists=lists,
        both=(*lists["impact"], *(it.facts.path for it in look)),
        touched=frozenset(case["touched"]) & there,
        later=frozenset(case["later"]) & there,
        edit=_edit(case, repository),
    )


def _asked(operation: Mapping[str, str]) -> AskedChange:
    more = (operation.get(key, "") for key in ("to", "type", "symbol"))
    return AskedChange(operation["op"], operation["subject"], operation["record"], operation["field"], *more)


def _edit(case: Mapping[str, Any], repository: Repository) -> Edit:
    """Tells whether the copilot's schema edit is that of the people, by what the schemas mean."""
    if case["kind"] != "avro":
        return "no Avro schema"
    avro = load_formats()["avro"]
    trees = {at: CommitTree(repository, case[at]) for at in ("parent", "commit")}
    texts = {at: getattr(tree.read([case["path"]])[case["path"]], "text", "") for at, tree in trees.items()}
    wanted = _meaning(avro, texts["commit"])
    try:
        asked = [json.dumps(it) for it in _operations(case, texts["commit"])]
        workspace = Workspace.open(str(repository.where), at=case["parent"])
        id = workspace.propose("", asked)
        for _ in workspace.advance(id):
            pass
    except (CopilotError, ValueError, KeyError):
        return "not understood"
    proposal = workspace.load(id)
    chosen = proposal.decision.chosen if proposal.decision else ""
    same = {
        one.alternative
        for one in proposal.compiled
        for patch in one.patches
        for change in patch.changes
        if change.path == case["path"] and change.after and _meaning(avro, change.after) == wanted
    }
    return "chosen" if chosen in same else "offered" if same else "another"


def _operations(case: Mapping[str, Any], after: str) -> Iterator[dict[str, Any]]:
    """Yields the operations as `--operation` takes them: types and defaults as the commit has them."""
    fields = dict(_fields(json.loads(after)))
    for it in case["operations"]:
        asked: dict[str, Any] = {"op": it["op"], "subject": case["path"], "record": it["record"], "field": it["field"]}
        known = fields.get((it["record"].rpartition(".")[2], it["field"]), {})
        if it["op"] in ("add_field", "change_type"):
            asked |= {
                key: known[key]
                for key in ("type", "default")
                if key in known and (it["op"] == "add_field" or key == "type")
            }
        yield asked | {key: it[key] for key in ("to", "symbol") if key in it}


def _fields(schema: Any) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    if isinstance(schema, list):
        for one in schema:
            yield from _fields(one)
    elif isinstance(schema, dict):
        for field in schema.get("fields", ()) if isinstance(schema.get("fields"), list) else ():
            yield (str(schema.get("name", "")).rpartition(".")[2], str(field.get("name", ""))), field
            yield from _fields(field.get("type"))
        for key in ("items", "values"):
            yield from _fields(schema.get(key))


def _meaning(avro: SchemaFormat, text: str) -> str:
    """Returns the fields with their types and defaults: what people write beside them may differ."""
    try:
        schema = json.loads(text)
    except ValueError:
        return text
    shown = {key: {part: one.get(part, "-") for part in ("type", "default")} for key, one in _fields(schema)}
    return json.dumps(sorted((str(key), json.dumps(value, sort_keys=True)) for key, value in shown.items()))


def history_markdown(reports: Sequence[HistoryReport]) -> str:
    """Returns the figures of several repositories as Markdown: each by itself, and all together."""
    lines = ["# What people changed together", ""]
    lines += [f"- {it.name}: {len(it.cases)} commits{f': {it.problem}' if it.problem else ''}" for it in reports]
    cases = [case for report in reports for case in report.cases]
    if not cases:
        return (
            "\n".join([*lines, "", "Nothing was mined: no commit changed fields of a schema and other files with it."])
            + "\n"
        )
    lines += [
        "",
        "| list | commits | micro F1 | macro F1 | listed | touched |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in ("impact", *BASELINES):
        own, later = Score(), Score()
        for case in cases:
            own.add(case.lists[name], case.touched)
            later.add(case.lists[name], case.touched | (case.later & set(case.lists[name])))
        lines += [own.row(name), later.row(f"{name}, next 30 days too")]
    for report in reports:
        score = Score()
        for case in report.cases:
            score.add(case.lists["impact"], case.touched)
        if report.cases:
            lines.append(score.row(f"impact, {report.name} alone"))
    hits, touched = sum(len(set(it.both) & it.touched) for it in cases), sum(len(it.touched) for it in cases)
    lines += ["", f"Recall of both lists: {hits} of {touched} files."]
    edits = [case.edit for case in cases if case.edit != "no Avro schema"]
    if edits:
        shown = ", ".join(f"{edits.count(it)} {it}" for it in dict.fromkeys(sorted(edits)))
        lines.append(f"The schema edit of the people, of {len(edits)} Avro commits: {shown}.")
    return "\n".join(lines) + "\n"
