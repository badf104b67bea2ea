"""Keeps what was said to a model and what it answered, and answers from that again, without network and without key.

A folder of JSON files, one for a request, named by the SHA-256 of the request's body. They hold no header and so no key. A file
that was changed afterwards no longer fits its digests and must say of itself that it is hand-written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.adapters.messages_json import body_of, reply_of
from copilot.domain.codec import canonical, digest_of_text
from copilot.errors import ModelFailed, SurroundingsFailed, WrongUsage

if TYPE_CHECKING:
    from copilot.domain.model import Call, Reply, Usage
    from copilot.ports import Model

RECORDED = "recorded"
HAND_WRITTEN = "hand-written"
FILES_MAX = 2_000
FILE_BYTES_MAX = 8_000_000
_EXCERPT = 60


class RecordingModel:
    """Asks another model, and keeps each exchange in a folder, failures too."""

    def __init__(self, model: Model, folder: Path) -> None:
        self._model, self._folder = model, folder

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def server(self) -> str:
        return self._model.server

    @property
    def forces_by_name(self) -> bool:
        return self._model.forces_by_name

    def request(self, call: Call) -> str:
        return self._model.request(call)

    def reply(self, raw: str) -> Reply:
        return self._model.reply(raw)

    def cost_dollars(self, usage: Usage) -> float | None:
        return self._model.cost_dollars(usage)

    def ask(self, call: Call, seconds: float) -> Reply:
        """Asks and keeps the answer; raises SurroundingsFailed where it can't be kept."""
        try:
            reply = self._model.ask(call, seconds)
        except ModelFailed as failure:
            told = {"kind": failure.kind, "what": failure.what, "next": failure.next, "partial": failure.partial}
            self._keep(call, {"failure": told})
            raise
        self._keep(call, {"reply": json.loads(reply.raw)})
        return reply

    def _keep(self, call: Call, answer: Mapping[str, Any]) -> None:
        request = self.request(call)
        digest = digest_of_text(request)
        entry = {
            "origin": RECORDED,
            "digest": digest,
            "answer_digest": digest_of_text(canonical(answer)),
            "server": self.server,
            "model": self.name,
            "forces_by_name": self.forces_by_name,
            "request": json.loads(request),
            **answer,
        }
        file = self._folder / f"{digest}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Whole or not at all: a half-written file would end every later run.
            partial = file.with_suffix(".partial")
            partial.write_text(json.dumps(entry, indent=1, ensure_ascii=False) + "\n", "utf-8")
            partial.replace(file)
        except OSError as error:
            raise SurroundingsFailed(
                f"The exchange can't be kept: {error.strerror}.", where=file, next="Name another folder: --record DIR."
            ) from None


