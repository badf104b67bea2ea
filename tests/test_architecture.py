"""The shape of the code: which folder may import which, who alone may import a library, and what a command loads."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import copilot

PACKAGE = Path(copilot.__file__).parent
DATA = ("example", "repository")

# Each row imports only rows below it, or its own folder.
ROWS = (
    ("cli", "tui", "bot", "evaluation"),
    ("proposals",),
    ("flow",),
    ("plugins",),
    ("rehearsal",),
    ("adapters", "example"),
    ("formats", "readers", "impact", "strategies", "planners", "patches", "checks", "findings", "signals", "reasons"),
    ("ports",),
    ("settings",),
    ("domain",),
    ("errors",),
)
# Somebody has to open the screen that a person asked for, and the command line is where they ask.
ALLOWED = {("cli", "tui"), ("cli", "bot"), ("cli", "evaluation")}
# Each library, and the only folder that may import it.
IMPORTERS = {
    "anthropic": "adapters",
    "avro": "formats",
    "confluent_kafka": "rehearsal",
    "fastavro": "formats",
    "gidgethub": "adapters",
    "git": "adapters",
    "httpx2": "adapters",
    "huey": "bot",
    "inspect_ai": "evaluation",
    "langgraph": "flow",
    "langsmith": "flow",
    "libcst": "patches",
    "pygments": "tui",
    "rich": "tui",
    "sqlglot": "readers",
    "starlette": "bot",
    "textual": "tui",
    "uvicorn": "bot",
    "yaml": "readers",
}


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`module` imports `target` (both dotted) at `line` of `path`."""

    path: str
    line: int
    module: str
    target: str
    is_for_types: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.module} imports {self.target}"


def modules_in(package: Path) -> dict[str, Path]:
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[: len(DATA)] != DATA:
            names = parts[:-1] if parts[-1] == "__init__" else parts
            found[".".join((package.name, *names))] = path
    return found


