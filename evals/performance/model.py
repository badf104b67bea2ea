"""Prints what a proposal asks of a model: requests, tokens, the wait for its first record, and what our loop adds to a call.

The model is a script on loopback that frames, looks around twice, suggests one alternative and refutes nothing. It counts tokens as
characters by four, and keeps the beginning of a request where it is told to, as Claude does; real counts are those of a tokenizer.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generate import generate

from copilot.cli.modelling import own_model
from copilot.domain.model import Exchange, ModelLimits, used
from copilot.example.build import build_repository
from copilot.planners.talk import Question, Talk
from copilot.plugins import build_model, build_prompts
from copilot.proposals import Workspace
from tests import messages_server as say
from tests.messages_server import MessagesServer, Reply

CHARACTERS_OF_A_TOKEN = 4
CALLS_TIMED = 40
# Six of the ten files of a service are Python.
PYTHON_FILES = (100, 1_000)
WORDS = {
    "example": "we need to know what people saved on each order, some partners don't send it",
    "services": "event 7 must tell which customer it was, old services don't send it",
}
_SUBJECT = re.compile(r"^schema (\S+) \(avro record \S*?(\w+), .*?, (\S+)\)$", re.MULTILINE)


class Script:
    """Answers each request as a plausible model would, and counts as a server with a cache does."""

    def __init__(self) -> None:
        self._kept: set[str] = set()

    def __call__(self, request: Mapping[str, Any]) -> Reply:
        usage = self._usage(request)
        tools = {tool["name"] for tool in request["tools"]}
        told = "\n".join(part["text"] for part in request["system"])
        subject, record, path = _SUBJECT.findall(told)[0] if _SUBJECT.search(told) else ("", "", "")
        if "frame" in tools:
            return say.tool("frame", {"operations": [_operation(subject)], "wishes": []}, usage=usage)
        if "critic" in tools:
            return say.tool("critic", {"cases": []}, usage=usage)
        looked = (len(request["messages"]) - 1) // 2
        looks: list[tuple[str, dict[str, str]]] = [("search", {"words": record}), ("gaps", {"path": path})]
        if looked < len(looks) and "search" in tools:
            return say.tool(*looks[looked], id=f"toolu_{looked}", usage=usage)
        return say.tool("alternatives", {"alternatives": [_alternative(path, record)]}, usage=usage)

    def _usage(self, request: Mapping[str, Any]) -> dict[str, int]:
        marked = [json.dumps(request["tools"])]
        marked += [json.dumps(part) for part in request["system"]]
        begun, turns = "".join(marked), ""
        stops = [begun]
        for message in request["messages"]:
            turns += json.dumps(_unmarked(message))
            if "cache_control" in json.dumps(message):
                stops.append(begun + turns)
        known = max((len(stop) for stop in self._earlier(begun + turns)), default=0)
        written = max(len(stops[-1]) - known, 0)
        self._kept.update(stops)
        counts = {
            "cache_read_input_tokens": known,
            "cache_creation_input_tokens": written,
            "input_tokens": len(begun + turns) - known - written,
        }
        return {name: count // CHARACTERS_OF_A_TOKEN for name, count in counts.items()}

    def _earlier(self, request: str) -> Iterator[str]:
        return (kept for kept in self._kept if request.startswith(kept))


def _unmarked(message: Mapping[str, Any]) -> Any:
    blocks = [{name: value for name, value in block.items() if name != "cache_control"} for block in message["content"]]
    return {"role": message["role"], "content": blocks}


def _operation(subject: str) -> dict[str, Any]:
    return {"op": "add_field", "subject": subject, "field": "remark", "type": ["null", "string"], "default": None}


def _alternative(path: str, record: str) -> dict[str, Any]:
    field = {"name": "remark", "type": "string", "default": "none"}
    edit = {"edit": "schema", "path": path, "action": "add_field", "record": record, "field": "remark", "value": field}
    step = {"title": "Register the schema", "kind": "schema", "jobs": [], "paths": [path]}
    phase = {"name": "added", "edits": [edit], "steps": [step], "gate": ""}
    title, argument = "Write that there is no remark", "Wins where consumers take no null."
    return {"title": title, "argument": argument, "preconditions": [], "cites": [f"{path}:1"], "phases": [phase]}


@dataclass(frozen=True, slots=True)
class Asked:
    """One proposal: its exchanges, and the seconds to its first record, to its plan and to its decision."""

    exchanges: tuple[Exchange, ...]
    seconds: tuple[float, ...]


def ask(folder: Path, words: str, *, has_model: bool) -> Asked:
    workspace = Workspace.open(folder, model=(lambda tree: own_model(tree, "scripted")) if has_model else None)
    began = time.monotonic()
    # Without a model the same change is asked for as an operation: no rule understands the words.
    operations = () if has_model else (json.dumps(_operation(_first_subject(workspace, words))),)
    id = workspace.propose(words if has_model else "", operations)
    at: dict[str, float] = {}
    for record in workspace.advance(id):
        for kind in ("first", type(record.body).__name__):
            at.setdefault(kind, time.monotonic() - began)
    return Asked(workspace.load(id).exchanges, (at["first"], at["Plan"], at["Decision"]))


def _first_subject(workspace: Workspace, words: str) -> str:
    from copilot.planners.neighbourhood import neighbourhood

    found = _SUBJECT.search(neighbourhood(words, workspace.map()))
    assert found, "the words name a schema"
    return found[1]


def row(name: str, folder: Path, words: str) -> str:
    Workspace.open(folder).map()
    script = Script()
    with MessagesServer(*[script] * 99) as server:
        os.environ["ANTHROPIC_BASE_URL"] = server.base_url
        with_model = ask(folder, words, has_model=True)
    without = ask(folder, words, has_model=False)
    total = used(with_model.exchanges)
    longest = max(len(it.sent) for it in with_model.exchanges)
    first, plan, decided = (
        f"{on:5.2f} / {off:5.2f}" for on, off in zip(with_model.seconds, without.seconds, strict=True)
    )
    return (
        f"{name:<24} {len(with_model.exchanges):>8} {total.all_input:>8,} {total.cache_read:>8,} {total.output:>7,}"
        f" {longest:>10,}   {first}   {plan}   {decided}"
    )


def overhead() -> str:
    """Times a call through `Talk` beside the same body sent with the bare SDK, the two in turns."""
    import anthropic

    answer = say.tool("frame", {"operations": [_operation("order")], "wishes": []})
    with MessagesServer(*[answer] * (2 * CALLS_TIMED + 2)) as server:
        os.environ["ANTHROPIC_BASE_URL"] = server.base_url
        model = build_model(os.environ, Path.home(), "scripted")
        assert model
        prompts = build_prompts(os.environ, Path.home())
        from copilot.planners.framing import ANSWER

        def through_talk(number: int) -> None:
            talk = Talk(model, prompts, ModelLimits(), lambda exchange: None)
            talk.ask(Question("frame", "frame", {"request": f"add a remark {number}"}, ANSWER), lambda found: found)

        client = anthropic.Anthropic(base_url=server.base_url, api_key="key-of-a-test", max_retries=0)

        def bare(number: int) -> None:
            body = {name: value for name, value in server.requests[0].items() if name != "stream"}
            with client.messages.stream(**body) as stream:
                stream.get_final_message()

        through_talk(-1)
        bare(-1)
        ours, theirs = [], []
        for number in range(CALLS_TIMED):
            for run, times in ((through_talk, ours), (bare, theirs)):
                began = time.perf_counter()
                run(number)
                times.append(time.perf_counter() - began)
    mine, other = median(ours) * 1000, median(theirs) * 1000
    timed = f"one call, {CALLS_TIMED} times each: {mine:.1f} ms through our loop, {other:.1f} ms with the bare SDK"
    return f"{timed} ({mine - other:+.1f} ms)"


def main() -> None:
    os.environ.update(ANTHROPIC_API_KEY="key-of-a-test")
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home, XDG_STATE_HOME=home)
        own = Path(home) / "pipeline-copilot"
        own.mkdir()
        own.joinpath("config.toml").write_text('[model]\nprofile = "claude"\n')
        places = [("example", Path(home) / "shop", WORDS["example"])]
        build_repository(places[0][1])
        for count in PYTHON_FILES:
            folder = Path(home) / f"services{count}"
            generate(folder, count * 10 // 6)
            places.append((f"{count:,} Python files", folder, WORDS["services"]))
        began = time.monotonic()
        import anthropic

        print(f"import of the SDK {anthropic.__version__}, with the first question: {time.monotonic() - began:.1f} s\n")
        print(f"{'':24} requests    input   cached  output    longest   seconds with / without the model, to the")
        print(
            f"{'repository':24}            tokens   tokens  tokens  characters first record    plan            decision"
        )
        for name, folder, words in places:
            print(row(name, folder, words), flush=True)
        print(overhead())


if __name__ == "__main__":
    main()
