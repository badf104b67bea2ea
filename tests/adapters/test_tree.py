"""Reading the files of a commit, of the working tree, and with a patch over them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from copilot.adapters.blobs import BINARY_BYTES_MAX, FILE_BYTES_MAX
from copilot.adapters.git import open_repository
from copilot.adapters.tree import CommitTree, OverlayTree, WorkingTree, uncommitted_count
from copilot.domain.patch import FileChange
from copilot.domain.source import Gap, SourceFile
from copilot.errors import WrongUsage
from copilot.ports import Tree
from tests.repositories import commit, fingerprint, git, init, write


def test_a_commit_is_read_as_it_was(tmp_path: Path) -> None:
    init(tmp_path)
    first = commit(tmp_path, {"b.txt": "one\r\n", "a/ü.txt": "two"})
    commit(tmp_path, {"b.txt": "changed"})

    tree = CommitTree(open_repository(tmp_path), first)

    assert [entry.path for entry in tree.snapshot.entries] == ["a/ü.txt", "b.txt"]
    assert texts(tree, "b.txt", "a/ü.txt") == {"b.txt": "one\r\n", "a/ü.txt": "two"}
    assert tree.snapshot.entries[1].digest == git(tmp_path, "rev-parse", f"{first}:b.txt")


@pytest.mark.parametrize("kind", [CommitTree, WorkingTree])
def test_what_is_no_text_becomes_a_gap_with_its_reason(tmp_path: Path, kind: type) -> None:
    init(tmp_path)
    write(tmp_path, {"binary": b"a\0b", "latin": b"caf\xe9", "huge": b"x" * (FILE_BYTES_MAX + 1), "fine": "x"})
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "out").symlink_to("/etc/hostname")
    head = commit(tmp_path, {})
    repository = open_repository(tmp_path)
    tree = CommitTree(repository, head) if kind is CommitTree else WorkingTree(repository)

    reasons = gaps(tree, "binary", "latin", "huge", "loop", "out", "absent", "fine")

    assert reasons["binary"] == "is binary"
    assert reasons["latin"] == "is not valid UTF-8 (byte 3)"
    assert reasons["huge"].startswith("is larger than the limit of 1024 KiB")
    assert reasons["loop"] == reasons["out"] == "is a symbolic link, which is not followed"
    assert reasons["absent"] == "does not exist"
    assert "fine" not in reasons


def test_one_file_is_read_by_its_name_however_odd_that_is(tmp_path: Path) -> None:
    folder = init(tmp_path)
    names = [":(top)x", ":(glob)*.y", "*.z", "a\nb", "-n", "b\\c"]
    made = commit(folder, dict.fromkeys(names, "text"))
    (folder / os.fsdecode(b"i\xff")).write_text("text")
    named = commit(folder, {})

    for name in names:
        read = CommitTree(open_repository(folder), made).read([name])
        assert isinstance(read[name], SourceFile), name
    assert isinstance(CommitTree(open_repository(folder), named).read(["i\\xff"])["i\\xff"], SourceFile)


def test_a_submodule_is_a_gap(tmp_path: Path) -> None:
    inner = init(tmp_path / "inner")
    commit(inner, {"a": "x"})
    outer = init(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "module")
    head = commit(outer, {})
    repository = open_repository(outer)

    for tree in (CommitTree(repository, head), WorkingTree(repository)):
        assert gaps(tree, "module") == {"module": "is a submodule, which is not read"}


def test_the_working_tree_shows_new_and_changed_files_but_not_ignored_ones(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"kept": "old", "gone": "x", ".gitignore": "*.log\n"})
    write(tmp_path, {"kept": "new", "gone": None, "fresh": "y", "noise.log": "z"})

    tree = WorkingTree(open_repository(tmp_path))

    assert [entry.path for entry in tree.snapshot.entries] == [".gitignore", "fresh", "kept"]
    assert texts(tree, "kept", "fresh") == {"kept": "new", "fresh": "y"}
    digest = {entry.path: entry.digest for entry in tree.snapshot.entries}["kept"]
    assert digest == git(tmp_path, "hash-object", "kept")


def test_a_tracked_folder_that_became_a_link_is_not_left_through_it(tmp_path: Path) -> None:
    secret = tmp_path / "outside"
    write(secret, {"file": "secret"})
    top = init(tmp_path / "top")
    commit(top, {"folder/file": "mine"})
    write(top, {"folder/file": None})
    os.rmdir(top / "folder")
    (top / "folder").symlink_to(secret)

    tree = WorkingTree(open_repository(top))

    assert "folder/file" in gaps(tree, "folder/file")


def test_a_bare_repository_has_no_working_tree(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no working tree"):
        WorkingTree(open_repository(init(tmp_path, "--bare")))


def test_an_overlay_shows_the_state_after_a_patch(tmp_path: Path) -> None:
    init(tmp_path)
    head = commit(tmp_path, {"a": "1", "b": "2", "c": "3"})
    base = CommitTree(open_repository(tmp_path), head)
    changes = (FileChange("a", "1", "one"), FileChange("b", "2", None), FileChange("d", None, "four"))

    tree = OverlayTree(base, changes)

    assert [entry.path for entry in tree.snapshot.entries] == ["a", "c", "d"]
    assert texts(tree, "a", "c", "d") == {"a": "one", "c": "3", "d": "four"}
    assert gaps(tree, "b") == {"b": "does not exist"}
    write(tmp_path, {"a": "one"})
    assert tree.snapshot.entries[0].digest == git(tmp_path, "hash-object", "a")


def test_bytes_are_read_to_a_limit_of_their_own_and_through_a_patch(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "a.avro").write_bytes(bytes(2 * FILE_BYTES_MAX))
    (tmp_path / "b.avro").write_bytes(bytes(BINARY_BYTES_MAX + 1))
    (tmp_path / "c.avro").write_text("version https://git-lfs.github.com/spec/v1\n")
    head = commit(tmp_path, {"d.txt": "one"})
    repository = open_repository(tmp_path)
    base = CommitTree(repository, head)

    for tree in (base, WorkingTree(repository), OverlayTree(base, [FileChange("d.txt", "one", "two")])):
        found = tree.read_bytes(["a.avro", "b.avro", "c.avro", "e.avro", "d.txt"])

        assert found["a.avro"] == bytes(2 * FILE_BYTES_MAX)
        assert [it.reason.split(" (")[0] for it in found.values() if isinstance(it, Gap)] == [
            "is larger than the limit of 4096 KiB",
            "is a Git LFS pointer: what it stands for is not in git",
            "does not exist",
        ]
        assert found["d.txt"] == (b"two" if isinstance(tree, OverlayTree) else b"one")


def test_uncommitted_changes_are_counted_without_touching_the_index(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"a": "1", "b": "2"})
    write(tmp_path, {"a": "changed", "new": "x"})
    git(tmp_path, "add", "new")
    os.utime(tmp_path / "b")
    before = fingerprint(tmp_path)

    assert uncommitted_count(open_repository(tmp_path)) == 2
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("driver", ["evil", "ev=il", 'e"v.i l'])
def test_counting_runs_no_filter_that_the_repository_names(tmp_path: Path, driver: str) -> None:
    folder = init(tmp_path / "repository")
    commit(folder, {"a": "1", "b": "2"})
    for key in ("clean", "process"):
        git(folder, "config", f"filter.{driver}.{key}", f"touch {tmp_path}/canary; cat")
    git(folder, "config", f"filter.{driver}.required", "true")
    if " " not in driver:
        write(folder, {".git/info/attributes": f"* filter={driver}\n"})
    os.utime(folder / "a")
    write(folder, {"b": "3"})

    assert uncommitted_count(open_repository(folder)) == 1
    assert not (tmp_path / "canary").exists()


def test_a_file_whose_name_is_no_utf8_is_listed_with_escapes(tmp_path: Path) -> None:
    init(tmp_path)
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "w") as file:
        file.write("x")
    head = commit(tmp_path, {})

    for tree in (CommitTree(open_repository(tmp_path), head), WorkingTree(open_repository(tmp_path))):
        assert [entry.path for entry in tree.snapshot.entries] == ["caf\\xe9.txt"]


def test_many_blobs_are_read_in_batches(tmp_path: Path) -> None:
    init(tmp_path)
    head = commit(tmp_path, {f"{number}.txt": f"text {number}\n" for number in range(300)})

    tree = CommitTree(open_repository(tmp_path), head)

    assert texts(tree, *(f"{number}.txt" for number in range(300)))["299.txt"] == "text 299\n"


def texts(tree: Tree, *paths: str) -> dict[str, str]:
    return {path: file.text for path, file in tree.read(paths).items() if isinstance(file, SourceFile)}


def gaps(tree: Tree, *paths: str) -> dict[str, str]:
    return {path: file.reason for path, file in tree.read(paths).items() if isinstance(file, Gap)}


def test_a_pointer_of_git_lfs_is_a_gap(tmp_path: Path) -> None:
    init(tmp_path)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    head = commit(tmp_path, {"order.avsc": pointer})

    gap = CommitTree(open_repository(tmp_path), head).read(["order.avsc"])["order.avsc"]

    assert isinstance(gap, Gap)
    assert "Git LFS pointer" in gap.reason


def test_what_a_sparse_checkout_skips_is_read_from_the_commit_and_a_gap_of_the_working_tree(tmp_path: Path) -> None:
    init(tmp_path)
    head = commit(tmp_path, {"here/a.py": "x", "there/b.py": "y", "gone.py": "z"})
    git(tmp_path, "sparse-checkout", "set", "--cone", "here")
    (tmp_path / "gone.py").unlink()
    repository = open_repository(tmp_path)

    working = WorkingTree(repository)

    assert [entry.path for entry in working.snapshot.entries] == ["here/a.py", "there/b.py"]
    assert texts(working, "here/a.py", "there/b.py") == {"here/a.py": "x"}
    gap = working.read(["there/b.py"])["there/b.py"]
    assert isinstance(gap, Gap)
    assert gap.reason == "lies outside of the sparse checkout"
    assert texts(CommitTree(repository, head), "there/b.py") == {"there/b.py": "y"}


def test_one_file_is_read_without_listing_all_of_them(tmp_path: Path) -> None:
    init(tmp_path)
    head = commit(tmp_path, {"copilot.toml": "text", "folder/one.py": "x", "folder/[a]*.py": "y"})

    tree = CommitTree(open_repository(tmp_path), head)

    assert texts(tree, "copilot.toml", "folder/[a]*.py", "absent") == {"copilot.toml": "text", "folder/[a]*.py": "y"}
    assert isinstance(tree.read(["folder"])["folder"], Gap)
    assert "snapshot" not in vars(tree)


def test_trees_of_the_same_digest_are_the_same(tmp_path: Path) -> None:
    init(tmp_path)
    first = commit(tmp_path, {"a.py": "one"})
    second = commit(tmp_path, {"a.py": "two"})
    repository = open_repository(tmp_path)
    base = CommitTree(repository, first)
    change = FileChange("a.py", "one", "three")

    trees: list[Tree] = [base, CommitTree(repository, second), OverlayTree(base, [change])]

    assert len({tree.digest for tree in trees}) == 3
    assert OverlayTree(base, []).digest == base.digest
    assert OverlayTree(base, [change]).digest == trees[2].digest
    working = WorkingTree(repository).digest
    (tmp_path / "a.py").write_text("edited")
    assert WorkingTree(repository).digest != working


def test_a_few_files_are_read_by_their_names_whatever_git_would_take_them_for(tmp_path: Path) -> None:
    names = [":(top)x", "*", "[ab]", "a"]
    base = commit(init(tmp_path), {name: name for name in names})

    read = CommitTree(open_repository(tmp_path), base).read(["*", ":(top)x"])

    assert {path: file.text for path, file in read.items() if isinstance(file, SourceFile)} == {
        "*": "*",
        ":(top)x": ":(top)x",
    }
