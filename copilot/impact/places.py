"""What a path alone says of a file: what it is for, in which language, and whether people edit it at all."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

_TEST = re.compile(
    r"(^|/)(tests?|spec|specs|__tests__|testing|it|e2e)/|(^|/)test_|_test\.|[a-z]Tests?\.|\.test\.|\.spec\.|Spec\.|conftest"
)
_FIXTURE = re.compile(
    r"(^|/)(fixtures?|testdata|test_data|test-data|resources|samples?|examples?|golden|snapshots?|__snapshots__|mocks?|data|cassettes)/"
)
_GENERATED = re.compile(
    r"_pb2(_grpc)?\.pyi?$|\.pb\.(go|gw\.go|cc|h|validate\.go|json)$|_pb\.(js|d\.ts|ts|rb)$|(^|/)(generated|gen|pb-go|pb-java|gen-py|gen-go|_generated)/"
    r"|\.gen\.|_generated\.|generated_|swagger\.json|openapi\.json|\.pb\."
)
_FROZEN = re.compile(
    r"(^|/)(archive[sd]?|legacy|deprecated|old|backups?|vendor|third_party|node_modules|historical)/|\.(bak|orig|old)$",
    re.IGNORECASE,
)
_VERSION_FOLDER = re.compile(r"(^|/)v?\d+([._]\d+)*/|[-_.]v?\d+([._]\d+)+\.")
_NEWS = re.compile(r"(^|/)(changelog|changes|history|news|releases?|release[-_]notes)(\.|$|/)", re.IGNORECASE)
_VERSION_FILE = re.compile(
    r"(^|/)(version|versions?\.\w+|__version__\.py|_version\.py|setup\.py|setup\.cfg|package\.json|package-lock\.json|pyproject\.toml|"
    r"pom\.xml|build\.gradle|gradle\.properties|Cargo\.toml|go\.mod|poetry\.lock|requirements[\w-]*\.(txt|in)|__init__\.py|__about__\.py)$",
    re.IGNORECASE,
)
_GROUPS = {
    "python": ".py .pyi .ipynb",
    "jvm": ".java .kt .scala .groovy .cs",
    "go": ".go",
    "script": ".ts .tsx .js .jsx .mjs .vue .rb .php .r",
    "native": ".rs .c .cc .cpp .h .hpp .swift",
    "sql": ".sql",
    "schema": ".proto .avsc .avdl .avpr .xsd .graphql .thrift",
    "json": ".json",
    "data": ".jsonl .csv .tsv .parquet .xml",
    "text": ".txt",
    "yaml": ".yaml .yml",
    "config": ".toml .ini .cfg .env .tf",
    "docs": ".md .rst .adoc .html",
    "shell": ".sh",
}
_LANGUAGES = {suffix: language for language, suffixes in _GROUPS.items() for suffix in suffixes.split()}


@dataclass(frozen=True, slots=True)
class Place:
    """What a path tells; `language` is a group of suffixes, "other" for an unknown one."""

    language: str
    is_test: bool
    is_fixture: bool
    is_generated: bool
    is_frozen: bool
    is_versioned: bool
    is_news: bool
    is_version_file: bool


def place_of(path: str) -> Place:
    """Returns what the path tells."""
    return Place(
        language=_LANGUAGES.get(posixpath.splitext(path)[1].lower(), "other"),
        is_test=bool(_TEST.search(path)),
        is_fixture=bool(_FIXTURE.search(path)),
        is_generated=bool(_GENERATED.search(path)),
        is_frozen=bool(_FROZEN.search(path)),
        is_versioned=bool(_VERSION_FOLDER.search(path)),
        is_news=bool(_NEWS.search(path)),
        is_version_file=bool(_VERSION_FILE.search(path)),
    )


def steps_between(path: str, other: str) -> int:
    """Returns how many folders one goes up and down from one file to the other; 0 in the same folder."""
    own, others = path.split("/")[:-1], other.split("/")[:-1]
    common = 0
    while common < min(len(own), len(others)) and own[common] == others[common]:
        common += 1
    return len(own) + len(others) - 2 * common
