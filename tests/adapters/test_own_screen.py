"""The look that a person chose is kept beside their own settings, and a bad file keeps nobody out."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.adapters.own_screen import Look, keep_look, kept_look, look_path, speaks_unicode
from copilot.errors import SurroundingsFailed


@pytest.mark.parametrize("look", [Look(), Look("copilot-light", True, False), Look('odd "name" \\ \u20ac')])
def test_what_is_kept_comes_back(tmp_path: Path, look: Look) -> None:
    keep_look(look, {}, tmp_path)

    assert kept_look({}, tmp_path) == look
    assert [it.name for it in look_path({}, tmp_path).parent.iterdir()] == ["screen.toml"]


def test_it_lies_in_the_users_own_configuration(tmp_path: Path) -> None:
    own = tmp_path / "own"
    keep_look(Look("a"), {"XDG_CONFIG_HOME": str(own)}, tmp_path / "home")

    assert (own / "pipeline-copilot" / "screen.toml").is_file()
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("text", ["theme = [", "theme = 3\nascii = 'yes'\ncolour = 1", "\udcff"])
def test_what_can_not_be_understood_is_the_usual_look(tmp_path: Path, text: str) -> None:
    path = look_path({}, tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    assert kept_look({}, tmp_path) == Look()


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file")

    with pytest.raises(SurroundingsFailed, match="can't be kept"):
        keep_look(Look(), {}, tmp_path)


@pytest.mark.parametrize(
    ("environ", "does"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "de_DE.utf8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, True),
        ({"LANG": "POSIX"}, False),
    ],
)
def test_the_locale_says_whether_more_than_ascii_can_be_drawn(environ: dict[str, str], does: bool) -> None:
    assert speaks_unicode(environ) is does
