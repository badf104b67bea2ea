"""Is a setting misspelt? It is set but read nowhere, and nearly has the name of one that is read but not set there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from copilot.domain.audit import AuditFinding, Proof
from copilot.findings.answers import Texts
from copilot.findings.case import Audited, Rule, is_for_tests, lines_with, place
from copilot.findings.likeness import is_misspelt

MISSPELT = Rule(
    "setting-misspelt",
    "The deployment sets a name that no code asks for, so the code goes on with its default, or stops where it has none.",
)
OFTEN_MIN = 3
_READ = re.compile(
    r"""(?:environ(?:\.get\(|\[|\.pop\()|getenv\(|\b(?:env|config)(?:\.\w+)?\(|\benv\s*=|_alias\s*=)\s*["']([A-Za-z_]\w{4,})["']"""
)
_KEPT = re.compile(
    r"""^\s*([A-Z][A-Z0-9_]{5,})\s*(?::[^=\n]+)?=[^=][^\n]*(?:\n[ \t]+[^\n]*){0,2}?"""
    r"""(?:environ(?:\.get\(|\[)|getenv\()\s*["']([A-Z]\w{4,})["']""",
    re.MULTILINE,
)
_SETTING_FILES = re.compile(
    r"(?:^|/)(?:Dockerfile[^/]*|Makefile|Procfile|\.env[^/]*|[^/]*\.(?:ya?ml|env|sh|toml|cfg|ini|json|tf|tfvars|properties|service|j2|tpl|conf|bat|ps1))$"
)


def misspelt_settings(case: Audited) -> Iterator[AuditFinding]:
    """Yields settings of a job's deployments that its code nearly asks for.

    That other jobs ask for the one or are given the other is no excuse where the slip stands in one place only.
    """
    for job in case.pipeline.jobs:
        deployments = [it for it in case.pipeline.deployments if it.job == job.name]
        names = {name for it in deployments for name, _ in it.settings}
        reads = _reads(case, job.name) if names else {}
        pairs = [
            (name, asked)
            for asked in sorted(reads.keys() - names)
            for name in sorted(names)
            if is_misspelt(name, asked)
        ]
        for name, asked in pairs:
            if name not in reads and (
                _is_slip(case, name, asked) or not _is_told_elsewhere(case, job.name, name, asked)
            ):
                where = [it.span.path for it in deployments if name in dict(it.settings)]
                yield _finding(case, job.name, name, where, asked, reads[asked])


def misspelt_questions(case: Audited) -> Iterator[AuditFinding]:
    """Yields names that code asks its environment for under a slip: it keeps the answer under the name that other jobs ask for."""
    jobs = [job.name for job in case.pipeline.jobs]
    asked = {name: _reads(case, name) for name in jobs}
    questions = case.told_by_code("questions kept under a name", _questions_in)
    for job in jobs:
        for kept, name, path, line in questions.get(job, ()):
            others = [other for other in jobs if other != job and kept in asked[other]]
            if others and kept not in asked[job] and is_misspelt(name, kept) and not _is_set_somewhere(case, name):
                proof = [Proof(place(path, line), f"asks for {name}"), asked[others[0]][kept]]
                title = f"{job} asks for {name}, which no deployment sets, and keeps it as {kept}, which {others[0]} asks for."
                yield MISSPELT.finding("warning", title, proof, f"Ask for {kept}.", job=job, about=name)


def _finding(case: Audited, job: str, name: str, where: list[str], asked: str, read: Proof) -> AuditFinding:
    texts = case.texts(where)
    set_at = [
        Proof(place(path, line), f"sets {name}")
        for path, text in sorted(texts.items())
        for line in lines_with(name, text)
    ]
    title = f"{name} is set for {job}, but its code asks for {asked}, which nothing sets for it."
    return MISSPELT.finding("warning", title, [*set_at[:3], read], f"Name the setting {asked}.", job=job, about=name)


def _reads(case: Audited, job: str) -> dict[str, Proof]:
    """Returns the names that a job's code asks its environment for, each with a place."""
    told = case.once("reads", "", lambda: case.told_by_code("asks its environment", _asked_in))
    return {name: Proof(place(path, line), f"asks for {name}") for name, (path, line) in told.get(job, {}).items()}


def _asked_in(texts: Texts) -> dict[str, tuple[str, int]]:
    """Returns the first place of each name that code asks its environment for."""
    found: dict[str, tuple[str, int]] = {}
    for path, text in sorted(texts.items()):
        for match in _READ.finditer(text):
            found.setdefault(match[1], (path, text.count("\n", 0, match.start(1)) + 1))
    return found


def _questions_in(texts: Texts) -> list[tuple[str, str, str, int]]:
    """Returns (name that the answer is kept under, name that is asked for, path, line)."""
    return [
        (match[1], match[2], path, text.count("\n", 0, match.start(2)) + 1)
        for path, text in sorted(texts.items())
        for match in _KEPT.finditer(text)
    ]


def _is_read_somewhere(case: Audited, job: str, name: str) -> bool:
    """Tells whether a file that the job may use writes the name: it may be read in ways that are not known here."""
    quoted = re.compile(rf"""["']{re.escape(name)}["']""")
    code = [*case.code_of(job).values(), *case.shared_code().values()]
    if any(quoted.search(text) or ("BaseSettings" in text and name.lower() in text.lower()) for text in code):
        return True
    others = [it.name for it in case.pipeline.jobs if it.name != job]
    paths = [
        path
        for path in case.naming([name])[name]
        if not path.endswith(".py")
        and (not _SETTING_FILES.search(path) or basename(path).endswith((".sh", ".json")))
        and not any(case.is_of(other, path) for other in others)
    ]
    return any(next(lines_with(name, text), 0) for text in case.texts(paths).values())


def _is_told_elsewhere(case: Audited, job: str, name: str, asked: str) -> bool:
    return _is_read_somewhere(case, job, name) or _is_set_somewhere(case, asked)


def _is_slip(case: Audited, name: str, asked: str) -> bool:
    """Tells whether one of two names stands on a single line of the whole repository, and the other on several.

    Plurals are left out: there may well be an optional one.
    """
    naming = case.naming([name, asked])
    counts = [sum(1 for text in case.texts(naming[it]).values() for _ in lines_with(it, text)) for it in (name, asked)]
    is_plural = name.rstrip("sS") == asked.rstrip("sS")
    return min(counts) == 1 and max(counts) >= OFTEN_MIN and not is_plural


def _is_set_somewhere(case: Audited, name: str) -> bool:
    paths = [path for path in case.naming([name])[name] if _SETTING_FILES.search(path) and not is_for_tests(path)]
    return any(next(lines_with(name, text), 0) for text in case.texts(paths).values())
