"""Which copies of which jobs run with which settings? Units of deployment files, bound to the jobs of the code.

What is built from a job's folder runs that job; so does what starts one of its modules; everything else is told by names
(service, container, image, chart, folder). What fits no job, or several, stays unbound.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from copilot.domain.pipeline import Deployment
from copilot.domain.source import Gap, Span
from copilot.readers.chart_copies import chart_copies
from copilot.readers.copies import (
    MAX_COPIES,
    Copy,
    built_from,
    compose_copies,
    line_copies,
)
from copilot.readers.deployed_jobs import Jobs
from copilot.readers.deployment_facts import DEPLOYMENT_KIND, Unit, is_secret, load_deployment
from copilot.readers.deployment_files import DeploymentFile, EnvFiles, below
from copilot.readers.deployment_scopes import NO_SCOPE, Layer, settings_in
from copilot.readers.facts import Config
from copilot.readers.jobs import plain_name
from copilot.readers.module_copies import module_copies
from copilot.readers.mounted_files import MountedFile, mounted_at, parted
from copilot.readers.play_copies import ansible_copies
from copilot.readers.resource_copies import resource_copies
from copilot.readers.store import FactStore
from copilot.readers.wrappers import SHELL, Image, Wrappers

_TOPIC_NAME = re.compile(r"(?:^|[_.-])topics?(?:$|[_.-])|topics?\Z", re.IGNORECASE)
_BROKERS_OWN = re.compile(
    r"^(?:KAFKA_(?:CFG|AUTO|OFFSETS|TRANSACTION|CREATE|LOG|NUM|DEFAULT)|CONNECT_|CONTROL_CENTER_|CONFLUENT_)"
)
_NO_TOPIC = re.compile(r"(?:true|false|\d+)?\Z", re.IGNORECASE)
_TO_FILL_IN = re.compile(
    r"(?-i:(?:TODO|TBD|FIXME)(?![A-Z]))|(?:change[-_ ]?me|replace[-_ ]?me|your[-_ ]|x{3,})|<.*>\Z", re.IGNORECASE
)
_NAMED_DOCKERFILE = re.compile(
    r"(?:Docker|Container)file[._-](.+)\Z|(.+)[._-](?:Docker|Container)file\Z", re.IGNORECASE
)
_FOR_TESTS = frozenset({"test", "tests", "e2e"})
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_EXAMPLE = re.compile(r"example|sample|template|dist\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Running:
    """One running copy of a job: its settings with the places that set them, and the configs that its files state.

    `root` is the job's root, "" where no job fits. A setting of "" is set to what nobody here knows. `configs` are (path, config).
    Where `is_example` holds, the settings are a suggestion: an env file that nothing names, or that calls itself an example.
    `is_for_tests` holds for what is deployed to test something, by its name. `files` are those that it mounts.
    """

    root: str
    name: str
    path: str
    line: int
    settings: Mapping[str, str]
    places: Mapping[str, tuple[Span, ...]]
    configs: tuple[tuple[str, Config], ...]
    is_example: bool = False
    is_for_tests: bool = False
    files: tuple[MountedFile, ...] = ()

    def file_at(self, text: str, near: str) -> MountedFile | None:
        """Returns the file of the deployment's own that a text in the code file at `near` names."""
        return mounted_at(self.files, text, near) if self.files else None

    def deployment(self, job: str) -> Deployment:
        """Returns the noun for the map."""
        kept = tuple(sorted((name, value) for name, value in self.settings.items() if value and not is_secret(name)))
        return Deployment(job, self.name, kept, Span(self.path, self.line, self.line))


