"""Is a topic misspelt, or does it begin or end nowhere in this repository?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import Direction, Link
from copilot.findings.case import Audited, Rule, is_for_tests, lines_with, listed
from copilot.findings.likeness import is_misspelt

MISSPELT = Rule(
    "topic-misspelt",
    "Kafka makes a topic that nobody writes to as readily as any other: the reader waits for ever, and no error says so.",
)
UNFED = Rule(
    "topic-without-producer", "If nobody outside of this repository writes to it either, its readers wait for ever."
)
UNREAD = Rule(
    "topic-without-consumer", "If nobody outside of this repository reads it either, what is written is lost."
)
_PATTERN = re.compile(r"[*^$%{}()|\\<>\s]")
_END = re.compile(r"dead|dlq|error|fail|retry|audit|log", re.IGNORECASE)
_CODE = (".py", ".ipynb", ".java", ".scala", ".kt", ".go", ".ts", ".js", ".rs", ".cs", ".cpp", ".rb", ".sql", ".ksql")
_CONNECTING = (".json", ".yaml", ".yml", ".properties", ".sh")
_CONNECTORS = ("connector.class", "KAFKA_TOPIC", "kafka_topic", "kafka-topics", "kafka-console-producer", "rpk topic")
PLACES_MAX = 4
Sides = dict[str, list[Link]]


def misspelt_topics(case: Audited) -> Iterator[AuditFinding]:
    """Yields topics that are read but never written, or the reverse, and nearly have the name of one that is."""
    produced, consumed = _sides(case)
    slips = _slips(produced, consumed)
    naming = _naming(case, (name for name, _, _ in slips))
    for name, meant, verb in slips:
        mine, theirs = (consumed, produced) if verb == "consumes" else (produced, consumed)
        other: Direction = "produces" if verb == "consumes" else "consumes"
        links, partners = mine[name], theirs[meant]
        if _is_named_elsewhere(case, name, links, naming[name]):
            continue
        title = f"{_does(links, verb)} {name}, which nobody here {other}; {_does(partners, other)} {meant}."
        proof = [*_proof(case, links), *_proof(case, partners)]
        next = f"Write {meant} in {proof[0].span}, or say who {other} {name}." if proof else f"Write {meant}."
        yield MISSPELT.finding("warning", title, proof, next, topic=name)


def loose_ends(case: Audited) -> Iterator[AuditFinding]:
    """Yields topics without a partner, where every topic of the repository is known and most of them have both ends here.

    Where more topics are open than closed, the other ends live elsewhere as a rule, and none of them is news.
    """
    produced, consumed = _sides(case)
    links = [link for link in case.pipeline.links if link.endpoint.kind == "topic"]
    told = {name for slip in _slips(produced, consumed) for name in slip[:2]}
    unfed = {name: ends for name, ends in sorted(consumed.items()) if name not in produced}
    unread = {name: ends for name, ends in sorted(produced.items()) if name not in consumed and not _END.search(name)}
    is_closed = 0 < len(produced.keys() & consumed.keys()) >= len(unfed) + len(unread)
    if not is_closed or not all(link.endpoint.name for link in links):
        return
    naming = _naming(case, {*unfed, *unread} - told)
    for name, ends in unfed.items():
        if name not in told and not _is_named_elsewhere(case, name, ends, naming[name]):
            title = f"{_does(ends, 'consumes')} {name}, which nobody in this repository produces."
            yield UNFED.finding("note", title, _proof(case, ends), _OUTSIDE, topic=name)
    for name, ends in unread.items():
        if name not in told and not _is_named_elsewhere(case, name, ends, naming[name]):
            title = f"{_does(ends, 'produces')} {name}, which nobody in this repository consumes."
            yield UNREAD.finding("note", title, _proof(case, ends), _OUTSIDE, topic=name)


_OUTSIDE = "Write down who is at the other end, outside of this repository; or remove the topic."


def _slips(produced: Sides, consumed: Sides) -> list[tuple[str, str, Direction]]:
    """Returns misspelt topics with the name that is meant and what is done with them."""
    found: list[tuple[str, str, Direction]] = []
    for name in sorted(consumed.keys() - produced.keys()):
        meant = [it for it in sorted(produced) if is_misspelt(name, it) and not _are_told_apart(name, it, consumed)]
        found += [(name, meant[0], "consumes")] if len(meant) == 1 else []
    told = {name for slip in found for name in slip[:2]}
    for name in sorted(produced.keys() - consumed.keys() - told):
        meant = [it for it in sorted(consumed) if is_misspelt(name, it) and not _are_told_apart(name, it, produced)]
        found += [(name, meant[0], "produces")] if len(meant) == 1 else []
    return found


def _are_told_apart(name: str, meant: str, side: Sides) -> bool:
    """Tells whether a job does the same with both topics at places of their own, and so knows them to be two.

    At one place, they are what two deployments set for it, and one of them may be a slip.
    """
    ours, theirs = ({(link.job, link.proof[:1]) for link in side.get(topic, [])} for topic in (name, meant))
    return bool({job for job, _ in ours} & {job for job, _ in theirs}) and ours.isdisjoint(theirs)


def _sides(case: Audited) -> tuple[Sides, Sides]:
    produced: Sides = {}
    consumed: Sides = {}
    for link in case.pipeline.links:
        name = link.endpoint.name
        if link.endpoint.kind == "topic" and name and not _PATTERN.search(name):
            (produced if link.direction == "produces" else consumed).setdefault(name, []).append(link)
    return produced, consumed


def _does(links: list[Link], verb: Direction) -> str:
    jobs = sorted({link.job for link in links})
    return f"{listed(jobs)} {verb if len(jobs) == 1 else verb.removesuffix('s')}"


def _naming(case: Audited, names: Iterable[str]) -> dict[str, list[str]]:
    """Returns, by topic, the files that may be the other end of it and hold its name."""
    return case.naming(sorted(names), (*_CODE, *_CONNECTING))


def _is_named_elsewhere(case: Audited, name: str, ends: list[Link], naming: list[str]) -> bool:
    """Tells whether a file that proves none of these ends names the topic, and may so be the other end.

    Such are other languages, notebooks, SQL of stream processors, what configures a connector, and scripts around Kafka's tools.
    """
    known = {span.path for link in ends for span in link.proof}
    paths = [path for path in naming if path not in known and not is_for_tests(path)]
    for path, text in case.texts(paths).items():
        is_code = path.endswith(_CODE) or any(sign in text for sign in _CONNECTORS)
        if is_code and next(lines_with(name, text), 0):
            return True
    return False


def _proof(case: Audited, links: list[Link]) -> list[Proof]:
    """Returns where the topic is named, and where the call is that uses it."""
    found: list[Proof] = []
    for link in links:
        lines = case.texts({span.path for span in link.proof})
        for span in reversed(link.proof):
            text = lines.get(span.path, "").splitlines()[span.first_line - 1 : span.last_line]
            if any(re.search(rf"(?<![\w.-]){re.escape(link.endpoint.name)}(?![\w-])", line) for line in text):
                found.append(Proof(span, f"names {link.endpoint.name}"))
        found += [Proof(link.proof[0], f"{link.job} {link.direction} it")] if link.proof else []
    return list(dict.fromkeys(sorted(found, key=lambda proof: not proof.text.startswith("names"))))[:PLACES_MAX]
