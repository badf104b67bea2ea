"""Names what is built in and what installed packages add, and builds the kit that the flow is given.

An installed package adds to a list by an entry point of a group below. Everything is imported when a kit is built, never when
this module is.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot import VERSION
from copilot.errors import SurroundingsFailed

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from copilot.adapters.git import Repository
    from copilot.adapters.prompt_files import PromptFiles
    from copilot.domain.decision import Decision
    from copilot.domain.impacted import AskedChange, ImpactList
    from copilot.domain.model import ModelLimits
    from copilot.domain.operation import Operation
    from copilot.domain.pipeline import Impact, PipelineMap
    from copilot.domain.proposal import Proposal
    from copilot.ports import (
        Bench,
        Check,
        Compiler,
        DecoderUnderTest,
        History,
        ImpactFinder,
        ImpactOf,
        ImpactRanker,
        Index,
        Mapper,
        Model,
        ModelKit,
        Planner,
        SchemaFormat,
        Strategy,
        Tree,
    )
    from copilot.readers.beyond import Beyond
    from copilot.settings import Settings

FORMATS_GROUP = "pipeline_copilot.formats"
STRATEGIES_GROUP = "pipeline_copilot.strategies"
CHECKS_GROUP = "pipeline_copilot.checks"
_GROUPS = b"pipeline_copilot."


@dataclass(frozen=True, slots=True)
class Kit:
    """All that the line works with on one commit. `base_map` reads the map once and keeps it, as `base_digest` its digest.

    `challenge` executes the cases that are made up against an alternative, where there are any; every alternative goes through
    `checks`. `tools_digest` is that of the program, its checks and its decoders, and of the sandbox where commands are to run.
    `model` is None where none is on. `earlier` is a proposal whose evidence stands where nothing has changed since.
    """

    tree: Tree
    settings: Settings
    formats: Mapping[str, SchemaFormat]
    mapper: Mapper
    base_map: Callable[[], PipelineMap]
    base_digest: Callable[[], str]
    tools_digest: Callable[[bool], str]
    impact_of: ImpactOf
    ranked: ImpactRanker
    planner: Planner
    compiler: Compiler
    checks: tuple[Check, ...]
    challenge: Check
    decide: Callable[[Proposal], Decision]
    bench: Bench
    model: ModelKit | None = None
    earlier: Proposal | None = None


def build_kit(repository: Repository, tree: Tree, settings: Settings, index: Index) -> Kit:
    """Returns the kit for one commit of a repository."""
    from copilot.adapters.sandbox import BubblewrapSandbox
    from copilot.adapters.scratch import GitScratch
    from copilot.checks.battery import BATTERY
    from copilot.checks.challenge import ChallengeCheck
    from copilot.domain.codec import digest_of_text
    from copilot.patches.compile import PatchCompiler
    from copilot.planners.rules import RulesPlanner
    from copilot.ports import Bench
    from copilot.reasons.ranking import decide
    from copilot.strategies.catalogue import STRATEGIES

    formats = load_formats()
    mapper = _mapper(lambda: formats, repository, tree, settings, index)
    base_map = functools.cache(lambda: mapper.map(tree, settings))
    strategies: tuple[Strategy, ...] = (*STRATEGIES, *_installed(STRATEGIES_GROUP))
    checks: tuple[Check, ...] = (*BATTERY, *(check() for check in _installed(CHECKS_GROUP)))
    bench = Bench(tree, formats, GitScratch(tree), BubblewrapSandbox(tree, repository.git))
    return Kit(
        tree=tree,
        settings=settings,
        formats=formats,
        mapper=mapper,
        base_map=base_map,
        # The text of all nouns, which takes a sixth of the time that their JSON takes on a large repository.
        base_digest=functools.cache(lambda: digest_of_text(repr(base_map()))),
        tools_digest=functools.cache(lambda runs: digest_of_text(repr(_tools(strategies, checks, bench, runs)))),
        impact_of=_finder(tree, settings, index),
        ranked=_ranker(repository, tree, settings, index),
        planner=RulesPlanner(strategies),
        compiler=PatchCompiler(formats),
        checks=checks,
        challenge=ChallengeCheck(),
        decide=decide,
        bench=bench,
    )


def _tools(strategies: Iterable[Strategy], checks: Iterable[Check], bench: Bench, runs_commands: bool) -> list[object]:
    """Returns what plans and proves here, by name and version.

    Decoders of other languages are started for it; the sandbox is tried only where something is to run in it.
    """
    decoders = [
        (schema_format.name, tool.name, tool.version)
        for schema_format in bench.formats.values()
        for tool in schema_format.decoders
    ]
    return [
        VERSION,
        sorted(getattr(it, "__qualname__", type(it).__qualname__) for it in strategies),
        sorted((it.name, it.version) for it in checks),
        sorted(decoders),
        bench.sandbox.isolation if runs_commands else "",
    ]


def build_mapper(repository: Repository, tree: Tree, settings: Settings, index: Index) -> Mapper:
    """Returns what `map` needs and no more, so that reading starts at once."""
    return _mapper(load_formats, repository, tree, settings, index)


def build_prompts(environ: Mapping[str, str], home: Path, tree: Tree | None = None) -> PromptFiles:
    """Returns the prompts that models are asked with; those of a tree count where a person has accepted them on this machine."""
    from copilot.adapters.accepted_prompts import accepted_digests, accepted_path
    from copilot.adapters.prompt_files import PromptFiles, built_in_folder, own_folder

    accepted = accepted_digests(accepted_path(environ, home))
    return PromptFiles(built_in_folder(), own_folder(environ, home), tree, accepted)


def build_impact_finder(repository: Repository, tree: Tree, settings: Settings, index: Index) -> ImpactFinder:
    """Returns what ranks the files of one commit for a change, without reading the map."""
    from copilot.adapters.changelog import GitChangeLog
    from copilot.adapters.processes import Spread
    from copilot.impact.answer import impact_list

    def find(asked: Sequence[AskedChange]) -> ImpactList:
        with Spread() as spread:
            log = GitChangeLog(repository, tree.commit, index)
            return impact_list(asked, tree, index, log, spread, _records(settings))

    return find


def _records(settings: Settings) -> tuple[str, ...]:
    """Returns how the paths of decision records begin: each tells of an earlier change, with all its names, and stays as it is."""
    return (f"{settings.records_folder}/",)


def _finder(tree: Tree, settings: Settings, index: Index) -> ImpactOf:
    def found(operation: Operation, pipeline: PipelineMap) -> Impact:
        from copilot.impact.fields import impact_of
        from copilot.impact.mentions import mentions_of
        from copilot.impact.unparsed import uses_unparsed

        impact, records = impact_of(operation, pipeline), _records(settings)
        uses = (*impact.uses, *uses_unparsed(operation, impact, pipeline, tree, index, records))
        return replace(impact, uses=uses, mentions=mentions_of(operation, pipeline, tree, index, records))

    return found


def _ranker(repository: Repository, tree: Tree, settings: Settings, index: Index) -> ImpactRanker:
    def ranked(impacts: Mapping[Operation, Impact], pipeline: PipelineMap) -> ImpactList:
        from copilot.adapters.clones import tree_of_clone
        from copilot.domain.impacted import ImpactList, asked_of
        from copilot.domain.operation import ChangeLevel, ReorderFields, TopicOperation
        from copilot.impact.elsewhere import with_elsewhere

        # The ranking was learnt from changes of fields: of another topic, level or order it says nothing.
        about = [it for it in impacts if not isinstance(it, TopicOperation | ChangeLevel | ReorderFields)]
        if not about:
            return ImpactList(tree.commit, (), (), (), 0)
        asked = [asked_of(it, pipeline.subject(it.subject).latest.source.path) for it in about]
        found = build_impact_finder(repository, tree, settings, index)(tuple(dict.fromkeys(asked)))
        return with_elsewhere(found, impacts.values(), pipeline, functools.partial(tree_of_clone, repository), index)

    return ranked


def build_model(
    environ: Mapping[str, str], home: Path, name: str = "", *, record: Path | None = None, recorded: Path | None = None
) -> Model | None:
    """Returns the model that the user's own settings or environment switch on, or that is named here; None where none is.

    It keeps its exchanges in the folder `record`; with `recorded` all answers come from such a folder. Nothing is sent, and the SDK
    is not loaded, before the first question. Raises WrongUsage for settings or recordings that are not understood.
    """
    if recorded is not None:
        from copilot.adapters.recordings import RecordedModel

        return RecordedModel(recorded)
    from copilot.adapters.model_settings import model_settings

    settings = model_settings(environ, home, name)
    if not settings.name:
        return None
    from copilot.adapters.messages import MessagesModel

    model = MessagesModel(settings, environ)
    if record is None:
        return model
    from copilot.adapters.recordings import RecordingModel

    return RecordingModel(model, record)


def build_model_kit(
    environ: Mapping[str, str],
    home: Path,
    tree: Tree,
    name: str = "",
    *,
    record: Path | None = None,
    recorded: Path | None = None,
) -> ModelKit | None:
    """Returns the model that is on with its prompts and limits, None where none is; raises WrongUsage as `build_model` does."""
    from copilot.ports import ModelKit

    model = build_model(environ, home, name, record=record, recorded=recorded)
    return (
        ModelKit(model, build_prompts(environ, home, tree), model_limits(environ, home)) if model is not None else None
    )


def model_limits(environ: Mapping[str, str], home: Path) -> ModelLimits:
    """Returns what a model may cost for one proposal; raises WrongUsage as `build_model` does."""
    from copilot.adapters.model_settings import model_settings

    return model_settings(environ, home).limits


def load_formats() -> dict[str, SchemaFormat]:
    """Returns the schema languages by name."""
    from copilot.formats.avro import AvroFormat

    formats: Iterable[SchemaFormat] = (AvroFormat(_outside_decoders), *(kind() for kind in _installed(FORMATS_GROUP)))
    return {schema_format.name: schema_format for schema_format in formats}


def _outside_decoders() -> tuple[DecoderUnderTest, ...]:
    """Returns the decoders of other languages that the user's own settings name; no program is started yet."""
    from copilot.adapters.line_program import LineProgram
    from copilot.adapters.own_settings import own_settings
    from copilot.formats.avro.outside import avsc_decoder, java_decoder

    own = own_settings(os.environ, Path.home())
    java = [java_decoder(LineProgram, own.java_program, own.java_classpath)] if own.java_classpath else []
    return (*java, *([avsc_decoder(LineProgram, own.node_program, own.avsc_folder)] if own.avsc_folder else []))


