"""Does a schema path that a deployment or the code names lead to a file, and can every schema file be read?"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator
from posixpath import basename, dirname

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.evidence import Severity
from copilot.domain.source import Gap
from copilot.findings.answers import Texts
from copilot.findings.case import Audited, Rule, is_for_tests, lines_with, place
from copilot.findings.likeness import is_misspelt

MISSING = Rule("schema-path-missing", "The job looks for its schema there when it starts, and stops.")
UNREADABLE = Rule(
    "schema-unreadable", "Libraries refuse the schema as well, so whoever loads it stops; and no check covers it."
)
MARKED = Rule(
    "schema-byte-order-mark",
    "fastavro and avro for Python refuse a file with it, so a job that loads the schema stops.",
)
_MARK = "\ufeff"
_REFUSED = ("not valid", "not a valid", "no schema", "no protocol")
# Python's own reader of JSON takes these, so the job may run with them.
_TOLERATED = ("stands twice", "NaN", "surrogate")
LIKENESS_MIN = 0.8
_REQUEST = re.compile(r"""\s*\{\s*"schema"\s*:\s*"\s*\{""")
_WRITING = re.compile(r"""["'][wax]b?\+?["']|\bwrite|\bdump|\bsave|\bexists\b|\bglob\b""")


def missing_schema_paths(case: Audited) -> Iterator[AuditFinding]:
    """Yields paths to schema files that this repository doesn't have, though it has their folder, or nearly the file.

    Images copy folders, so only the last folder and the name are looked at; a file of that name anywhere is the one that is meant.
    """
    suffixes = _suffixes(case)
    schemas = [path for path in case.paths if path.endswith(suffixes)]
    files = {basename(path): path for path in sorted(schemas, reverse=True)}
    folders = {basename(dirname(path)): path for path in schemas}
    every: set[str] = set()
    for value, job, proof in (*_in_files(case, suffixes), *_in_settings(case, suffixes), *_in_code(case, suffixes)):
        name, folder = basename(value), basename(dirname(value))
        if not re.fullmatch(r"[\w./-]+", value) or (name in files and folder in folders):
            continue
        if name in files and not every:
            every = {segment for path in case.paths for segment in path.split("/")[:-1]}
        meant = _meant(folder, name, folders) if name in files and folder not in every else ""
        near = difflib.get_close_matches(name, files, n=1, cutoff=LIKENESS_MIN)
        if (name in files and not meant) or not (meant or near or folder in folders):
            continue
        title = f"{job} is given the schema {value}, but there is no such file in this repository."
        likely = meant or (files[near[0]] if near else "")
        next = f"Write {likely}, if that is meant." if likely else "Add the file, or correct the path."
        severity: Severity = "error" if meant or (near and folder in folders) else "warning"
        yield MISSING.finding(severity, title, proof, next, job=job, about=value)


def _meant(folder: str, name: str, folders: dict[str, str]) -> str:
    """Returns the schema file in a folder whose name is nearly the one that is written, "" where there is none."""
    for near, path in sorted(folders.items()):
        if is_misspelt(folder, near):
            return posixpath.join(dirname(path), name)
    return ""


def unreadable_schemas(case: Audited) -> Iterator[AuditFinding]:
    """Yields schema files that are no schemas, each with its first error."""
    for gap in case.pipeline.gaps:
        path = gap.span.path
        is_refused = gap.reason.startswith(_REFUSED) and not any(words in gap.reason for words in _TOLERATED)
        is_meant = is_for_tests(path) or _is_for_java(case, gap) or _is_request(case, gap)
        if path.endswith(_suffixes(case)) and is_refused and not is_meant:
            title = f"{path} can't be read: {gap.reason}."
            yield UNREADABLE.finding(
                "warning", title, [Proof(gap.span, gap.reason)], "Correct the file, or remove it.", about=path
            )


