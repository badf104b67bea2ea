"""What is the pipeline in this tree? Subjects, jobs, links, deployments and field uses, in one map.

The order is: deployment files, words of all Python files, facts of those that may hold endpoints, subjects, jobs, links, and then
facts of the files of linked jobs that write a field's name. Each step reads only what the one before asks for, and everything
is sorted, so equal trees give equal maps whatever the cache holds.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from copilot.domain.listing import SUBMODULE_MODE, paths_with_mode
from copilot.domain.pipeline import Deployment, Job, PipelineMap
from copilot.domain.source import SHALLOW_PATH, Gap, PastFile, Snapshot, Span
from copilot.ports import History, Index, OneByOne, SchemaFormat, Spread, Tree
from copilot.readers.beside import Beside
from copilot.readers.beyond import NOTHING, Beyond
from copilot.readers.binding import Binder, JobFiles
from copilot.readers.callers import Callers, given_clients
from copilot.readers.chains import Chains
from copilot.readers.deployments import (
    Running,
    bind_deployments,
    built_folders,
    read_deployment_files,
    started_files,
    started_scripts,
)
from copilot.readers.effects import EffectReader
from copilot.readers.entries import EntryReader, Folder
from copilot.readers.facts import FileFacts
from copilot.readers.jobs import JobRoots, is_test_path
from copilot.readers.kept_jobs import KeptJobs
from copilot.readers.kept_subjects import kept_subjects
from copilot.readers.layout import layout_of
from copilot.readers.links import JobCode, LinkReader
from copilot.readers.modules import Modules
from copilot.readers.named_classes import named_classes
from copilot.readers.reach import Reach
from copilot.readers.record_classes import with_schemas_only
from copilot.readers.store import FactStore
from copilot.readers.subjects import SubjectReader, Subjects
from copilot.readers.unknown_code import templates_of_code, unknown_clients
from copilot.settings import Settings

MANY_FILES = 200
"""More Python files than this that were never seen take a while, and the schemas are read meanwhile."""
IMPORTS_MAX = 4
"""Files from one to the next that a schema is put together through."""
_SHALLOW = Gap(Span(SHALLOW_PATH, 1, 1), "the clone is shallow: versions of schemas beyond its depth are not known")


class PipelineMapper:
    """Reads trees into maps; `formats` by name, `history` of the tree's commit, `index` kept between runs.

    `spread` does the parsing, `beyond` is what other repositories write, `stamp` names the program to what is kept of jobs.
    Whole maps are kept by `kept.KeptMapper`.
    """

    def __init__(
        self,
        formats: Mapping[str, SchemaFormat],
        history: History,
        index: Index,
        spread: Spread | None = None,
        beyond: Beyond = NOTHING,
        stamp: str = "",
    ) -> None:
        self._formats = formats
        self._history = history
        self._index = index
        self._spread = spread or OneByOne()
        self._beyond = beyond
        self._stamp = stamp

    def map(self, tree: Tree, settings: Settings) -> PipelineMap:
        """Returns the map of the tree; what can't be read is a gap in it, never an error."""
        with _without_garbage_collection():
            store = FactStore(tree, self._index, self._spread)
            reading = _Reading(store, self._formats, self._history, self._index, settings, self._beyond, self._stamp)
            return reading.map()


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
        stamp: str,
    ) -> None:
        self._store = store
        self._settings = settings
        self._index = index
        self._stamp = stamp
        self._kept = KeptJobs(index, f"{stamp} {settings}", store.premises)
        self._beyond = beyond
        suffixes = tuple(sorted(suffix for form in formats.values() for suffix in form.suffixes))
        self._layout = layout = layout_of(store.entries, suffixes, index, stamp)
        self._schemas = SubjectReader(formats, history, index, store, layout)
        # Git walks the history meanwhile: on a repository of some thousand commits that takes as long as all the parsing.
        past = Beside(lambda: history.versions(self._schemas.schema_paths()), "history")
        outlines = store.begin_outlines(layout.python)
        self._deployment_files, self._deployment_count = read_deployment_files(store, layout.deployments)
        if store.unknown_count > MANY_FILES:
            self._schemas.read_ahead()
        self._outlines = outlines()
        self._modules = Modules(store, layout.python)
        self._chains = Chains(lambda path: store.python([path]).get(path), self._modules)
        self._subjects = self._read_subjects(past.result())
        scripts = frozenset(path for path, outline in self._outlines.items() if outline.is_script)
        scripts |= started_scripts(self._deployment_files, layout.python)
        self._entry_reader = EntryReader(store, self._modules, self._outlines)
        scripts |= self._entry_reader.beside(scripts, layout.python)
        self._roots = JobRoots([*layout.python, *layout.builds], scripts, built_folders(self._deployment_files))
        root_of = self._roots.root_of_each()
        whole = {path: root_of[path] for path in layout.python}
        self._entries = self._entry_reader.read(self._folders(whole))
        self._root_of = {**whole, **self._entries.root_of}

    def _read_subjects(self, past: Mapping[str, tuple[PastFile, ...]]) -> Subjects:
        hosts = self._hosts()

        def read() -> Subjects:
            return self._schemas.read(hosts, self._settings, past, self._imported_from)

        if any(facts.literals for facts in hosts.values()):
            return read()
        stamp = f"{self._stamp} {self._settings}"
        return kept_subjects(self._index, stamp, self._store, self._schemas.schema_paths(), past, read)

    def _hosts(self) -> dict[str, FileFacts]:
        """Returns the facts of the Python files that hold schemas, by themselves or because others name their classes."""
        naming = (path for path, outline in self._outlines.items() if outline.names_records and not outline.is_tests)
        named = named_classes(self._store.python(naming), self._chains)
        hosts = {path for path, outline in self._outlines.items() if outline.has_schemas}
        facts = self._store.python(sorted(hosts | named.keys()))
        return {path: with_schemas_only(one, named.get(path, ())) for path, one in facts.items()}

    def _imported_from(self, path: str) -> list[str]:
        """Returns the files that a Python file imports from, directly or not; those that are many imports away are left out."""
        found = waiting = {path}
        for _ in range(IMPORTS_MAX):
            facts = self._store.python(sorted(waiting))
            waiting = {file for one in facts for file in self._modules.imported(one, facts[one])} - found
            found = found | waiting
        return sorted(found - {path})

    def _folders(self, root_of: Mapping[str, str]) -> Iterator[Folder]:
        """Yields the roots that are folders with two files at least that somebody may start, with all their files."""
        started = started_files(self._deployment_files, root_of)
        told = (path for path, one in self._outlines.items() if one.is_script or one.acts_at_once)
        count = Counter(root_of[path] for path in {*told, *started})
        asked = {root for root in count if count[root] > 1 and not root.endswith(".py")}
        paths: dict[str, list[str]] = {}
        for path, root in root_of.items():
            if root in asked:
                paths.setdefault(root, []).append(path)
        for root, listed in paths.items():
            own = {path: started[path] for path in listed if path in started}
            yield Folder(root, tuple(listed), own, self._roots.is_image(root))

    def map(self) -> PipelineMap:
        roots = sorted({*self._root_of.values(), *self._entries.split})
        coded = self._coded()
        busy = {root for root, facts in coded.items() if any(one.calls or one.configs for one in facts.values())}
        split = self._entries.split
        # What is called like a test runs a test, and not the folder of tests.
        deployable = [root for root in roots if root in busy or not self._roots.is_for_tests(root)]
        running = bind_deployments(
            self._deployment_files, deployable, self._root_of, busy.union(self._entries.folder_of) - split, split
        )
        jobs = self._roots.name_jobs(roots)
        codes = self._job_codes(jobs, coded, running)
        imports = tuple(self._imports())
        packages = self._packages(codes, imports)
        effects = self._effects(codes, packages, frozenset(file for _, file in imports))
        reach = self._reach({root: code for root, code in codes.items() if root not in packages}, imports)
        reader = LinkReader(
            self._store, self._subjects, self._modules, self._outlines, effects, self._root_of, reach, self._beyond
        )
        links = reader.read(codes)
        subjects = self._subjects.by_name | self._beyond.by_name
        binder = Binder(self._store, self._kept, self._outlines, self._modules, reader, links, subjects)
        used = binder.uses(self._job_files(codes, reach))
        deployments = self._deployments(running, jobs)
        active = {link.job for link in links} | {deployment.job for deployment in deployments}
        snapshot = self._store.snapshot
        return PipelineMap(
            commit=snapshot.commit,
            subjects=self._subjects.all,
            endpoints=tuple(sorted({link.endpoint for link in links})),
            jobs=self._owned(job for job in jobs.values() if job.name in active),
            deployments=deployments,
            links=links,
            uses=used.uses,
            blind_spots=used.blind_spots,
            objectives=tuple(sorted(self._settings.objectives, key=lambda objective: objective.name)),
            retentions=self._settings.retentions,
            sinks=self._settings.sinks,
            samples=self._settings.samples,
            gaps=tuple(
                sorted({*self._store.gaps, *self._unknown_code(coded), *_left_out(snapshot), *self._settings.ignored})
            ),
            files_read=len(self._outlines) + self._deployment_count + len(self._schemas.schema_paths()),
            uncommitted_count=snapshot.uncommitted_count,
            other_languages=self._layout.languages,
            unknown_reads=used.unknown_reads,
        )

    def _unknown_code(self, coded: Mapping[str, Mapping[str, FileFacts]]) -> Iterator[Gap]:
        facts = {path: one for ours in coded.values() for path, one in ours.items()}
        yield from unknown_clients(facts, self._modules, self._store)
        yield from templates_of_code(self._store.entries, self._store)

    def _owned(self, jobs: Iterable[Job]) -> tuple[Job, ...]:
        owners = {one.job: one.owner for one in self._settings.owners}
        named = (replace(job, owner=owners.get(job.name, "")) for job in jobs)
        return tuple(sorted(named, key=lambda job: job.name))

    def _coded(self) -> dict[str, dict[str, FileFacts]]:
        """Returns the facts of the files that may name endpoints, by the root of their job; tests left out."""
        facts: dict[str, dict[str, FileFacts]] = {}
        coded = (path for path, outline in self._outlines.items() if outline.is_parsed and not self._is_for_tests(path))
        parsed = self._store.python(coded)
        for path, found in {**parsed, **self._find(set(given_clients(parsed, self._chains)))}.items():
            for root in self._entries.shared.get(path) or (self._root_of[path],):
                facts.setdefault(root, {})[path] = found
        return facts

    def _is_for_tests(self, path: str) -> bool:
        outline = self._outlines.get(path)
        holds_tests = outline is not None and outline.is_tests
        return holds_tests or is_test_path(path) or self._roots.is_for_tests(self._root_of[path])

    def _job_codes(
        self, jobs: Mapping[str, Job], facts: Mapping[str, Mapping[str, FileFacts]], running: list[Running]
    ) -> dict[str, JobCode]:
        copies: dict[str, list[Running]] = {}
        for one in running:
            copies.setdefault(one.root, []).append(one)
        for script, folder in self._entries.folder_of.items():
            # Which script of the folder a copy runs isn't told, so what it sets is likely for each that nothing else runs.
            copies.setdefault(script, [replace(one, is_example=True) for one in copies.get(folder, ())])
        return {
            root: JobCode(jobs[root].name, root, facts.get(root, {}), tuple(copies.get(root, ())))
            for root in sorted(jobs)
        }

    def _job_files(self, codes: Mapping[str, JobCode], reach: Reach) -> list[JobFiles]:
        paths: dict[str, list[str]] = {root: [] for root in codes}
        for path, root in self._root_of.items():
            for user in self._entries.shared.get(path) or (root,):
                paths[user].append(path)
        tests = self._tests_of(codes, reach)
        return [
            JobFiles(code, tuple(paths[root]), reach.beyond(root), tuple(tests.get(root, ())))
            for root, code in codes.items()
        ]

    def _tests_of(self, codes: Mapping[str, JobCode], reach: Reach) -> dict[str, list[str]]:
        """Returns, by root, the tests that lie in folders of their own and import from a job, or from what it imports."""
        coded: set[str] = set()
        for path, root in self._root_of.items():
            if root not in coded and not is_test_path(path):
                coded.add(root)
        tests = [path for path, root in self._root_of.items() if root not in coded]
        among = frozenset(self._root_of)
        reached = {path: {*files} for path, files in self._entry_reader.imported(tests, among).items()}
        found: dict[str, list[str]] = {}
        for path in tests:
            helpers = reached[path] & reached.keys()
            files = reached[path].union(*(reached[helper] for helper in helpers))
            users = {root for file in files for root in (self._root_of[file], *reach.users(file))}
            for root in sorted(user for user in users if codes[user].facts):
                found.setdefault(root, []).append(path)
        return found

    def _packages(self, codes: Mapping[str, JobCode], imports: Collection[tuple[str, str]]) -> frozenset[str]:
        """Returns the roots that only others run."""
        running = frozenset(root for root, code in codes.items() if any(not one.is_example for one in code.running))
        idle = self._entry_reader.idle(self._roots.scripts, self._root_of, imports)
        return self._roots.packages(self._root_of, imports, running, self._entries.split, idle)

    def _reach(self, jobs: Mapping[str, JobCode], imports: Collection[tuple[str, str]]) -> Reach:
        """Returns what these jobs, by root, import from beyond their roots."""
        starts: dict[str, set[str]] = {root: set() for root in jobs}
        for path in {*self._roots.scripts, *(path for code in jobs.values() for path in code.facts)}:
            if self._root_of[path] in starts and not self._is_for_tests(path):
                starts[self._root_of[path]].add(path)
        everything = frozenset(self._root_of)

        def ask(paths: list[str]) -> dict[str, frozenset[str]]:
            # Of the files that are imported, not of all files of the tree, because there are far fewer.
            imported = self._entry_reader.imported(paths, everything)
            return {
                path: frozenset(file for file in files if not self._is_for_tests(file))
                for path, files in imported.items()
            }

        return Reach(self._root_of, imports, ask, starts, self._entry_reader.import_line)

    def _effects(
        self, codes: Mapping[str, JobCode], packages: Collection[str], imported: Collection[str]
    ) -> EffectReader:
        """Returns what reads the effects of calls; files that may call a wrapper are parsed when it is known which there are."""
        facts = {path: one for code in codes.values() for path, one in code.facts.items()}

        def is_library(path: str, scope: str) -> bool:
            # What nobody imports is started by somebody, unless it is a class, which settings may name.
            return self._root_of[path] in packages and (path in imported or "." in scope)

        callers = Callers(facts, self._chains, self._find)
        return EffectReader(self._chains, callers, is_library)

    def _find(self, wanted: Collection[tuple[str, str]]) -> Mapping[str, FileFacts]:
        """Returns the facts of files that showed no sign of endpoints, but write both names of a pair."""
        if not wanted:
            return {}
        waiting = [path for path, one in self._outlines.items() if not (one.is_parsed or self._is_for_tests(path))]
        words = self._store.words(waiting)
        return self._store.python(
            path for path, written in words if any(one in written and other in written for one, other in wanted)
        )

    def _imports(self) -> Iterator[tuple[str, str]]:
        """Yields (importing file, imported file) of the files that were parsed, and of all scripts."""
        parsed = (path for path, outline in self._outlines.items() if outline.is_parsed)
        for path, facts in self._store.python(parsed).items():
            yield from ((path, file) for file in self._modules.imported(path, facts))
        unread = (path for path in self._roots.scripts if not self._outlines[path].is_parsed)
        for path, files in self._entry_reader.imported(sorted(unread), frozenset(self._root_of)).items():
            yield from ((path, file) for file in files)

    def _deployments(self, running: list[Running], jobs: Mapping[str, Job]) -> tuple[Deployment, ...]:
        found = (one.deployment(jobs[one.root].name if one.root else "") for one in running)
        return tuple(sorted(found, key=lambda one: (one.job, one.name, one.span, one.settings)))


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
    submodules = paths_with_mode(snapshot.entries, SUBMODULE_MODE)
    gaps = {Gap(Span(path, 1, 1), "is a submodule, which is not read") for path in submodules}
    return gaps | ({_SHALLOW} if snapshot.is_shallow else set())
