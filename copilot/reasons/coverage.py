"""What does the decision not speak about? Everything that could not be read, asked or run, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from copilot.domain.clones import EXTERNAL, clone_in
from copilot.domain.evidence import NOT_READ, Evidence
from copilot.domain.operation import ProtectField, RekeyTopic
from copilot.domain.pipeline import LIBRARY_OF, Impact
from copilot.domain.proposal import Proposal
from copilot.reasons.wished import wishes_open
from copilot.reasons.words import counted, listed

PLACES_SHOWN = 3
COMMIT_DIGITS = 9
_LANGUAGES = (("java", "Java"), ("avsc", "JavaScript"))


def not_covered(proposal: Proposal, chosen: Mapping[str, Evidence]) -> tuple[str, ...]:
    """Returns what nobody should take the decision to say; `chosen` is the chosen alternative's evidence by check."""
    impacts = proposal.reading.impacts if proposal.reading else ()
    found = [
        *wishes_open(proposal, chosen),
        *_presupposed(proposal, chosen),
        *_reading(proposal, impacts),
        *_runs(proposal),
        *_keys(proposal, impacts, chosen),
        *_assumptions(chosen),
    ]
    return tuple(dict.fromkeys(found))


def _presupposed(proposal: Proposal, chosen: Mapping[str, Evidence]) -> Iterator[str]:
    """What the chosen alternative says must hold, in words that no check can read; they stand with it, as those of a model."""
    ids = {it.alternative for it in chosen.values()}
    for alternative in proposal.alternatives:
        if alternative.id in ids and alternative.preconditions:
            count = counted(len(alternative.preconditions), "thing")
            yield f"The chosen alternative presupposes {count} in a model's own words, which nothing here checks."


def _reading(proposal: Proposal, impacts: tuple[Impact, ...]) -> Iterator[str]:
    yield from _beyond(proposal)
    yield from _outside(proposal, impacts)
    yield "Only Python code was searched for uses; code in other languages was not."
    spots = sorted({(spot.span, spot.job) for impact in impacts for spot in impact.blind_spots if not spot.is_whole})
    if spots:
        where = _places(str(span) for span, _ in spots)
        yield f"Fields used by names that reading can't see, in concerned jobs: {where}."
    gaps = sorted({gap for impact in impacts for gap in impact.gaps})
    if gaps:
        yield f"Places of concerned jobs that could not be read: {_places(f'{gap.span} ({gap.reason})' for gap in gaps)}."
    others = (proposal.reading.gap_count if proposal.reading else 0) - len(gaps)
    if others > 0:
        yield f"The map has {counted(others, 'other gap')}, which `pipeline-copilot map` lists."
    unknown = sorted(
        {
            link.job
            for impact in impacts
            for link in (*impact.producers, *impact.consumers)
            if link.decoder is None or link.decoder.library == "unknown"
        }
    )
    if unknown:
        yield f"Which decoder they use is not known: {listed(unknown)}."
    for impact in impacts:
        if not impact.consumers:
            yield f"No consumer of {impact.about} was found, so nothing is known of its readers."
        if not impact.producers:
            yield f"No producer of {impact.about} was found, so whether anybody fills its fields is not known."


def _beyond(proposal: Proposal) -> Iterator[str]:
    clones = {name: commit for it in proposal.evidence for name, commit in it.recipe.clones.items()}
    read = [f"{name} at {commit[:COMMIT_DIGITS]}" for name, commit in sorted(clones.items()) if commit != NOT_READ]
    if read:
        were = "was" if len(read) == 1 else "were"
        yield f"Outside this repository only {listed(read)} {were} read; consumers and producers elsewhere were not."
        yield "Whether people of those repositories do what is left to them can't be seen from here."
    else:
        yield "Consumers and producers outside this repository were not read."
    unread = sorted(name for name, commit in clones.items() if commit == NOT_READ)
    if unread:
        yield f"copilot.toml names {listed(unread)}, which could not be read."