def _mapper(
    formats: Callable[[], Mapping[str, SchemaFormat]],
    repository: Repository,
    tree: Tree,
    settings: Settings,
    index: Index,
) -> Mapper:
    def alone(beyond: Beyond | None = None) -> Mapper:
        return _alone(formats, repository, tree.commit, index, beyond)

    if not (settings.clones or settings.consumers):
        return alone()
    return _together(formats, repository, tree, settings, index, alone)


def _alone(
    formats: Callable[[], Mapping[str, SchemaFormat]],
    repository: Repository,
    commit: str,
    index: Index,
    beyond: Beyond | None = None,
) -> Mapper:
    """Returns the mapper of one repository at one commit, which keeps what it read."""
    from copilot.adapters.history import scope_of
    from copilot.domain.source import WORKING_TREE
    from copilot.readers.kept import KeptMapper

    def reader() -> Mapper:
        from copilot.adapters.history import GitHistory

        history: History = GitHistory(repository, repository.head if commit == WORKING_TREE else commit, index)
        return _SpreadMapper(formats(), history, index, beyond)

    if commit == WORKING_TREE:
        return reader()
    known = beyond.digest if beyond else ""
    return KeptMapper(index, f"{_program_stamp()} {scope_of(repository)} {known}", reader)


def _together(
    formats: Callable[[], Mapping[str, SchemaFormat]],
    repository: Repository,
    tree: Tree,
    settings: Settings,
    index: Index,
    alone: Callable[[Beyond], Mapper],
) -> Mapper:
    """Returns the mapper of a repository with what `copilot.toml` names beyond it; the whole map of a commit is kept too."""
    from copilot.adapters.clones import open_clones
    from copilot.adapters.history import scope_of
    from copilot.domain.source import WORKING_TREE
    from copilot.readers.kept import KeptMapper

    # Listing the tree takes as long as all the rest of a look-up, and only a submodule's pin is asked of it.
    entries = () if all(clone.pin for clone in settings.clones) else tree.snapshot.entries
    opened, gaps = open_clones(repository, settings.clones, entries)

    def reader() -> Mapper:
        from copilot.adapters.clones import clone_tree
        from copilot.readers.joined import JoinedMapper, Neighbour

        neighbours: list[Neighbour] = []
        told = list(gaps)
        for one in opened:
            around, own_settings, problem = clone_tree(one)
            told += problem
            mapper = functools.partial(_alone, formats, one.repository, one.clone.commit, index)
            neighbours.append(Neighbour(one.clone, around, own_settings, mapper))
        return JoinedMapper(tree, alone, neighbours, told)

    if tree.commit == WORKING_TREE:
        return reader()
    clones = [(one.clone, one.repository.is_shallow, scope_of(one.repository)) for one in opened]
    stamp = f"{_program_stamp()} {scope_of(repository)} {clones} {gaps}"
    return KeptMapper(index, stamp, functools.cache(reader))


