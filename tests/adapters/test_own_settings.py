"""The user's own settings: where they come from, and that no repository has a say in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.adapters.own_settings import OwnSettings, own_settings
from copilot.errors import WrongUsage
from copilot.settings import read_settings

FILE = """
[decoders.java]
classpath = ["~/jars/avro.jar", "/jars/*"]
program = "/opt/java/bin/java"

[decoders.avsc]
folder = "/srv/node"
"""


def write(home: Path, text: str) -> None:
    folder = home / ".config" / "pipeline-copilot"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text)


def test_nothing_is_named_by_default(tmp_path: Path) -> None:
    assert own_settings({}, tmp_path) == OwnSettings()


def test_the_file_names_class_path_programs_and_folder(tmp_path: Path) -> None:
    write(tmp_path, FILE)

    assert own_settings({}, tmp_path) == OwnSettings(
        (f"{tmp_path}/jars/avro.jar", "/jars/*"), "/opt/java/bin/java", "/srv/node", "node"
    )


def test_the_environment_wins(tmp_path: Path) -> None:
    write(tmp_path, FILE)
    environ = {"PIPELINE_COPILOT_JAVA_CLASSPATH": "/a.jar:/b.jar", "PIPELINE_COPILOT_AVSC": "/other"}

    own = own_settings(environ, tmp_path)

    assert (own.java_classpath, own.avsc_folder) == (("/a.jar", "/b.jar"), "/other")


@pytest.mark.parametrize(
    "text",
    ["[decoders.java]\nclasspath = ['avro.jar']", "[decoders.rust]\n", "[decoders.java]\njar = '/a'", "oops", "x = 1",
     "decoders = 1", "[decoders.java]\nclasspath = [1]", "[decoders.java]\nprogram = []",
     "[decoders.avsc]\nfolder = []", "[decoders.avsc]\nfolder = ['/a', '/b']"],
)  # fmt: skip
def test_what_is_not_understood_is_told_with_its_place(text: str, tmp_path: Path) -> None:
    write(tmp_path, text)

    with pytest.raises(WrongUsage) as caught:
        own_settings({}, tmp_path)

    assert str(caught.value.where).endswith("config.toml")
    assert caught.value.next


def test_a_repository_cannot_name_a_decoder() -> None:
    with pytest.raises(WrongUsage, match='no table "decoders"'):
        read_settings(FILE)
