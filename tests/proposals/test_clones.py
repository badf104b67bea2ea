"""A repository and a clone beside it, as every face sees them: on real repositories, from the settings to the map."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copilot.domain.pipeline import PipelineMap
from copilot.proposals import Workspace
from tests.repositories import commit, git
from tests.shops import CONSUMER, READ_PLACE, Shops, clone_settings, shops


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


@pytest.fixture
def two(tmp_path: Path) -> Shops:
    return shops(tmp_path)


def mapped(two: Shops, *, working_tree: bool = False) -> PipelineMap:
    return Workspace.open(two.shop, working_tree=working_tree).map()


def whole(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Returns every file of a folder, git's own too, with the time it was written."""
    return {
        str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in sorted(folder.rglob("*")) if file.is_file()
    }


def amounts(pipeline: PipelineMap) -> set[str]:
    return {str(use.span) for use in pipeline.uses if use.path == "amount"}


def test_the_map_shows_where_a_clone_uses_a_field(two: Shops) -> None:
    found = mapped(two)

    assert READ_PLACE in amounts(found)
    assert [(clone.name, clone.commit, clone.files_read) for clone in found.clones] == [("billing", two.pin, 1)]


def test_the_working_tree_is_read_with_its_clones_too(two: Shops) -> None:
    assert READ_PLACE in amounts(mapped(two, working_tree=True))


def test_a_map_with_clones_is_the_same_when_it_was_kept(two: Shops) -> None:
    assert mapped(two) == mapped(two)


def test_a_clone_is_read_at_its_pin_whatever_lies_in_it(two: Shops) -> None:
    before = mapped(two)
    commit(two.billing, {"services/invoice/main.py": CONSUMER.replace("amount", "total")})
    (two.billing / "services/invoice/main.py").write_text("")

    assert mapped(two) == before


def test_moving_the_pin_reads_another_state(two: Shops) -> None:
    later = commit(two.billing, {"services/invoice/main.py": "\n" + CONSUMER})
    commit(two.shop, {"copilot.toml": clone_settings(later)})

    assert "billing:services/invoice/main.py:15" in amounts(mapped(two))


def test_a_clone_that_vanished_is_told_and_its_map_is_not_remembered(two: Shops) -> None:
    mapped(two)
    shutil.move(two.billing, two.billing.with_name("elsewhere"))

    found = mapped(two)

    assert "checkout" in {job.name for job in found.jobs}
    assert READ_PLACE not in amounts(found)
    assert any("../billing is no folder here" in gap.reason for gap in found.gaps)
    assert found.clones[0].commit == ""


def test_an_unpinned_clone_is_read_where_it_stands(tmp_path: Path) -> None:
    two = shops(tmp_path, pin="")
    before = mapped(two)
    commit(two.billing, {"services/invoice/main.py": "\n" + CONSUMER})

    assert READ_PLACE in amounts(before)
    assert "billing:services/invoice/main.py:15" in amounts(mapped(two))
    assert any("is not pinned" in gap.reason for gap in before.gaps)


def test_reading_a_clone_leaves_every_byte_of_it_alone(two: Shops) -> None:
    before = whole(two.billing)

    mapped(two)

    assert whole(two.billing) == before


def test_a_partial_clone_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    two = shops(tmp_path)
    git(two.billing, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{two.billing}", "partial")
    commit(two.shop, {"copilot.toml": clone_settings(two.pin).replace("../billing", "../partial")})

    found = mapped(two)

    assert any(gap.span.path.startswith("billing:") and "is not in this clone" in gap.reason for gap in found.gaps)
    assert found.clones[0].commit == two.pin
