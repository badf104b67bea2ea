"""Which job does a deployed unit run? Told by the folder it is built from, what it starts, its names, or that only one fits.

Names are compared without case, dashes and underscores, then without words that any service may have in its name. A
name that several jobs fit says nothing: unknown is better than wrong.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping

from copilot.readers.jobs import is_test_path, plain_name

_GENERIC = frozenset(
    {
        "service",
        "svc",
        "server",
        "step",
        "job",
        "app",
        "worker",
        "consumer",
        "producer",
        "chart",
        "deployment",
        "image",
        "helm",
    }
    | {
        "value",
        "env",
        "config",
        "main",
        "prod",
        "production",
        "staging",
        "stage",
        "dev",
        "development",
        "test",
        "local",
    }
    | {"docker", "compose", "k8s", "the"}
)
_INFRASTRUCTURE = frozenset(
    {
        "kafka",
        "zookeeper",
        "redpanda",
        "rabbitmq",
        "redis",
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mongo",
        "mongodb",
    }
    | {"db", "database", "minio", "localstack", "schema", "registry", "connect", "ksqldb", "flink", "spark", "airflow"}
    | {
        "elasticsearch",
        "opensearch",
        "kibana",
        "prometheus",
        "grafana",
        "nginx",
        "proxy",
        "exporter",
        "ui",
        "migration",
    }
    | {"init", "setup", "cache", "pubsub", "emulator", "cassandra", "clickhouse"}
)
_AFTER_SLASH = chr(ord("/") + 1)
_WORDS = re.compile(r"[A-Za-z]+|\d+")


class Jobs:
    """The jobs that units may run: roots, the Python files in each, and the roots that have endpoints of their own.

    `split` are the folders whose scripts are jobs by themselves.
    """

    def __init__(
        self,
        roots: Iterable[str],
        root_of: Mapping[str, str],
        busy: Collection[str],
        split: frozenset[str] = frozenset(),
    ) -> None:
        self.roots = frozenset(roots)
        self._split = split
        self._root_of = root_of
        self._busy = frozenset(busy)
        self._by_plain: dict[str, list[str]] = {}
        self._by_words: dict[tuple[str, ...], list[str]] = {}
        for root in sorted(self.roots, key=lambda root: (root.count("/"), root)):
            name = posixpath.splitext(root)[0] if root.endswith(".py") else root
            self._by_plain.setdefault(plain_name(name), []).append(root)
            self._by_words.setdefault(telling_words(name), []).append(root)
        self._endings: dict[tuple[str, ...], list[str]] = {}
        self._by_basename: dict[str, list[str]] = {}
        for path in sorted(root_of):
            self._by_basename.setdefault(path.rpartition("/")[2], []).append(path)

    def built_from(self, folder: str) -> str:
        """Returns the job whose root a folder is."""
        return folder if folder in self.roots else ""

    def scripts_in(self, folder: str) -> list[str]:
        """Returns the scripts that are jobs by themselves in a folder that is several jobs, sorted."""
        if folder not in self._split:
            return []
        return sorted(root for root in self._busy if root.endswith(".py") and root.startswith(folder + "/"))

    def script_of(self, folder: str, programs: Iterable[str], names: Iterable[str]) -> str:
        """Returns the script of such a folder that is started, or whose name one of the names is."""
        scripts = self.scripts_in(folder)
        if not scripts:
            return ""
        started = self.started(programs, folder)
        return started if started in scripts else Jobs(scripts, {}, ()).named(names)

    def file_started(self, program: str, near: str) -> str:
        """Returns the file of a module or script that is started from a folder, or one below it, "" where several may be."""
        fitting = self._fitting(program, near)
        return fitting[0] if len(fitting) == 1 else ""

    def started(self, programs: Iterable[str], near: str) -> str:
        """Returns the job that holds the first module or script that is started from a folder, or one below it."""
        for program in programs:
            roots = {self._root_of[path] for path in self._fitting(program, near)}
            if len(roots) == 1:
                return roots.pop()
        return ""

    def named(self, names: Iterable[str]) -> str:
        """Returns the job that one of the names, best first, is the name of."""
        listed = [name for name in names if name and "{" not in name]
        # "orders-redis" beside "orders" is the store of that job, not the job.
        listed = [name for name in listed if not _is_store_of(name, listed[0])]
        for name in listed:
            if plain := plain_name(name):
                found = self._by_plain.get(plain, [])
                if found and (len(found) == 1 or found[0].count("/") < found[1].count("/")):
                    return found[0]
        for name in listed:
            root = self._alike(telling_words(name))
            if root:
                return root
        return ""

    def around(self, folder: str, names: Iterable[str]) -> str:
        """Returns the job with endpoints that a folder lies in, unless one of the names is that of a store or the like."""
        if any(not _INFRASTRUCTURE.isdisjoint(telling_words(name)) for name in names):
            return ""
        while folder:
            if folder in self._busy:
                return folder
            folder = posixpath.dirname(folder)
        return ""

    def only_one_in(self, folder: str) -> str:
        """Returns the job with endpoints that lies in a folder, where it is the only one."""
        below = folder + "/" if folder else ""
        inside = [root for root in self._busy if f"{root}/".startswith(below) and not is_test_path(root)]
        return inside[0] if len(inside) == 1 else ""

    def _alike(self, words: tuple[str, ...]) -> str:
        """Returns the job whose telling words are these, or the longest start of them; a store beside a job is not the job."""
        if not _INFRASTRUCTURE.isdisjoint(words):
            return ""
        for length in range(len(words), 0, -1):
            found = self._by_words.get(words[:length], ())
            if found:
                return found[0] if len(found) == 1 else ""
        return ""

    def _fitting(self, program: str, near: str) -> list[str]:
        """Returns the files that a module or script may be: those below the folder, else those anywhere."""
        found = next((paths for tails in _tails(program) if (paths := self._ending(tails))), [])
        if not near:
            return found
        # They are sorted, and hundreds of services start a "main.py" each.
        first, last = bisect_left(found, near + "/"), bisect_left(found, near + _AFTER_SLASH)
        return found[first:last] or found

    def _ending(self, tails: tuple[str, ...]) -> list[str]:
        """Returns the files that end like one of the tails, sorted."""
        if tails not in self._endings:
            self._endings[tails] = sorted(
                path
                for tail in tails
                for path in self._by_basename.get(posixpath.basename(tail), ())
                if f"/{path}".endswith(f"/{tail}") and not is_test_path(path)
            )
        return self._endings[tails]


def _is_store_of(name: str, beside: str) -> bool:
    """Tells whether a thing whose own name is `beside` is only a store or the like of what has the name."""
    words, own = telling_words(name), telling_words(beside)
    rest = own[len(words) :]
    return own[: len(words)] == words and bool(rest) and _INFRASTRUCTURE.issuperset(rest)


def telling_words(name: str) -> tuple[str, ...]:
    """Returns the words of a name's last part without those that any service may have."""
    last = name.rpartition("/")[2].partition(":")[0].lower()
    words = [_singular(word) for word in _WORDS.findall(last)]
    return tuple(word for word in words if word not in _GENERIC) or tuple(words)


def _singular(word: str) -> str:
    """Returns a word without the s of several: "features_step" may be the chart of "feature_step"."""
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in _INFRASTRUCTURE
    return word[:-1] if is_plural else word


def _tails(program: str) -> list[tuple[str, ...]]:
    """Returns the ends of the paths that a module or script may be, longest first: an image's folder is not the repository's."""
    if program.startswith("-m "):
        path = program[3:].replace(".", "/")
        return [(f"{path}.py", f"{path}/__main__.py", f"{path}/__init__.py")]
    if not program.endswith(".py"):
        return []
    parts = [part for part in program.lstrip("./").split("/") if part and not part.startswith("$")]
    return [("/".join(parts[at:]),) for at in range(len(parts))]
