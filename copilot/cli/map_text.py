"""The map as text for a person who has never seen the repository: what there is, who talks to whom, and what is unknown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from copilot.cli.layout import columns, joined, section, wrapped
from copilot.domain.clones import Clone, Consumer
from copilot.domain.pipeline import Endpoint, FieldUse, Link, PipelineMap
from copilot.domain.schema import SchemaSource, SchemaSubject
from copilot.domain.source import WORKING_TREE, Span
from copilot.reasons.version_words import version_words
from copilot.reasons.words import counted, decoder_words, listed

VERSIONS_SHOWN = 6
FIELDS_SHOWN = 12
PLACES_SHOWN = 4
ROWS_SHOWN = 15
LANGUAGES_SHOWN = 4

_HOST_WORDS = {
    "python-dict": "Python dict",
    "python-string": "Python string",
    "python-code": "put together by Python code",
    "file": "file",
}


def map_text(pipeline: PipelineMap, *, is_part: bool = False) -> str:
    """Returns the map as text, at most about 100 columns wide; long lists end with a count of what is left.

    Of a part of the map, all fields and versions are listed.
    """
    here = "this repository or its clones" if any(clone.commit for clone in pipeline.clones) else "this repository"
    topics = [endpoint for endpoint in pipeline.endpoints if endpoint.kind == "topic"]
    others = [endpoint for endpoint in pipeline.endpoints if endpoint.kind != "topic"]
    lines = [
        *_heading(pipeline, is_part),
        *section("OTHER REPOSITORIES", _clones(pipeline.clones), len(pipeline.clones)),
        *section("CONSUMERS ELSEWHERE", _consumers(pipeline.consumers), len(pipeline.consumers)),
        *section("SCHEMAS", _subjects(pipeline.subjects, None if is_part else VERSIONS_SHOWN), len(pipeline.subjects)),
        *section("TOPICS", _endpoints(topics, pipeline.links, here), len(topics)),
        *section("OTHER ENDPOINTS", _endpoints(others, pipeline.links, here), len(others)),
        *section("JOBS", _jobs(pipeline), len(pipeline.jobs) - len(pipeline.consumers)),
        *section("SCHEMAS WRITTEN IN CODE", _hard_coded(pipeline.subjects)),
        *section("FIELD USES", _uses(pipeline.uses, None if is_part else FIELDS_SHOWN), len(pipeline.uses)),
        *section("OBJECTIVES", _objectives(pipeline)),
        *section("FIELDS USED BY NAMES THAT CAN'T BE READ", _blind_spots(pipeline), len(pipeline.blind_spots)),
        *section("NOT READ", _gaps(pipeline), len(pipeline.gaps)),
    ]
    return joined(lines)


def _heading(pipeline: PipelineMap, is_part: bool) -> list[str]:
    at = "the working tree" if pipeline.commit == WORKING_TREE else f"commit {short(pipeline.commit)}"
    lines = [f"Pipeline at {at}, {counted(pipeline.files_read, 'file')} read"]
    if pipeline.uncommitted_count:
        changes = counted(pipeline.uncommitted_count, "uncommitted change")
        lines += wrapped(f"Not read: {changes} in the working tree (--working-tree reads the files as they stand).")
    if pipeline.other_languages and not is_part:
        files = listed(counted(count, f"{name} file") for name, count in pipeline.other_languages[:LANGUAGES_SHOWN])
        more = " and others" if len(pipeline.other_languages) > LANGUAGES_SHOWN else ""
        lines += wrapped(f"Not searched for readers and writers: {files}{more} (impact looks at them as text).")
    if is_part:
        lines += wrapped(f"Only what is about {listed(it.name for it in pipeline.subjects)}.")
    if not pipeline.subjects and not pipeline.links:
        lines.append("No schema and no reader or writer of a topic was found.")
    return lines


def _clones(clones: Iterable[Clone]) -> list[str]:
    rows = []
    for clone in clones:
        pinned = f"pinned by {clone.pin}" if clone.pin and clone.pin != clone.commit else "pinned" if clone.pin else ""
        read = f"read at {short(clone.commit)}" + (f", {pinned}" if pinned else ", not pinned")
        told = f"{read}; {counted(clone.files_read, 'file')} read" if clone.commit else "not read: see NOT READ"
        rows.append((clone.name, clone.path, told))
    return columns(rows, "  ")


def _consumers(consumers: Iterable[Consumer]) -> list[str]:
    rows = []
    for consumer in consumers:
        schema = f"reads with {consumer.schema}" if consumer.schema else "reader schema not said"
        decoder = consumer.decoder or "decoder not said"
        what = f"subject {consumer.subject}" if consumer.subject else f"topic {consumer.topic}"
        owner = f", owner {consumer.owner}" if consumer.owner else ""
        rows.append((consumer.job, what, f"{decoder}, {schema}{owner}, {consumer.span}"))
    return columns(rows, "  ")


def short(commit: str) -> str:
    """Returns the first characters of a commit id, enough to find it by."""
    return commit[:9]


def _subjects(subjects: Iterable[SchemaSubject], versions_shown: int | None) -> list[str]:
    lines = []
    for subject in subjects:
        lines += wrapped(
            f"{subject.name}  {subject.format} {subject.latest.name}, keeps {subject.compatibility} ({subject.level_source}), "
            f"in {subject.latest.source.span.path}",
            "  ",
            "      ",
        )
        lines += _versions(subject, versions_shown)
        lines += [f"      {_copied(copy, subject)} {_place(copy)}" for copy in subject.copies]
    return lines


def _copied(copy: SchemaSource, subject: SchemaSubject) -> str:
    versions = [version for version in subject.copy_versions if version.source == copy]
    return "drifted in" if any(version.meaning != subject.latest.meaning for version in versions) else "also in"


def _versions(subject: SchemaSubject, shown: int | None) -> list[str]:
    hidden = 0 if shown is None else max(0, len(subject.versions) - shown)
    lines = [f"      … {counted(hidden, 'earlier version')}"] if hidden else []
    for position, version in enumerate(subject.versions):
        if position >= hidden:
            words = version_words(subject.versions[position - 1] if position else None, version)
            commit = "working  " if version.source.commit == WORKING_TREE else short(version.source.commit)
            lines += wrapped(words, f"      v{version.number:<3} {commit}  ")
    return lines


def _place(source: SchemaSource) -> str:
    return f"{source.span} ({_HOST_WORDS[source.host]})"


def _endpoints(endpoints: Sequence[Endpoint], links: Sequence[Link], here: str) -> list[str]:
    by_endpoint: dict[Endpoint, list[Link]] = defaultdict(list)
    for link in links:
        by_endpoint[link.endpoint].append(link)
    lines = []
    for endpoint in endpoints:
        kind = "" if endpoint.kind == "topic" else f"{endpoint.kind} "
        lines.append(f"  {kind}{endpoint}")
        rows: list[tuple[str, ...]] = [
            _link_row(link) for link in sorted(by_endpoint[endpoint], key=lambda it: it.direction == "consumes")
        ]
        directions = {link.direction for link in by_endpoint[endpoint]}
        if "produces" not in directions:
            rows.insert(0, ("from", f"unknown: no writer was found in {here}"))
        if "consumes" not in directions:
            rows.append(("to", f"unknown: no reader was found in {here}"))
        lines += columns(rows, "      ")
    return lines


def _link_row(link: Link) -> tuple[str, str, str]:
    how = [decoder_words(link.decoder, link.direction == "consumes")] if link.decoder else []
    how += [link.certainty] if link.certainty != "certain" else []
    how += [str(link.proof[0])] if link.proof else []
    schema = f"{link.subject} v{link.version}" if link.version else link.subject or "schema unknown"
    return "from" if link.direction == "produces" else "to", link.job, ", ".join([schema, *how])


def _jobs(pipeline: PipelineMap) -> list[str]:
    # One that is told in a template and in its values has a record for each of them, and is one all the same.
    copies = Counter(job for job, _ in {(it.job, it.name) for it in pipeline.deployments})
    names: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for link in pipeline.links:
        names[link.job, link.direction][str(link.endpoint)] = None
    lines = []
    told_above = {consumer.job for consumer in pipeline.consumers}
    for job in (job for job in pipeline.jobs if job.name not in told_above):
        reads = ", ".join(names[job.name, "consumes"]) or "nothing found"
        writes = ", ".join(names[job.name, "produces"]) or "nothing found"
        deployed = counted(copies[job.name], "deployment") if copies[job.name] else "no deployment found"
        owner = f", owner {job.owner}" if job.owner else ""
        lines += wrapped(f"{job.name}  in {job.root}, {deployed}{owner}", "  ", "      ")
        lines += wrapped(f"{reads} → {writes}", "      ")
    return lines


def _hard_coded(subjects: Iterable[SchemaSubject]) -> list[str]:
    rows = []
    for subject in subjects:
        for source in (subject.latest.source, *subject.copies):
            if source.host != "file":
                rows.append((str(source.span), _HOST_WORDS[source.host], subject.name))
    return columns(rows, "  ")


def _uses(uses: Iterable[FieldUse], fields_shown: int | None) -> list[str]:
    by_subject: dict[str, dict[str, list[FieldUse]]] = defaultdict(lambda: defaultdict(list))
    for use in uses:
        by_subject[use.subject][use.path].append(use)
    lines = []
    for subject, by_path in by_subject.items():
        lines.append(f"  {subject}")
        shown = list(by_path.items())[:fields_shown]
        rows = [(path, mode, places) for path, found in shown for mode, places in _by_mode(found)]
        aligned = [(path if not at or rows[at - 1][0] != path else "", *rest) for at, (path, *rest) in enumerate(rows)]
        lines += columns(aligned, "      ")
        lines += _rest(len(by_path) - len(shown), "field", "      ")
    return lines


def _by_mode(uses: Sequence[FieldUse]) -> list[tuple[str, str]]:
    modes: dict[str, list[Span]] = defaultdict(list)
    in_tests = [use.span for use in uses if use.is_test]
    for use in uses:
        if not use.is_test:
            modes[use.mode if use.certainty == "certain" else f"{use.mode}, {use.certainty}"].append(use.span)
    rows = [(mode, _places(spans)) for mode, spans in modes.items()]
    if in_tests:
        files = counted(len({span.path for span in in_tests}), "file")
        rows.append(("in tests", f"{counted(len(in_tests), 'place')} in {files}"))
    return rows


def _places(spans: Sequence[Span]) -> str:
    """Returns places file by file: "a.py:3, 9; b.py:1"."""
    places = list(dict.fromkeys((span.path, span.first_line) for span in spans))
    lines: dict[str, list[str]] = defaultdict(list)
    for path, line in places[:PLACES_SHOWN]:
        lines[path].append(str(line))
    left = len(places) - PLACES_SHOWN
    shown = "; ".join(f"{path}:{', '.join(numbers)}" for path, numbers in lines.items())
    return shown + (f" and {left} more" if left > 0 else "")


def _objectives(pipeline: PipelineMap) -> list[str]:
    return [line for it in pipeline.objectives for line in wrapped(" ".join(it.text.split()), f"  {it.about}  ")]


def _blind_spots(pipeline: PipelineMap) -> list[str]:
    spots = [(spot.job, spot.span, spot.reason) for spot in pipeline.blind_spots]
    lines = columns([(job, str(span), reason) for job, span, reason in spots[:ROWS_SHOWN]], "  ")
    return lines + _rest(len(spots) - ROWS_SHOWN, "place", "  ")


def _gaps(pipeline: PipelineMap) -> list[str]:
    lines = []
    for gap in pipeline.gaps[:ROWS_SHOWN]:
        lines += _placed(gap.span, gap.reason)
    return lines + _rest(len(pipeline.gaps) - ROWS_SHOWN, "gap", "  ")


def _placed(span: Span, reason: str) -> list[str]:
    return wrapped(reason, f"  {span}  ", "      ")


def _rest(left: int, noun: str, indent: str) -> list[str]:
    return [f"{indent}… {left} more {noun if left == 1 else noun + 's'}: --format json shows all"] if left > 0 else []