def _outside(proposal: Proposal, impacts: tuple[Impact, ...]) -> Iterator[str]:
    run = {name for it in proposal.evidence if it.check == "replay" for name, _ in it.recipe.tools}
    links = (link for impact in impacts for link in impact.consumers if clone_in(link.job) == EXTERNAL)
    decoders = {link.job: link.decoder for link in links if link.decoder}
    for job, decoder in sorted(decoders.items(), key=lambda entry: entry[0]):
        known = "its reader schema" if decoder.reader_schema == "own" else "what copilot.toml says"
        yield f"Of {job} only {known} is known; its code was not read."
        if LIBRARY_OF.get(decoder.library, decoder.library) not in {*run, "unknown", "json"}:
            yield f"{job} decodes with {decoder.library}, which was not run."


def _runs(proposal: Proposal) -> Iterator[str]:
    verdicts = {it.verdict for it in proposal.evidence if it.check == "commands"}
    if not verdicts & {"pass", "fail"}:
        yield "The repository's own tests were not run."
    replays = [it for it in proposal.evidence if it.check == "replay" and it.measure("records")]
    tools = sorted({f"{name} {version}" for it in replays for name, version in it.recipe.tools})
    if tools:
        names = {name for replay in replays for name, _ in replay.recipe.tools}
        absent = [language for name, language in _LANGUAGES if name not in names]
        yield f"Samples were decoded with {listed(tools)} only; readers in {listed([*absent, 'other languages'])} were not run."
        failed = (it for replay in replays for it in replay.findings if it.rule == "replay.decoder-not-run")
        yield from dict.fromkeys(it.message for it in failed)
    if replays:
        if any(it.measure("recorded") for it in replays):
            yield "Besides samples made from the schemas, only the recorded records in the repository were tried."
        else:
            yield "Samples are made from the schemas; real data was not looked at."
        told = (it for replay in replays for it in replay.findings if it.rule == "replay.retention-unknown")
        yield from dict.fromkeys(f"{it.message} {it.fix}" for it in told)
        if not any(it.rule.startswith("replay.retention") for replay in replays for it in replay.findings):
            yield "How long old data stays readable (retention, replay horizon) is not known."


def _keys(proposal: Proposal, impacts: tuple[Impact, ...], chosen: Mapping[str, Evidence]) -> Iterator[str]:
    """What a change of keys leaves open: partitions are the broker's, and protected values hang on a secret."""
    usage = chosen.get("usage")
    is_replayed = usage is not None and any(it.rule == "usage.key-replayed" for it in usage.findings)
    for operation, impact in zip(proposal.request.operations, impacts, strict=False):
        if isinstance(operation, RekeyTopic) and is_replayed:
            yield (
                "Order per key was replayed on recorded keys, with the partitioners of the Java client and of librdkafka; how many"
                f" partitions {operation.topic} has, and whether other topics that are joined with it are cut alike, was not read."
            )
        elif isinstance(operation, RekeyTopic):
            yield (
                f"Order per key and partitions of {operation.topic} were not replayed: no recorded records with both keys are"
                " here, or the present key is not one field that was seen."
            )
        elif isinstance(operation, ProtectField) and any(use.mode == "keys" for use in impact.uses):
            yield (
                f"{operation.field} is a key: to which partition a protected value goes hangs on its secret, which is not read,"
                " so neither the order per key nor joins with other topics were replayed."
            )


def _assumptions(chosen: Mapping[str, Evidence]) -> Iterator[str]:
    compatibility = chosen.get("compatibility")
    for finding in compatibility.findings if compatibility else ():
        if finding.rule == "compatibility.level-assumed":
            yield finding.message
    replay = chosen.get("replay")
    for finding in replay.findings if replay else ():
        if finding.rule == "replay.not-replayed":
            yield finding.message


def _places(places: Iterable[str]) -> str:
    listed_places = list(dict.fromkeys(places))
    left = len(listed_places) - PLACES_SHOWN
    shown = ", ".join(listed_places[:PLACES_SHOWN])
    return f"{shown} and {left} more" if left > 0 else shown
