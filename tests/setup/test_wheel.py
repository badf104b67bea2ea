"""A wheel, installed far from the checkout, has everything in it that `pipeline-copilot demo` needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEP_SECONDS_MAX = 300
SETUPTOOLS_AT_LEAST = 77
pytestmark = pytest.mark.slow


def run(folder: Path, *command: str | Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=STEP_SECONDS_MAX, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds from a copy: building in place leaves a build folder behind, whose stale files the next wheel would carry."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "copilot", source / "copilot", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    shutil.copytree(ROOT / "prompts", source / "prompts")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        folder / "dist",
        source,
    ]
    if int(metadata.version("setuptools").split(".")[0]) >= SETUPTOOLS_AT_LEAST:
        command.insert(4, "--no-build-isolation")
    run(folder, *command)
    return next((folder / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installs into a new environment that borrows this one's libraries by path, which leaves out an editable install."""
    environment = tmp_path_factory.mktemp("elsewhere") / "venv"
    run(environment.parent, sys.executable, "-m", "venv", "--without-pip", environment)
    python = environment / "bin" / "python"
    site = run(environment, python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    Path(site, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(environment, *pip, "install", "--quiet", "--no-deps", "--no-index", wheel)
    return environment


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("copilot/")}
    files = {path.relative_to(ROOT) for path in (ROOT / "copilot").rglob("*") if path.is_file()}
    # Git's own settings for the checkout are no part of the product.
    expected = {path.as_posix() for path in files if "__pycache__" not in path.parts and path.name != ".gitattributes"}

    assert expected - held == set()


def test_nothing_but_the_package_lands_beside_the_libraries(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"copilot"}


def test_the_installed_command_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    where = run(tmp_path, installed / "bin/python", "-c", "import copilot; print(copilot.__file__)")

    assert Path(where.strip()).is_relative_to(installed)


def test_the_installed_demo_builds_the_example(installed: Path, tmp_path: Path) -> None:
    run(tmp_path, installed / "bin/pipeline-copilot", "demo", "--build", tmp_path / "shop")

    head = run(tmp_path / "shop", "git", "rev-parse", "HEAD").strip()
    assert head == run(ROOT, sys.executable, "-c", BUILD, tmp_path / "again").strip()
    assert (tmp_path / "shop/.github/workflows/test.yml").is_file()


def test_the_installed_program_asks_with_the_prompts_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, installed / "bin/python", "-c", PROMPTS))

    assert Path(found["folder"]).is_relative_to(installed)
    assert found["digests"] == {
        path.stem: sha256(path.read_bytes()).hexdigest() for path in (ROOT / "prompts").glob("*.md")
    }


def test_the_wheel_of_an_sdist_carries_the_prompts_too(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "copilot", source / "copilot", ignore=shutil.ignore_patterns("__pycache__", "example"))
    shutil.copytree(ROOT / "prompts", source / "prompts")
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)

    run(source, sys.executable, "-c", "import setuptools.build_meta as it; it.build_sdist('dist')")

    with tarfile.open(next((source / "dist").glob("*.tar.gz"))) as held:
        carried = {name.split("/", 1)[-1] for name in held.getnames()}
    assert {"setup.py", "prompts/frame.md", "prompts/words.md"} <= carried


PROMPTS = """
import json
from pathlib import Path
from copilot.adapters.prompt_files import IDS, built_in_folder
from copilot.plugins import build_prompts
prompts = build_prompts({}, Path('/nowhere'))
print(json.dumps({"folder": str(built_in_folder()), "digests": {id: prompts(id).digest for id in IDS}}))
"""

BUILD = """
import sys
from pathlib import Path
from copilot.example.build import build_repository
print(build_repository(Path(sys.argv[1])))
"""