@dataclass(frozen=True, slots=True)
class _SpreadMapper:
    """Reads trees on two processors; the second one is let go when a tree is read."""

    formats: Mapping[str, SchemaFormat]
    history: History
    index: Index
    beyond: Beyond | None

    def map(self, tree: Tree, settings: Settings) -> PipelineMap:
        from copilot.adapters.processes import Spread
        from copilot.readers.beyond import NOTHING
        from copilot.readers.mapper import PipelineMapper

        with Spread() as spread:
            beyond = self.beyond or NOTHING
            return PipelineMapper(
                self.formats, self.history, self.index, spread, beyond=beyond, stamp=_program_stamp()
            ).map(tree, settings)


def audit_stamp() -> str:
    """Returns what tells this program's text from another one's, so that no other one's findings are taken for its own."""
    return _program_stamp("findings")


@functools.cache
def _program_stamp(*more: str) -> str:
    """Returns what tells this program's text from another one's, so that no other one's maps are taken for its own."""
    from copilot.domain.codec import digest_of_text

    folder = Path(__file__).parent
    parts = ("domain", "formats", "readers", *more)
    files = sorted(path for part in parts for path in folder.joinpath(part).rglob("*.py"))
    seen = [(path.name, status.st_size, status.st_mtime_ns) for path in files for status in [path.stat()]]
    added = [(point.name, point.value, point.dist and point.dist.version) for point in _points(FORMATS_GROUP)]
    return digest_of_text(f"{VERSION} {sys.version} {seen} {added}")


