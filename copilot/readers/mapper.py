"""What is the pipeline in this tree? Subjects, jobs, links, deployments and field uses, in one map.

The order is: deployment files, words of all Python files, facts of those that may hold endpoints, subjects, jobs, links, and then
facts of the files of linked jobs that write a field's name. Each step reads only what the one before asks for, and everything
is sorted, so equal trees give equal maps whatever the cache holds.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from copilot.domain.pipeline import BlindSpot, Deployment, FieldUse, Job, Link, PipelineMap
from copilot.domain.source import Gap, Snapshot, Span
from copilot.ports import History, Index, SchemaFormat, Tree
from copilot.readers.beyond import NOTHING, Beyond
from copilot.readers.callers import Callers, given_clients
from copilot.readers.chains import Chains
from copilot.readers.deployments import Running, bind_deployments, built_folders, read_deployment_files
from copilot.readers.effects import EffectReader
from copilot.readers.facts import FileFacts
from copilot.readers.jobs import JobRoots, is_test_path
from copilot.readers.links import JobCode, LinkReader
from copilot.readers.modules import Modules
from copilot.readers.records import Records
from copilot.readers.store import FactStore, Spread, one_by_one
from copilot.readers.subjects import SubjectReader, Subjects
from copilot.readers.uses import (
    JobFields,
    blind_spots_of_file,
    holders_in,
    places_of,
    unknown_reads,
    uses_of_file,
)
from copilot.settings import Settings

_SUBMODULE_MODE = "160000"
_SHALLOW = Gap(Span(".git/shallow", 1, 1), "the clone is shallow: versions of schemas beyond its depth are not known")


class PipelineMapper:
    """Reads trees into maps; `formats` by name, `history` of the tree's commit, `index` kept between runs.

    `spread` does the parsing; `beyond` is what other repositories write. Whole maps are kept by `kept.KeptMapper`.
    """

    def __init__(
        self,
        formats: Mapping[str, SchemaFormat],
        history: History,
        index: Index,
        spread: Spread = one_by_one,
        beyond: Beyond = NOTHING,
    ) -> None:
        self._formats = formats
        self._history = history
        self._index = index
        self._spread = spread
        self._beyond = beyond

    def map(self, tree: Tree, settings: Settings) -> PipelineMap:
        """Returns the map of the tree; what can't be read is a gap in it, never an error."""
        with _without_garbage_collection():
            store = FactStore(tree, self._index, self._spread)
            return _Reading(store, self._formats, self._history, self._index, settings, self._beyond).map()


