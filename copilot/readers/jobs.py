"""What is a job? The folder that is built and deployed as one thing, told by the files that say how it is built.

A file belongs to the nearest folder above it with a Dockerfile or a manifest of a package; where only the repository's own root
has one, to the first folder under the root that holds code itself and is no collecting folder such as `services/`. A lone
script is a job by itself, and so is each of several in a folder of examples, or in a folder of nothing else; what lies beside
the only script of the repository's root belongs to it.
Test folders belong to the job that they sit in.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping

from copilot.domain.pipeline import Job

_IMAGE = "Dockerfile"
_MARKERS = frozenset(
    {
        _IMAGE,
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "requirements.txt",
        "package.json",
        "Pipfile",
        "poetry.lock",
    }
)
_COLLECTING = frozenset(
    {
        "src",
        "services",
        "service",
        "jobs",
        "apps",
        "packages",
        "pipelines",
        "steps",
        "lib",
        "libs",
        "dags",
        "scripts",
        "bin",
    }
)
_EXAMPLES = frozenset(
    {
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "snippets",
        "tutorial",
        "tutorials",
        "quickstart",
        "quickstarts",
        "recipes",
        "cookbook",
        "scripts",
        "bin",
    }
)
_TEST_FOLDERS = frozenset({"tests", "test", "testing", "fixtures", "unittests", "integration_tests", "__tests__"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def is_test_path(path: str) -> bool:
    """Tells whether a file is there for tests only."""
    *folders, name = path.split("/")
    if not _TEST_FOLDERS.isdisjoint(folders):
        return True
    return name.startswith(("test_", "conftest.")) or name.endswith(("_test.py", "_tests.py"))


def tells_a_build(path: str) -> bool:
    """Tells whether a file says that its folder is built as one thing."""
    name = path.rpartition("/")[2]
    return name in _MARKERS or name.startswith(_IMAGE)


def plain_name(name: str) -> str:
    """Returns a name without case, dashes, underscores, tag and registry, for comparing names of folders, charts and images."""
    return _NOT_WORD.sub("", name.rpartition("/")[2].partition(":")[0].lower())


class JobRoots:
    """The jobs of one tree; roots are folders, or files for lone scripts.

    Of all paths, only Python files and those that tell a build are looked at.
    """

    def __init__(self, paths: Collection[str], scripts: frozenset[str], built_folders: frozenset[str]) -> None:
        marked: set[str] = set()
        self._images = set(built_folders)
        self._files: dict[str, list[str]] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            if name.endswith(".py"):
                self._files.setdefault(folder, []).append(path)
            if name.startswith(_IMAGE):
                self._images.add(folder)
            elif name in _MARKERS:
                marked.add(folder)
        marked |= self._images
        self._marked = {folder for folder in marked if folder and not is_test_path(folder + "/x")}
        self.scripts = scripts
        self._alone = self._lone_scripts()
        self._jobs: dict[str, Job] = {}

    def root_of_each(self) -> dict[str, str]:
        """Returns the root of the job that each Python file belongs to."""
        found: dict[str, str] = {}
        # Told by folder, because there are ten files to each.
        for folder, files in self._files.items():
            root = self._root_of_folder(folder) if folder else ""
            found.update(dict.fromkeys(files, root or folder))
            if folder and not root:
                found.update((path, path) for path in self.scripts.intersection(files))
        found.update((path, self._of_root.get(path, path)) for path in (*self._alone, *self._files.get("", ())))
        return found

    def _root_of_folder(self, folder: str) -> str:
        """Returns the root that all files of a folder belong to, "" where every folder around them only collects others."""
        above = folder
        while above:
            if above in self._marked:
                return above
            above = above.rpartition("/")[0]
        segments = folder.split("/")
        prefixes = ("/".join(segments[:depth]) for depth in range(1, len(segments) + 1))
        return next((prefix for prefix in prefixes if not self._is_collecting(prefix)), "")

    def _lone_scripts(self) -> frozenset[str]:
        """Returns the scripts that are jobs by themselves although they lie together."""
        by_folder = {
            folder: [
                path
                for path in self._files.get(folder, ())
                if not f"/{path}".endswith("/__init__.py") and not is_test_path(path)
            ]
            for folder in {"", *(path.rpartition("/")[0] for path in self.scripts)}
        }
        alone: set[str] = set()
        for folder, files in by_folder.items():
            scripts = self.scripts.intersection(files)
            is_one = folder in self._images or len(scripts) < 2
            if not is_one and (len(scripts) == len(files) or not _EXAMPLES.isdisjoint(folder.split("/"))):
                alone |= scripts
        flat = by_folder[""]
        entries = sorted(self.scripts.intersection(flat))
        self._of_root = dict.fromkeys(flat, entries[0]) if len(entries) == 1 else {}
        return frozenset(alone)

    def is_for_tests(self, root: str) -> bool:
        """Tells whether a root is a package of tools for tests, by its name, and nobody runs it."""
        words = set(_NOT_WORD.split(posixpath.basename(root).lower()))
        return not _TEST_FOLDERS.isdisjoint(words) and root not in self._images and not root.endswith(".py")

    def is_image(self, root: str) -> bool:
        """Tells whether a root is a folder that an image is built from."""
        return root in self._images

    def packages(
        self,
        root_of: Mapping[str, str],
        imports: Iterable[tuple[str, str]],
        running: frozenset[str],
        split: frozenset[str] = frozenset(),
        idle: frozenset[str] = frozenset(),
    ) -> frozenset[str]:
        """Returns the roots that nobody runs: no script, no image, no deployment, and imported by the files of other roots.

        So is what is left of the folders `split`, whose scripts are jobs by themselves. `idle` are scripts that run nothing
        of their root.
        """
        own = {root_of[path] for path in self.scripts - idle if path in root_of} | self._images | running
        own -= split
        return frozenset(
            root_of[file]
            for path, file in imports
            if file in root_of and root_of[file] != root_of[path] and root_of[file] not in own
        )

    def _is_collecting(self, folder: str) -> bool:
        """Tells whether a folder only holds other folders, or has a name that people give to such folders."""
        return posixpath.basename(folder) in _COLLECTING or folder not in self._files

    def name_jobs(self, roots: Iterable[str]) -> dict[str, Job]:
        """Returns the jobs of these roots by root, each with the shortest name that tells it from the others."""
        wanted = sorted(set(roots))
        # A script may lie beside a folder of its name: then its suffix tells it.
        stems = {root: root.removesuffix(".py") for root in wanted}
        names = unique_names([root if stems[root] in stems else stems[root] for root in wanted])
        self._jobs = {root: Job(name, root) for root, name in zip(wanted, names, strict=True)}
        return self._jobs

    def folders(self) -> frozenset[str]:
        """Returns the folders that are marked as built."""
        return frozenset(self._marked)


def unique_names(paths: list[str], vague: frozenset[str] = frozenset()) -> list[str]:
    """Returns for each path its last segments, as few as tell it from the others, at least two where the last is vague."""
    counts = {path: 2 if path in vague and "/" in path else 1 for path in paths}
    for _ in range(max((path.count("/") for path in paths), default=0)):
        tails: dict[str, list[str]] = {}
        for path in counts:
            tails.setdefault(_tail(path, counts[path]), []).append(path)
        clashing = [path for group in tails.values() if len(group) > 1 for path in group]
        growing = [path for path in clashing if counts[path] <= path.count("/")]
        if not growing:
            break
        for path in growing:
            counts[path] += 1
    return [_tail(path, counts[path]) for path in paths]


def _tail(path: str, count: int) -> str:
    return "/".join(path.split("/")[-count:])
