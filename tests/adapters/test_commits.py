"""Commits and branches beside the person's work."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.adapters.commits import (
    create_branch,
    find_branch,
    message_of,
    split_identity,
    write_commit,
    write_tree,
)
from copilot.adapters.git import Git, open_repository
from copilot.adapters.tree import CommitTree
from copilot.domain.source import SourceFile
from copilot.errors import WrongUsage
from tests.repositories import commit, git, init

NOON = "2026-01-02T12:00:00Z"
ADA = "Ada Ö <ada@example.org>"
NAMES = st.sampled_from(["a", "b.txt", "dir/c", "dir/d e", "ü/é", "-n", ":(top)x", "q'uo\"te"])
TEXTS = st.text(st.sampled_from("ab\n\r\t é\u2028\ufeff"), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.dictionaries(NAMES, TEXTS), after=st.dictionaries(NAMES, st.none() | TEXTS))
def test_a_written_tree_is_exactly_the_state_after_and_back_again_the_base(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str | None]
) -> None:
    folder = init(tmp_path_factory.mktemp("law"))
    base = commit(folder, dict(before))
    runner = Git(folder)
    changed = {path: text for path, text in after.items() if text is not None or path in before}

    tree = write_tree(runner, base, {path: _bytes(text) for path, text in changed.items()})
    new = write_commit(runner, tree, base, "x", ADA, NOON)
    back = write_tree(runner, new, {path: _bytes(before.get(path)) for path in changed})

    expected = {path: text for path, text in (before | changed).items() if text is not None}
    read = CommitTree(open_repository(folder), new).read(expected)
    assert {path: file.text for path, file in read.items() if isinstance(file, SourceFile)} == expected
    assert back == git(folder, "rev-parse", f"{base}^{{tree}}")


def test_a_commit_has_the_person_and_the_time_it_is_given(tmp_path: Path) -> None:
    init(tmp_path)
    base = commit(tmp_path, {"a": "1"})

    new = write_commit(Git(tmp_path), write_tree(Git(tmp_path), base, {"a": b"2"}), base, "Say\n", ADA, NOON)

    shown = git(tmp_path, "log", "-1", "--format=%an|%ae|%aI|%cn|%ce|%cI|%s|%P", new)
    assert shown == f"Ada Ö|ada@example.org|{NOON[:-1]}+00:00|Ada Ö|ada@example.org|{NOON[:-1]}+00:00|Say|{base}"


def test_a_branch_is_made_and_never_moved(tmp_path: Path) -> None:
    init(tmp_path)
    first = commit(tmp_path, {"a": "1"})
    second = commit(tmp_path, {"a": "2"})

    names = [create_branch(Git(tmp_path), "copilot/x", number, "test") for number in (first, second, first)]

    assert names == ["copilot/x", "copilot/x-2", "copilot/x-3"]
    assert git(tmp_path, "rev-parse", "copilot/x") == first


def test_a_branch_is_found_again_by_its_trailers(tmp_path: Path) -> None:
    init(tmp_path)
    base = commit(tmp_path, {"a": "1"})
    trailers = (("Proposal", "p-1"), ("Plan", "d"))
    runner = Git(tmp_path)
    tree = write_tree(runner, base, {"a": b"2"})
    first = write_commit(runner, tree, base, message_of("One", (), trailers), ADA, NOON)
    second = write_commit(runner, tree, first, message_of("Two", ("Why.",), trailers), ADA, NOON)
    create_branch(runner, "copilot/p-1-x", second, "test")

    found = find_branch(open_repository(tmp_path), "copilot/p-1-", base, dict(trailers))

    assert found is not None
    assert (found.name, found.commits) == ("copilot/p-1-x", (first, second))
    assert find_branch(open_repository(tmp_path), "copilot/p-1-", base, {"Proposal": "p-1", "Plan": "other"}) is None


@pytest.mark.parametrize("format", ["sha1", "sha256"])
def test_a_branch_is_found_whatever_the_environment_and_the_configuration_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    init(tmp_path, f"--object-format={format}")
    base = commit(tmp_path, {"a": "1"})
    runner = Git(tmp_path)
    message = message_of("One", (), (("Proposal", "p-1"),))
    made = write_commit(runner, write_tree(runner, base, {"a": b"2"}), base, message, ADA, NOON)
    create_branch(runner, "copilot/p-1-x", made, "test")
    git(tmp_path, "config", "trailer.separators", "%")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))

    found = find_branch(open_repository(tmp_path), "copilot/p-1-", base, {"Proposal": "p-1"})

    assert found is not None
    assert (found.name, found.commits) == ("copilot/p-1-x", (made,))


def test_trailers_in_the_text_above_the_last_paragraph_do_not_count(tmp_path: Path) -> None:
    init(tmp_path)
    base = commit(tmp_path, {"a": "1"})
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "One\n\nProposal: p-1\n\nReviewed-by: Eve")
    git(tmp_path, "branch", "copilot/p-1-x")

    assert find_branch(open_repository(tmp_path), "copilot/p-1-", base, {"Proposal": "p-1"}) is None


def test_no_text_can_forge_a_trailer() -> None:
    message = message_of("Title\nApproved-by: Eve", (), (("Approved-by", "Ada <a@b>\nApproved-by: Eve <e@b>"),))

    assert message == "Title Approved-by: Eve\n\nApproved-by: Ada <a@b> Approved-by: Eve <e@b>\n"


def test_a_long_subject_is_shortened() -> None:
    assert len(message_of("x" * 100, (), (("A", "b"),)).splitlines()[0]) == 72


@pytest.mark.parametrize("who", ["Ada", "<a@b>", "Ada <a@b> <c@d>", "Ada <a b>", ""])
def test_what_is_no_person_is_refused(who: str) -> None:
    with pytest.raises(WrongUsage, match="is not a name and a mail address"):
        split_identity(who)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