def read_deployment_files(
    store: FactStore, kinds: Iterable[tuple[str, Iterable[str]]]
) -> tuple[list[DeploymentFile], int]:
    """Returns the deployment files of the tree, which are given by kind, and how many were read.

    In a large tree most YAML files are somebody else's: those that say nothing that runs are left out.
    """
    files: list[DeploymentFile] = []
    count = 0
    for kind, paths in kinds:
        found = store.derive(f"{DEPLOYMENT_KIND}-{kind}", paths, partial(_facts_of, kind), load_deployment)
        count += len(found)
        for path, facts in found.items():
            if kind == "manifest" and not any(facts):
                continue
            if facts.gap is not None:
                store.gaps.add(Gap(Span(path, facts.gap[0], facts.gap[0]), facts.gap[1]))
            files.append(DeploymentFile(path, facts.family or kind, facts))
    return sorted(files, key=lambda file: file.path), count


def _facts_of(kind: str, text: str) -> bytes:
    # Imported where a text is read for the first time, which is seldom after a change, and a sixth of all that reading imports.
    from copilot.readers.deployment_reader import facts_of

    return facts_of(kind, text)


def built_folders(files: Iterable[DeploymentFile]) -> frozenset[str]:
    """Returns the folders that compose services are built from."""
    built = (built_from(file.path, unit) for file in files if file.kind == "compose" for unit in file.facts.units)
    return frozenset(folder for folder in built if folder)


def started_scripts(files: Iterable[DeploymentFile], paths: Collection[str]) -> frozenset[str]:
    """Returns the Python files in the top folder that deployments start: scripts, whether or not they say so themselves."""
    started = {posixpath.normpath(one) for file in files for unit in file.facts.units for one in unit.programs}
    names = {posixpath.basename(one) for one in started if one.endswith(".py")}
    return frozenset(path for path in paths if "/" not in path and path in names)


def started_files(files: Iterable[DeploymentFile], root_of: Mapping[str, str]) -> dict[str, bool]:
    """Returns the Python files that deployments start, and whether they say what one of them consumes or produces.

    Each is told by a path or module that only one file in its folder has.
    """
    jobs = Jobs((), root_of, ())
    found: dict[str, bool] = {}
    for file in files:
        for unit in file.facts.units:
            for program in unit.programs:
                if path := jobs.file_started(program, file.folder):
                    found[path] = found.get(path, False) or bool(unit.configs)
    return found


def bind_deployments(
    files: list[DeploymentFile],
    roots: Iterable[str],
    root_of: Mapping[str, str] | None = None,
    busy: Collection[str] = (),
    split: frozenset[str] = frozenset(),
) -> list[Running]:
    """Returns what runs, each bound to a job's root where one fits; units that concern no job and no topic are left out.

    `root_of` tells the root of each Python file, `busy` the roots that have endpoints of their own, `split` the folders whose
    scripts are jobs by themselves.
    """
    by_path = {file.path: file for file in files}
    env_files = EnvFiles(by_path)
    wrappers = Wrappers(by_path)
    binder = _Binder(by_path, Jobs(roots, root_of or {}, busy, split), wrappers)
    running: list[Running] = []
    for copy in _followed(_copies(by_path, env_files), wrappers):
        if len(running) >= MAX_COPIES:
            break
        bound = binder.bind(copy)
        if copy.is_script and bound.root not in busy and not (bound.root and bound.configs):
            continue
        if bound.root or bound.configs or _names_topics(bound.settings):
            running.append(bound)
    return [*running, *binder.defaults(env_files, {one.root for one in running}, busy)]