def marked_schemas(case: Audited) -> Iterator[AuditFinding]:
    """Yields schema files that begin with a byte order mark: some libraries read them, and others refuse them."""
    paths = {subject.latest.source.path for subject in case.pipeline.subjects if subject.latest.text.startswith(_MARK)}
    for path in sorted(path for path in paths if path.endswith(_suffixes(case)) and not is_for_tests(path)):
        proof = [Proof(place(path, 1), "the file begins with the bytes EF BB BF")]
        yield MARKED.finding(
            "warning", f"{path} begins with a byte order mark.", proof, "Save it as UTF-8 without the mark.", about=path
        )


def _is_for_java(case: Audited, gap: Gap) -> bool:
    """Tells whether a schema is one that Avro for Java reads, comments and all, and no Python names its file."""
    name = basename(gap.span.path)
    return "a comment" in gap.reason and not case.naming([name], (".py",))[name]


def _is_request(case: Audited, gap: Gap) -> bool:
    """Tells whether a file is what is sent to a registry, with the schema as a text in it; `curl --data` drops its line ends."""
    return _REQUEST.match(case.texts([gap.span.path]).get(gap.span.path, "")) is not None


def _suffixes(case: Audited) -> tuple[str, ...]:
    return tuple(suffix for form in case.formats.values() for suffix in form.suffixes)


def _in_files(case: Audited, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str, list[Proof]]]:
    """Yields the paths that deployment files hold anywhere, such as in the configuration that a chart hands on."""
    ends = "|".join(map(re.escape, suffixes))
    pattern = re.compile(rf"""(?::\s+|=)["']?(?!//)([\w./-]+(?:{ends}))["']?\s*(?:#.*)?$""")
    starts: dict[str, list[tuple[int, str]]] = {}
    for deployment in case.pipeline.deployments:
        if deployment.job:
            starts.setdefault(deployment.span.path, []).append((deployment.span.first_line, deployment.job))
            # A chart's deployment stands in a template, and what it hands on in the values that it is named after.
            stem = deployment.name.partition(":")[0]
            for values in (f"{stem}.yaml", f"{stem}.yml"):
                starts.setdefault(values, []).append((1, deployment.job))

    def values_in(text: str) -> list[tuple[int, str, str]]:
        lines = enumerate(text.splitlines(), 1)
        return [(number, found[1], line.strip()) for number, line in lines if (found := pattern.search(line))]

    for path, values in case.told_by_files(pattern.pattern, sorted(starts), values_in).items():
        for number, value, line in values:
            above = [job for first, job in sorted(starts[path]) if first <= number]
            if above:
                yield value, above[-1], [Proof(place(path, number), line)]


def _in_settings(case: Audited, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str, list[Proof]]]:
    for deployment in case.pipeline.deployments:
        for name, value in deployment.settings:
            if deployment.job and value.endswith(suffixes) and "://" not in value:
                text = case.texts([deployment.span.path]).get(deployment.span.path, "")
                lines = [line for line in lines_with(name, text) if value in text.splitlines()[line - 1]]
                line = lines[0] if lines else deployment.span.first_line
                yield value, deployment.job, [Proof(place(deployment.span.path, line), f"sets {name} to it")]


def _in_code(case: Audited, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str, list[Proof]]]:
    pattern = re.compile(rf"""(?<![fF])["']([\w.-]*[\w./-]*/[\w.-]+(?:{"|".join(map(re.escape, suffixes))}))["']""")

    def values_in(texts: Texts) -> list[tuple[str, str, int]]:
        found = [(path, text, match) for path, text in sorted(texts.items()) for match in pattern.finditer(text)]
        places = [(match[1], path, text.count("\n", 0, match.start()) + 1, text) for path, text, match in found]
        return [
            (value, path, line)
            for value, path, line, text in places
            if not _WRITING.search(text.splitlines()[line - 1])
        ]

    told = case.told_by_code(pattern.pattern, values_in)
    for job in sorted({link.job for link in case.pipeline.links}):
        for value, path, line in told.get(job, ()):
            yield value, job, [Proof(place(path, line), "names it")]