def imports_in(package: Path) -> Iterator[Import]:
    """Yields all imports, those inside functions too: a deferred import saves time, not architecture."""
    modules = modules_in(package)
    for module, path in modules.items():
        relative = path.relative_to(package.parent).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        for_types = nodes_for_types(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = base_of(node, module, is_package=path.name == "__init__.py")
                names = [f"{base}.{alias.name}" for alias in node.names]
                targets = [name if name in modules else base for name in names]
            else:
                continue
            for target in dict.fromkeys(targets):
                yield Import(relative, node.lineno, module, target, node in for_types)


def nodes_for_types(tree: ast.AST) -> set[ast.AST]:
    """Returns what stands below `if TYPE_CHECKING:`, which no interpreter runs."""
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    return {inner for test in tests for statement in test.body for inner in ast.walk(statement)}


def base_of(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parents = module.split(".")[: None if is_package and node.level == 1 else -(node.level - is_package)]
    return ".".join([*parents, node.module] if node.module else parents)


def folder_of(module: str) -> str:
    """Returns the folder (or module) right below the package, "" for the package itself."""
    return [*module.split("."), ""][1]


def rows_broken(package: Path) -> list[str]:
    row_of = {folder: number for number, row in enumerate(ROWS) for folder in row}
    unknown = {folder_of(module) for module in modules_in(package)} - {"", *row_of}
    broken = [f"{folder}: no row of the table holds it" for folder in sorted(unknown)]
    for found in imports_in(package):
        if found.target.split(".")[0] != package.name:
            continue
        importer, imported = folder_of(found.module), folder_of(found.target)
        if imported == "" or importer == imported or (importer, imported) in ALLOWED or unknown & {importer, imported}:
            continue
        if importer == "" or row_of[importer] >= row_of.get(imported, -1):
            broken.append(str(found))
    return broken


def libraries_misplaced(package: Path) -> list[str]:
    own = {*sys.stdlib_module_names, package.name}
    return [
        str(found)
        for found in imports_in(package)
        if (library := found.target.split(".")[0]) not in own
        and IMPORTERS.get(library, "nobody") != folder_of(found.module)
    ]


def cycles(package: Path) -> list[str]:
    """Returns the imports that go round, or lie on the way between two rounds."""
    modules = modules_in(package)
    # Two modules may name each other's types; what is not run can't go round.
    edges = [
        found
        for found in imports_in(package)
        if found.target in modules and found.target != found.module and not found.is_for_types
    ]
    while True:
        importers, imported = {edge.module for edge in edges}, {edge.target for edge in edges}
        kept = [edge for edge in edges if edge.module in imported and edge.target in importers]
        if len(kept) == len(edges):
            return [str(edge) for edge in kept]
        edges = kept


def test_each_row_imports_only_rows_below() -> None:
    assert rows_broken(PACKAGE) == []


def test_each_library_has_one_importer() -> None:
    assert libraries_misplaced(PACKAGE) == []


def test_no_module_takes_part_in_an_import_cycle() -> None:
    assert cycles(PACKAGE) == []


class TestTheTestsThemselves:
    """A guard that can't fail guards nothing."""

    def seed(self, folder: Path, **texts: str) -> Path:
        package = folder / "copilot"
        for name, text in {"": "", **texts}.items():
            path = package / (name.replace("__", "/") + ".py") if name else package / "__init__.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return package

    @pytest.mark.parametrize(
        "statement",
        [
            "import copilot.cli.main",
            "from copilot.cli import main",
            "from copilot.cli.main import run",
            "from ..cli import main",
            "def later():\n    from copilot.cli.main import run",
        ],
    )
    def test_an_import_upwards_is_seen(self, tmp_path: Path, statement: str) -> None:
        package = self.seed(tmp_path, cli__main="run = 1\n", domain__nouns=statement + "\n")

        assert len(rows_broken(package)) == 1

    def test_an_import_between_folders_of_one_row_is_seen(self, tmp_path: Path) -> None:
        package = self.seed(tmp_path, checks__replay="import copilot.formats.avro\n", formats__avro="")

        assert rows_broken(package) == [
            "copilot/checks/replay.py:1: copilot.checks.replay imports copilot.formats.avro"
        ]

    def test_a_folder_without_a_row_is_seen(self, tmp_path: Path) -> None:
        assert rows_broken(self.seed(tmp_path, utils__text="")) == ["utils: no row of the table holds it"]

    def test_imports_of_the_own_folder_and_downwards_are_fine(self, tmp_path: Path) -> None:
        package = self.seed(
            tmp_path, cli__main="from copilot.cli import x\nimport copilot.domain.y\n", cli__x="", domain__y=""
        )

        assert rows_broken(package) == []

    @pytest.mark.parametrize("statement", ["import yaml", "from yaml import load", "import no_such_library.part"])
    def test_a_library_in_the_wrong_folder_is_seen(self, tmp_path: Path, statement: str) -> None:
        assert len(libraries_misplaced(self.seed(tmp_path, domain__nouns=statement + "\n"))) == 1

    def test_a_library_in_its_folder_is_fine(self, tmp_path: Path) -> None:
        assert libraries_misplaced(self.seed(tmp_path, readers__helm="import yaml\nimport json\n")) == []

    def test_a_cycle_is_seen(self, tmp_path: Path) -> None:
        package = self.seed(
            tmp_path,
            domain__a="from . import b\n",
            domain__b="import copilot.domain.a\n",
            domain__c="import copilot.domain.a\n",
        )

        assert cycles(package) == [
            "copilot/domain/a.py:1: copilot.domain.a imports copilot.domain.b",
            "copilot/domain/b.py:1: copilot.domain.b imports copilot.domain.a",
        ]

    def test_naming_a_type_makes_no_cycle(self, tmp_path: Path) -> None:
        later = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from copilot.domain import b\n"

        assert cycles(self.seed(tmp_path, domain__a=later, domain__b="import copilot.domain.a\n")) == []


LOADED = """
import json, sys
before = set(sys.modules)
from copilot.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print()
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def modules_loaded(*arguments: str) -> set[str]:
    """Returns the modules that a command line loads in a fresh interpreter."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    return set(json.loads(ran.stdout.splitlines()[-1]))


def libraries_loaded(*arguments: str) -> set[str]:
    """Returns the libraries that a command line loads in a fresh interpreter."""
    loaded = {name.split(".")[0] for name in modules_loaded(*arguments)}
    return (
        {name for name in loaded if name.lstrip("_") not in sys.stdlib_module_names}
        - sys.stdlib_module_names
        - {"copilot"}
    )


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_load_no_library(argument: str) -> None:
    assert libraries_loaded(argument) == set()


def test_map_loads_neither_the_graph_nor_the_screen_nor_decoders(tmp_path: Path) -> None:
    from copilot.example.build import build_repository

    build_repository(tmp_path / "shop")

    loaded = libraries_loaded("map", str(tmp_path / "shop"))

    assert loaded & {"langgraph", "langchain_core", "textual", "avro", "fastavro", "anthropic"} == set()


def test_the_first_frame_waits_for_neither_git_nor_the_nouns_nor_what_later_screens_are_made_of() -> None:
    first = "copilot.cli.home, copilot.proposals.later, copilot.tui.app, copilot.tui.home"
    code = f"import {first}, json, sys; print(json.dumps([*sys.modules]))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)

    loaded = {name for name in json.loads(ran.stdout) if name.startswith("copilot.")}

    others = {"copilot.ports", "copilot.settings", "copilot.adapters.git", "copilot.tui.panes", "copilot.tui.review"}
    assert {name for name in loaded if name.startswith("copilot.domain.")} == {"copilot.domain.visible"}
    assert not loaded & others


def test_nothing_that_speaks_with_a_model_is_loaded_where_none_is_on(tmp_path: Path) -> None:
    from copilot.example.build import build_repository

    build_repository(tmp_path / "shop")
    change = "add optional double risk to decision; don't break sink"

    loaded = modules_loaded("propose", change, "-C", str(tmp_path / "shop"), "--quiet", "--format", "json")

    planners = {
        "claude",
        "framing",
        "looks",
        "suggested",
        "talk",
        "critic",
        "wording",
        "probe",
        "prompt_text",
        "neighbourhood",
    }
    adapters = {"messages", "messages_json", "messages_stream", "prompt_files", "recordings"}
    speaking = (
        {f"copilot.planners.{it}" for it in planners} | {f"copilot.adapters.{it}" for it in adapters} | {"anthropic"}
    )
    assert loaded & speaking == set()


def test_a_pair_of_schemas_is_judged_without_settings_git_and_the_nouns_of_pipelines(tmp_path: Path) -> None:
    for name in ("old.avsc", "new.avsc"):
        (tmp_path / name).write_text('{"type": "record", "name": "R", "fields": []}')

    loaded = modules_loaded("compat", str(tmp_path / "old.avsc"), str(tmp_path / "new.avsc"))

    assert loaded & {"copilot.settings", "copilot.ports", "copilot.domain.pipeline", "subprocess", "tomllib"} == set()