def _copies(files: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Iterator[Copy]:
    yield from compose_copies(
        {path: file for path, file in files.items() if "/templates/" not in f"/{path}"}, env_files
    )
    yield from chart_copies(files, env_files)
    yield from resource_copies(files, env_files)
    yield from line_copies(files, env_files)
    yield from ansible_copies(files, env_files)
    yield from module_copies(files)


def _followed(copies: Iterable[Copy], wrappers: Wrappers) -> Iterator[Copy]:
    """Yields the copies, what shell scripts start in the place of the scripts; those run by themselves that nothing else starts."""
    scripts: list[Copy] = []
    for copy in copies:
        if copy.path.endswith(SHELL):
            scripts.append(copy)
        else:
            yield from wrappers.followed(copy)
    yield from (copy for copy in scripts if copy.path not in wrappers.taken)


class _Binder:
    """Binds copies to jobs, and puts below their settings what their images set."""

    def __init__(self, files: Mapping[str, DeploymentFile], jobs: Jobs, wrappers: Wrappers) -> None:
        self._jobs = jobs
        self._images: dict[str, list[Image]] = {}
        self._named: dict[str, list[Image]] = {}
        self._built: dict[str, str] = {}
        for path, file in sorted(files.items()):
            if file.kind == "dockerfile":
                images = [wrappers.image(path, unit, file.folder) for unit in file.facts.units]
                self._images.setdefault(file.folder, []).extend(images)
                if name := _image_named(path):
                    self._named.setdefault(plain_name(name), []).extend(images)
            for unit in file.facts.units if file.kind == "compose" else ():
                folder = built_from(path, unit)
                for image in unit.hints[1:] if folder is not None else ():
                    self._built.setdefault(image, folder or "")

    def bind(self, copy: Copy) -> Running:
        """Returns the copy with its job and its settings."""
        folder = copy.folder
        if folder is None:
            folder = next((self._built[hint] for hint in copy.hints if hint in self._built), None)
        image = self._image(folder, copy) if folder is not None else self._image_by_name(copy)
        root = self._root(copy, folder, image)
        if image is None and root:
            image = self._image(root, copy)
        under: tuple[Layer, ...] = image.layers if image is not None else ()
        found, files = parted(settings_in(copy.scope, [*under, *copy.layers], copy.item))
        configs = _merged_configs(copy.stated or (((copy.path, copy.unit),) if copy.unit.configs else ()))
        where = (copy.name, copy.path, copy.unit.line)
        return Running(
            root, *where, found.texts, found.places, configs, is_for_tests=_is_for_tests(copy.name, root), files=files
        )

    def _root(self, copy: Copy, folder: str | None, image: Image | None) -> str:
        jobs = self._jobs
        programs = (*copy.unit.programs, *(image.unit.programs if image is not None and not copy.unit.programs else ()))
        if folder is not None:
            # A Dockerfile may lie apart from what it builds: its paths are those of the context.
            context = below(posixpath.dirname(copy.path), copy.unit.context) if copy.unit.context else folder
            return (
                jobs.script_of(folder, programs, copy.hints)
                or jobs.built_from(folder)
                or jobs.started(programs, folder)
                or self._copied(context, image, programs)
                or jobs.started(programs, context)
                or jobs.only_one_in(folder)
                or jobs.only_one_in(context)
                or jobs.named(copy.hints)
            )
        root = jobs.started(programs, copy.near)
        if not root and image is not None:
            root = self._copied("", image, programs)
        root = root or jobs.named(copy.hints)
        return root or (jobs.around(copy.beside, copy.hints) if copy.beside is not None else "")

    def _copied(self, folder: str, image: Image | None, programs: Sequence[str]) -> str:
        """Returns the job whose folder is copied into an image, "" where none or several are."""
        sources = [posixpath.join(folder, source) for source in image.unit.takes] if image is not None else []
        found = {self._jobs.started(programs, one) or self._jobs.only_one_in(one) for one in sources} - {""}
        return found.pop() if len(found) == 1 else ""

    def _image_by_name(self, copy: Copy) -> Image | None:
        """Returns the Dockerfile that is called like one of a copy's names: `docker/Dockerfile.scorer` builds the scorer."""
        found = (self._named.get(plain_name(hint), []) for hint in copy.hints if hint)
        listed = next((images for images in found if images), [])
        return listed[0] if len(listed) == 1 else None

    def _image(self, folder: str | None, copy: Copy) -> Image | None:
        """Returns the Dockerfile that a copy is built with: the one it names, or the only one of the folder."""
        if folder is None:
            return None
        here = self._images.get(folder, [])
        if copy.unit.dockerfile:
            name = posixpath.basename(copy.unit.dockerfile)
            here = [image for image in here if posixpath.basename(image.path) == name]
        plain = [image for image in here if posixpath.basename(image.path) == "Dockerfile"]
        return (plain or here)[0] if len(plain or here) == 1 else None

    def defaults(self, env_files: EnvFiles, running: set[str], busy: Collection[str]) -> Iterator[Running]:
        """Yields what images and env files set for jobs that nothing else deploys."""
        told: set[str] = set(running)
        for file in sorted(env_files.not_taken(), key=lambda file: (_is_example(file.path), file.path)):
            for root in self._roots_beside(file.folder, busy):
                found = settings_in(NO_SCOPE, [(file.path, file.facts.units[0].settings)])
                texts = _filled_in(found.texts)
                if texts and root not in running and not (_is_example(file.path) and root in told):
                    told.add(root)
                    yield Running(root, file.path, file.path, 1, texts, found.places, (), is_example=True)
        for folder, images in sorted(self._images.items()):
            built = self._jobs.built_from(folder)
            for root in self._jobs.scripts_in(folder) or [built or self._jobs.only_one_in(folder)]:
                for image in images if root and root not in told else ():
                    found = settings_in(NO_SCOPE, image.layers)
                    if found.texts:
                        place = (image.path, image.path, image.unit.line)
                        yield Running(root, *place, found.texts, found.places, (), is_example=not built)

    def _roots_beside(self, folder: str, busy: Collection[str]) -> list[str]:
        """Returns the jobs that an env file of a folder is for: the one whose root it is in, else those below with endpoints."""
        above = folder
        while above:
            if self._jobs.built_from(above):
                return self._jobs.scripts_in(above) or [above]
            above = posixpath.dirname(above)
        return sorted(root for root in busy if not folder or root.startswith(folder + "/"))


def _merged_configs(stated: Iterable[tuple[str, Unit]]) -> tuple[tuple[str, Config], ...]:
    """Returns the configs of units laid over each other: what the upper one leaves out holds from below."""
    merged: dict[str, tuple[str, Config]] = {}
    for path, unit in stated:
        for config in unit.configs:
            lower = merged.get(config.role)
            if lower is None or config.direction != lower[1].direction:
                merged[config.role] = (path, config)
                continue
            base = lower[1]
            whole = config._replace(
                topics=config.topics or base.topics,
                schema=config.schema or base.schema,
                library_class=config.library_class or base.library_class,
            )
            merged[config.role] = (path, whole) if config.topics else (lower[0], whole._replace(line=base.line))
    return tuple(merged[role] for role in sorted(merged))


def _names_topics(settings: Mapping[str, str]) -> bool:
    """Tells whether settings name a topic, other than what brokers and their tools set for themselves."""
    return any(
        _TOPIC_NAME.search(name) and not _BROKERS_OWN.match(name) and not _NO_TOPIC.match(text)
        for name, text in settings.items()
    )


def _filled_in(texts: Mapping[str, str]) -> dict[str, str]:
    """Returns the settings whose values are no gaps for people to fill: `TODO_TOPIC`, `<your topic>`, `changeme`."""
    return {name: text for name, text in texts.items() if not _TO_FILL_IN.match(text)}


def _image_named(path: str) -> str:
    """Returns the name that a Dockerfile's own gives to the image: "scorer" of `Dockerfile.scorer` and of `scorer.Dockerfile`."""
    found = _NAMED_DOCKERFILE.match(posixpath.basename(path))
    return next((name for name in found.groups() if name), "") if found is not None else ""


def _is_for_tests(name: str, root: str) -> bool:
    """Tells whether something is deployed to test a job, by its name; a job may have such a word in its own."""
    return not _FOR_TESTS.isdisjoint({*_NO_LETTER.split(name.lower())} - {*_NO_LETTER.split(root.lower())})


def _is_example(path: str) -> bool:
    return _EXAMPLE.search(posixpath.basename(path)) is not None