class _Reading:
    """One reading of one tree."""

    def __init__(
        self,
        store: FactStore,
        formats: Mapping[str, SchemaFormat],
        history: History,
        index: Index,
        settings: Settings,
        beyond: Beyond,
    ) -> None:
        self._store = store
        self._settings = settings
        self._beyond = beyond
        self._schemas = SubjectReader(formats, history, index, store)
        # Git walks the history meanwhile: on a repository of some thousand commits that takes as long as all the parsing.
        with ThreadPoolExecutor(max_workers=1) as beside:
            past = beside.submit(history.versions, self._schemas.schema_paths())
            self._deployment_files = read_deployment_files(store)
            self._python_paths = sorted(path for path in store.entries if path.endswith(".py"))
            self._outlines = store.outlines(self._python_paths)
            hosts = store.python(path for path, outline in self._outlines.items() if outline.has_schemas)
            self._subjects: Subjects = self._schemas.read(hosts, settings, past.result())
        scripts = frozenset(path for path, outline in self._outlines.items() if outline.is_script)
        self._roots = JobRoots(store.entries, scripts, built_folders(self._deployment_files))
        self._modules = Modules(store, self._python_paths)
        self._chains = Chains(lambda path: store.python([path]).get(path), self._modules)
        self._root_of = {path: self._roots.root_of(path) for path in self._python_paths}

    def map(self) -> PipelineMap:
        roots = sorted(set(self._root_of.values()))
        coded = self._coded()
        busy = {root for root, facts in coded.items() if any(one.calls or one.configs for one in facts.values())}
        running = bind_deployments(self._deployment_files, roots, self._root_of, busy)
        jobs = self._roots.name_jobs(roots)
        codes = self._job_codes(jobs, coded, running)
        effects = self._effects(codes)
        reader = LinkReader(self._store, self._subjects, self._modules, self._outlines, effects)
        links = reader.read(codes, self._root_of, self._beyond.links)
        uses, blind_spots, unknown = self._uses(codes, links, reader)
        deployments = self._deployments(running, jobs)
        active = {link.job for link in links} | {deployment.job for deployment in deployments}
        snapshot = self._store.snapshot
        return PipelineMap(
            commit=snapshot.commit,
            subjects=self._subjects.all,
            endpoints=tuple(sorted({link.endpoint for link in links})),
            jobs=tuple(sorted((job for job in jobs.values() if job.name in active), key=lambda job: job.name)),
            deployments=deployments,
            links=links,
            uses=uses,
            blind_spots=blind_spots,
            objectives=tuple(sorted(self._settings.objectives, key=lambda objective: objective.name)),
            retentions=self._settings.retentions,
            gaps=tuple(sorted(self._store.gaps | _left_out(snapshot))),
            files_read=len(self._outlines) + len(self._deployment_files) + len(self._schemas.schema_paths()),
            uncommitted_count=snapshot.uncommitted_count,
            unknown_reads=unknown,
        )

    def _coded(self) -> dict[str, dict[str, FileFacts]]:
        """Returns the facts of the files that may name endpoints, by the root of their job; tests left out."""
        facts: dict[str, dict[str, FileFacts]] = {}
        coded = (path for path, outline in self._outlines.items() if outline.is_parsed and not is_test_path(path))
        parsed = self._store.python(coded)
        for path, found in {**parsed, **self._find(set(given_clients(parsed, self._chains)))}.items():
            facts.setdefault(self._root_of[path], {})[path] = found
        return facts

    def _job_codes(
        self, jobs: Mapping[str, Job], facts: Mapping[str, Mapping[str, FileFacts]], running: list[Running]
    ) -> dict[str, JobCode]:
        copies: dict[str, list[Running]] = {}
        for one in running:
            copies.setdefault(one.root, []).append(one)
        return {
            root: JobCode(jobs[root].name, root, facts.get(root, {}), tuple(copies.get(root, ())))
            for root in sorted(jobs)
        }

    def _effects(self, codes: Mapping[str, JobCode]) -> EffectReader:
        """Returns what reads the effects of calls; files that may call a wrapper are parsed when it is known which there are."""
        facts = {path: one for code in codes.values() for path, one in code.facts.items()}
        running = frozenset(root for root, code in codes.items() if code.running)
        packages = self._roots.packages(self._root_of, self._imports(), running)
        callers = Callers(facts, self._chains, self._find)
        return EffectReader(self._chains, callers, lambda path: self._root_of[path] in packages)

    def _find(self, wanted: Collection[tuple[str, str]]) -> Mapping[str, FileFacts]:
        """Returns the facts of files that showed no sign of endpoints, but write both names of a pair."""
        if not wanted:
            return {}
        waiting = [path for path, one in self._outlines.items() if not (one.is_parsed or is_test_path(path))]
        words = self._store.words(waiting)
        return self._store.python(
            path for path, written in words.items() if any(one in written and other in written for one, other in wanted)
        )

    def _imports(self) -> Iterator[tuple[str, str]]:
        """Yields (importing file, imported file) of the files that were parsed."""
        parsed = (path for path, outline in self._outlines.items() if outline.is_parsed)
        for path, facts in self._store.python(parsed).items():
            yield from ((path, file) for file in self._modules.imported(path, facts))

    def _deployments(self, running: list[Running], jobs: Mapping[str, Job]) -> tuple[Deployment, ...]:
        found = (one.deployment(jobs[one.root].name if one.root else "") for one in running)
        return tuple(sorted(found, key=lambda one: (one.job, one.name, one.span, one.settings)))

    def _uses(
        self, codes: Mapping[str, JobCode], links: tuple[Link, ...], reader: LinkReader
    ) -> tuple[tuple[FieldUse, ...], tuple[BlindSpot, ...], tuple[FieldUse, ...]]:
        links_of: dict[str, list[Link]] = {}
        for link in links:
            if link.subject is not None:
                links_of.setdefault(link.job, []).append(link)
        fields = {code.root: self._fields(code.name, links_of.get(code.name, [])) for code in codes.values()}
        by_root: dict[str, list[str]] = {}
        for path in self._store.python(self._worth_parsing(fields)):
            by_root.setdefault(self._root_of[path], []).append(path)
        uses: list[FieldUse] = []
        unknown: list[FieldUse] = []
        blind_spots: set[BlindSpot] = set()
        for root, paths in by_root.items():
            facts = self._store.python(paths)
            records = Records(codes[root], facts, links_of.get(codes[root].name, []), reader, self._modules)
            for path, found in facts.items():
                is_test = is_test_path(path)
                traced = records.tracer(path, is_test)
                uses.extend(uses_of_file(path, found, fields[root], is_test, traced))
                if not is_test:
                    blind_spots.update(blind_spots_of_file(path, found, codes[root].name, traced))
                    unknown += unknown_reads(path, found, fields[root], facts, traced)
        spots = sorted(blind_spots, key=lambda spot: (spot.job, spot.span, spot.reason))
        return _in_order(uses), tuple(spots), _in_order(unknown)

    def _worth_parsing(self, fields: Mapping[str, JobFields]) -> list[str]:
        """Returns the Python files of linked jobs that were parsed already, or that write a name of a field."""
        linked = {
            path: fields[root].names for path, root in self._root_of.items() if root in fields and fields[root].both
        }
        parsed = [path for path in linked if path in self._outlines and self._outlines[path].is_parsed]
        words = self._store.words(sorted(linked.keys() & self._outlines.keys() - set(parsed)))
        return sorted([*parsed, *(path for path, written in words.items() if not written.isdisjoint(linked[path]))])

    def _fields(self, job: str, links: list[Link]) -> JobFields:
        produced = {link.subject for link in links if link.direction == "produces" and link.subject}
        consumed = {link.subject for link in links if link.direction == "consumes" and link.subject}
        by_name = self._subjects.by_name | self._beyond.by_name
        return JobFields(
            job,
            places_of([by_name[name] for name in produced]),
            places_of([by_name[name] for name in consumed]),
            places_of([by_name[name] for name in produced | consumed]),
            {name: holders_in(by_name[name]) for name in produced | consumed},
            frozenset(
                field.name for name in produced | consumed for one in by_name[name].versions for field in one.fields
            ),
        )


def _in_order(uses: list[FieldUse]) -> tuple[FieldUse, ...]:
    return tuple(sorted(uses, key=lambda use: (use.subject, use.path, use.span.path, use.offset, use.job, use.mode)))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Holds the garbage collector off: syntax trees and facts are many small objects, and it took a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _left_out(snapshot: Snapshot) -> set[Gap]:
    """Returns what lies beyond the tree: what a shallow clone lacks, and the files of submodules."""
    submodules = (entry.path for entry in snapshot.entries if entry.mode == _SUBMODULE_MODE)
    gaps = {Gap(Span(path, 1, 1), "is a submodule, which is not read") for path in submodules}
    return gaps | ({_SHALLOW} if snapshot.is_shallow else set())