def _installed(group: str) -> tuple[Any, ...]:
    loaded: list[Any] = []
    for point in _points(group):
        try:
            loaded.append(point.load())
        except (ImportError, AttributeError) as error:
            raise SurroundingsFailed(
                f'The plug-in "{point.name}" can\'t be loaded: {error}',
                where=f"entry point {group}",
                next="Install a version of it that fits, or uninstall it.",
            ) from None
    return tuple(loaded)


def _points(group: str) -> list[EntryPoint]:
    # Importing importlib.metadata and asking it takes as long as reading a kept map, and most people have nothing installed.
    if not _is_extended(tuple(sys.path)):
        return []
    from importlib.metadata import entry_points

    return sorted(entry_points(group=group), key=lambda point: point.name)


@functools.cache
def _is_extended(folders: tuple[str, ...]) -> bool:
    """Tells whether a package that is installed in these folders names a group of ours; what isn't a folder may hold one."""
    for folder in folders:
        if os.path.isfile(folder):
            return True
        with suppress(OSError), os.scandir(folder or ".") as listed:
            for entry in listed:
                if entry.name.endswith((".dist-info", ".egg-info")) and _names_a_group(entry.path):
                    return True
    return False


def _names_a_group(folder: str) -> bool:
    with suppress(OSError), open(os.path.join(folder, "entry_points.txt"), "rb") as file:
        return _GROUPS in file.read()
    return False