class RecordedModel:
    """Answers from a folder of recordings. `server` is "recorded", "hand-written" where any of them was written by hand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries = dict(_entries(folder))
        if not self._entries:
            raise WrongUsage("There are no recordings.", where=folder, next="Make them with --record DIR.")
        makers = {(str(it.get("model", "")), it.get("forces_by_name") is True) for it in self._entries.values()}
        if len(makers) > 1:
            named = ", ".join(sorted(name for name, _ in makers))
            next = "Keep those of each model in a folder of their own."
            raise WrongUsage(f"These recordings were made with several models: {named}.", where=folder, next=next)
        ((self._name, self._forces_by_name),) = makers
        is_recorded = all(it.get("origin") == RECORDED for it in self._entries.values())
        self._server = RECORDED if is_recorded else HAND_WRITTEN

    @property
    def name(self) -> str:
        return self._name

    @property
    def server(self) -> str:
        return self._server

    @property
    def forces_by_name(self) -> bool:
        return self._forces_by_name

    def request(self, call: Call) -> str:
        return canonical(body_of(call, self._name, is_claude=self._forces_by_name))

    def reply(self, raw: str) -> Reply:
        return reply_of(json.loads(raw), self._name)

    def cost_dollars(self, usage: Usage) -> None:
        """Costs nothing, and what it once cost is not known."""
        return None

    def ask(self, call: Call, seconds: float) -> Reply:
        """Returns the recorded answer, raises the recorded failure, or tells which request missed."""
        request = self.request(call)
        entry = self._entries.get(digest_of_text(request))
        if entry is None:
            raise self._missed(json.loads(request))
        if "failure" in entry:
            told = {name: str(entry["failure"].get(name, "")) for name in ("kind", "what", "next", "partial")}
            raise ModelFailed(
                told["kind"], told["what"], where=self._server, next=told["next"], partial=told["partial"]
            )
        return reply_of(entry["reply"], self._name)

    def _missed(self, request: dict[str, Any]) -> ModelFailed:
        digest = digest_of_text(canonical(request))
        asked = request.get("tool_choice", {}).get("name") or ", ".join(it["name"] for it in request.get("tools", ()))
        begins = _short(str(next((part["text"] for part in request.get("system", ())), "")).strip())
        what = f'No recording answers request {digest[:12]}, which asks for {asked or "plain words"} ("{begins}").'
        next_step = f"Record it anew, or write {digest}.json by hand. {self._nearest(request)}"
        return ModelFailed("missed", what, where=self._folder, next=next_step.strip())

    def _nearest(self, request: dict[str, Any]) -> str:
        """Tells which recording is nearest to a request, and the first place where they differ."""
        asked = dict(_leaves(request))
        others = {id: dict(_leaves(it["request"])) for id, it in self._entries.items() if "request" in it}
        if not others:
            return ""
        apart = {
            id: [at for at in {**asked, **leaves} if asked.get(at) != leaves.get(at)] for id, leaves in others.items()
        }
        id = min(apart, key=lambda it: (len(apart[it]), it))
        at = apart[id][0]
        here, there = _difference(asked.get(at, "nothing"), others[id].get(at, "nothing"))
        return f'The nearest is {id[:12]}; {len(apart[id])} places differ, first {at}: "{here}" here, "{there}" there.'


def _entries(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields the recordings of a folder by the digest of their request; raises WrongUsage for a file that is none."""
    try:
        files = sorted(folder.glob("*.json"))
        if not folder.is_dir():
            raise WrongUsage("There is no such folder of recordings.", where=folder, next="Make it with --record DIR.")
        if len(files) > FILES_MAX:
            raise WrongUsage(f"More than {FILES_MAX} files are no recordings of one line.", where=folder)
        for file in files:
            yield _entry(file)
    except OSError as error:
        raise WrongUsage(f"The recordings can't be read: {error.strerror}.", where=folder) from None


def _entry(file: Path) -> tuple[str, dict[str, Any]]:
    def wrong(what: str, next: str = "Record it anew with --record DIR.") -> WrongUsage:
        return WrongUsage(what, where=file, next=next)

    if file.stat().st_size > FILE_BYTES_MAX:
        raise wrong(f"The recording is larger than {FILE_BYTES_MAX} bytes.")
    try:
        entry = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise wrong(f"The recording is no JSON: {error}.") from None
    answers = [name for name in ("reply", "failure") if isinstance(entry, dict) and isinstance(entry.get(name), dict)]
    if len(answers) != 1 or not isinstance(entry.get("request", {}), dict):
        raise wrong('The recording needs a "reply", or a "failure".')
    if entry.get("origin") not in (RECORDED, HAND_WRITTEN):
        raise wrong("The recording does not say where it is from.", f'Write "origin": "{HAND_WRITTEN}".')
    digest = digest_of_text(canonical(entry["request"])) if "request" in entry else file.stem
    if entry["origin"] == RECORDED:
        answer = digest_of_text(canonical({answers[0]: entry[answers[0]]}))
        if (entry.get("digest"), entry.get("answer_digest")) != (digest, answer):
            raise wrong(
                "The recording was changed after it was made.", f'Write "origin": "{HAND_WRITTEN}", or record it anew.'
            )
    return digest, entry


def _leaves(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{at}.{name}" if at else name)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{at}[{number}]")
    else:
        yield at, value if isinstance(value, str) else canonical(value)


def _difference(here: str, there: str) -> tuple[str, str]:
    """Returns the first lines in which two texts differ, from shortly before the difference on."""
    ours, theirs = here.splitlines() or [""], there.splitlines() or [""]
    number = next((at for at, (one, two) in enumerate(zip(ours, theirs, strict=False)) if one != two), None)
    if number is None:
        number = min(len(ours), len(theirs))
    one, two = (lines[number] if number < len(lines) else "" for lines in (ours, theirs))
    same = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    begin = max(same - _EXCERPT // 2, 0)
    return _short(one[begin:]), _short(two[begin:])


def _short(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"
