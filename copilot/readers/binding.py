"""Which fields do the jobs of a tree use? Each job's answer is kept, and read again when its files or a premise changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from copilot.domain.pipeline import BlindSpot, FieldUse, Link
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import Gap, Span
from copilot.readers.crossing import MAX_HOPS, modules_called
from copilot.readers.facts import FileFacts
from copilot.readers.jobs import is_test_path
from copilot.readers.kept_jobs import KeptJobs
from copilot.readers.links import JobCode, LinkReader
from copilot.readers.modules import Modules
from copilot.readers.outlines import Outline
from copilot.readers.records import Records
from copilot.readers.store import FactStore
from copilot.readers.uses import (
    JobFields,
    blind_spots_of_file,
    holders_in,
    joins_tables,
    places_of,
    unknown_reads,
    uses_of_file,
    with_records_only,
)

SEVERAL = 3
"""Names of fields that a file of others writes where it is worth looking into."""
FILES_AT_ONCE = 2000
"""Files whose facts are in memory together, unless one job has more."""


@dataclass(frozen=True, slots=True)
class JobFiles:
    """A job's code, the paths of all its Python files, those for tests too, and of those `beyond` its root that it imports.

    `tests` are those in folders of no job that import from it.
    """

    code: JobCode
    own: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that may do something with the job's records."""
        return tuple(dict.fromkeys((*self.own, *self.beyond, *self.tests)))


class Used(NamedTuple):
    """What the code of jobs does with fields, sorted; `gaps` are what could not be read in it."""

    uses: tuple[FieldUse, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    unknown_reads: tuple[FieldUse, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Binder:
    """Reads the uses of one tree's jobs; `links` are all links, `subjects` all whose fields they may name, by name."""

    def __init__(
        self,
        store: FactStore,
        kept: KeptJobs,
        outlines: Mapping[str, Outline],
        modules: Modules,
        reader: LinkReader,
        links: Iterable[Link],
        subjects: Mapping[str, SchemaSubject],
    ) -> None:
        self._store = store
        self._kept = kept
        self._outlines = outlines
        self._modules = modules
        self._reader = reader
        self._subjects = subjects
        self._links: dict[str, list[Link]] = {}
        self._unknown: dict[str, list[Link]] = {}
        for link in links:
            (self._links if link.subject is not None else self._unknown).setdefault(link.job, []).append(link)

    def uses(self, jobs: Iterable[JobFiles]) -> Used:
        """Returns what all jobs do with fields; what could not be read becomes a gap of the store, too."""
        by_root = {job.code.root: job for job in jobs if job.code.name in self._links}
        known = {name: _digest_of_fields(subject) for name, subject in self._subjects.items()}
        keys = {root: self._key(job, known) for root, job in by_root.items()}
        self._reader.answer_for({root: job.code for root, job in by_root.items()})
        found = {root: Used(*kept) for root, kept in self._kept.recall(keys).items()}
        missing = {root: job for root, job in by_root.items() if root not in found}
        fields = {root: self._fields(job) for root, job in missing.items()}
        fresh = []
        for group in self._groups(self._worth_parsing(missing, fields)):
            for root, paths in group.items():
                with self._store.premises.noting() as premises:
                    found[root] = self._uses_of(missing[root], paths, fields[root])
                fresh.append((keys[root], premises.items(), tuple(found[root])))
        self._kept.keep(fresh)
        used = [found[root] for root in by_root]
        gaps = {gap for one in used for gap in one.gaps}
        self._store.gaps |= gaps
        return Used(
            _in_order(use for one in used for use in one.uses),
            tuple(sorted({spot for one in used for spot in one.blind_spots}, key=_order_of_spots)),
            _in_order(use for one in used for use in one.unknown_reads),
            tuple(sorted(gaps)),
        )

    def _key(self, job: JobFiles, known: Mapping[str, str]) -> str:
        code, entries = job.code, self._store.entries
        links = self._links[code.name]
        return self._kept.key(
            code.name,
            code.root,
            *(f"{path}\0{entries[path].digest}" for path in job.paths),
            repr(sorted(code.facts)),
            repr(code.running),
            repr(links),
            repr(sorted(self._elsewhere(job.code.name))),
            *(known[name] for name in sorted({link.subject or "" for link in links})),
        )

    def _elsewhere(self, job: str) -> frozenset[tuple[str, int]]:
        """Returns the places of JSON that goes through endpoints of a job which none of its known subjects goes through."""
        known, unknown = self._links[job], self._unknown.get(job, ())
        ends = {link.endpoint for link in known}
        apart = (
            link
            for link in unknown
            if link.decoder and link.decoder.library == "json" and link.certainty != "possible" and not link.forwards
            if link.endpoint.name and link.endpoint not in ends
        )
        return _places_of(apart) - _places_of(known)

    def _fields(self, job: JobFiles) -> JobFields:
        links, subjects = self._links[job.code.name], self._subjects
        produced = {link.subject for link in links if link.direction == "produces" and link.subject}
        consumed = {link.subject for link in links if link.direction == "consumes" and link.subject}
        return JobFields(
            job.code.name,
            places_of([subjects[name] for name in produced]),
            places_of([subjects[name] for name in consumed]),
            places_of([subjects[name] for name in produced | consumed]),
            {name: holders_in(subjects[name]) for name in produced | consumed},
            frozenset(
                field.name for name in produced | consumed for one in subjects[name].versions for field in one.fields
            ),
        )

    def _worth_parsing(
        self, jobs: Mapping[str, JobFiles], fields: Mapping[str, JobFields]
    ) -> dict[str, tuple[str, ...]]:
        """Returns for each job its Python files that were parsed already, its own that write a name of a field, and others' that
        write several, as those do which make or declare its records.
        """
        names = {root: fields[root].names for root in jobs if fields[root].both}
        users: dict[str, list[str]] = {}
        parsed = {path for path, outline in self._outlines.items() if outline.is_parsed}
        # Records may go through a file that names none of their fields: who calls what reads and writes them does.
        parsed |= {
            span.path for root in names for link in self._links[jobs[root].code.name] for span in link.proof
        } & self._outlines.keys()
        for root in names:
            for path in jobs[root].paths:
                users.setdefault(path, []).append(root)
        told = {(root, path) for root in names for path in jobs[root].paths if path in parsed}
        ours = {root: frozenset((*jobs[root].own, *jobs[root].tests)) for root in names}
        least = {
            (root, is_own): 1 if is_own else min(SEVERAL, len(names[root]))
            for root in names
            for is_own in (True, False)
        }
        for path, written in self._store.words(sorted(users.keys() & self._outlines.keys() - parsed)):
            told |= {
                (root, path) for root in users[path] if len(written & names[root]) >= least[root, path in ours[root]]
            }
        return {root: tuple(path for path in job.paths if (root, path) in told) for root, job in jobs.items()}

    def _groups(self, paths: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, tuple[str, ...]]]:
        """Yields jobs with their files, a few at a time, whose facts are there meanwhile."""
        group: dict[str, tuple[str, ...]] = {}
        last = next(reversed(list(paths)), "")
        for root, ours in paths.items():
            group[root] = ours
            if root == last or sum(map(len, group.values())) >= FILES_AT_ONCE:
                listed = [path for one in group.values() for path in one]
                self._store.python(listed)
                yield group
                self._store.forget(listed)
                group = {}

    def _uses_of(self, job: JobFiles, paths: tuple[str, ...], fields: JobFields) -> Used:
        facts = self._with_handed(job, self._store.python(paths))
        name = job.code.name
        fields = replace(fields, tables=frozenset(table for one in facts.values() for table in one.tables))
        elsewhere = self._elsewhere(name)
        records = Records(job.code, facts, self._links[name], self._store.premises, self._modules, elsewhere)
        uses: list[FieldUse] = []
        unknown: list[FieldUse] = []
        spots: set[BlindSpot] = set()
        own = frozenset(job.own)
        ours = own.union(job.tests).intersection(paths)
        with_tables = joins_tables(one for path, one in facts.items() if path in own)
        for path, one in facts.items():
            is_test = is_test_path(path)
            traced = records.tracer(path, is_test)
            # Others' records go through a shared file as well, and a file that names no field was read for the way through it:
            # there, only what was followed from this job's is a use of theirs.
            seen = one if path in ours else with_records_only(one, fields, traced)
            uses += uses_of_file(path, seen, fields, is_test, traced)
            if not is_test:
                spots.update(blind_spots_of_file(path, seen, name, traced))
            if not (is_test or with_tables):
                unknown += unknown_reads(path, one, fields, facts, traced)
        gaps = {Gap(Span(path, line, line), reason) for path, one in facts.items() for line, reason in one.gaps}
        return Used(tuple(uses), tuple(sorted(spots, key=_order_of_spots)), tuple(unknown), tuple(sorted(gaps)))

    def _with_handed(self, job: JobFiles, facts: dict[str, FileFacts]) -> dict[str, FileFacts]:
        """Returns the facts with those of further files that the job runs whose functions take or give its records."""
        runs = frozenset((*job.own, *job.beyond))
        waiting, seen = facts, frozenset[str]()
        for hop in range(MAX_HOPS if runs - facts.keys() else 0):
            called = {
                self._modules.file_of(path, module)
                for path, one in waiting.items()
                for module in modules_called(one, is_handed_records=hop > 0)
            }
            reached = (called & runs) - seen
            waiting = {path: facts[path] for path in sorted(reached & facts.keys())}
            waiting |= self._store.python(sorted(reached - facts.keys()))
            if not waiting:
                break
            facts, seen = {**facts, **waiting}, seen | reached
        return facts


def _in_order(uses: Iterable[FieldUse]) -> tuple[FieldUse, ...]:
    return tuple(sorted(uses, key=lambda use: (use.subject, use.path, use.span.path, use.offset, use.job, use.mode)))


def _places_of(links: Iterable[Link]) -> frozenset[tuple[str, int]]:
    return frozenset((span.path, span.first_line) for link in links for span in link.proof)


def _order_of_spots(spot: BlindSpot) -> tuple[str, Span, str]:
    return (spot.job, spot.span, spot.reason)


def _digest_of_fields(subject: SchemaSubject) -> str:
    """Returns all that the uses of a subject's fields hang on: what its versions say, not where they say it."""
    versions = [(one.name, one.fingerprint, one.meaning) for one in subject.versions]
    return repr((subject.name, versions, [field.path for field in subject.latest.fields]))
