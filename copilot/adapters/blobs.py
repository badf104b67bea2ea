"""Reads git's blobs in bulk, one process for all of them, and says what bytes are a text that people can review."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from copilot.adapters.git import Git, GitFailed
from copilot.adapters.presence import run_on_what_is_here

FILE_BYTES_MAX = 1024 * 1024
BINARY_BYTES_MAX = 4 * FILE_BYTES_MAX
BATCH_BYTES_MAX = 64 * 1024 * 1024
BATCH_BLOBS_MAX = 4096
LFS_SIGN = b"version https://git-lfs.github.com/spec/"
LFS_POINTER = "is a Git LFS pointer: what it stands for is not in git"


class Unreadable(Exception):
    """Why a file is no text to read; the text is the reason of a gap."""


def read_blobs(git: Git, digests: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """Yields each blob's bytes, or None where this clone doesn't have it."""
    wanted = list(dict.fromkeys(digests))
    for start in range(0, len(wanted), BATCH_BLOBS_MAX):
        yield from _batch(git, wanted[start : start + BATCH_BLOBS_MAX])


def text_of(data: bytes) -> str:
    """Returns the text that the bytes are; raises Unreadable."""
    if len(data) > FILE_BYTES_MAX:
        raise Unreadable(too_large(len(data)))
    if data.startswith(LFS_SIGN):
        raise Unreadable(LFS_POINTER)
    if b"\x00" in data:
        raise Unreadable("is binary")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not valid UTF-8 (byte {error.start})") from None


def too_large(size_bytes: int, limit: int = FILE_BYTES_MAX) -> str:
    """Returns the reason of a gap for a file over the limit."""
    return f"is larger than the limit of {limit // 1024} KiB ({size_bytes // 1024} KiB)"


def blob_digest(data: bytes, like: str = "") -> str:
    """Returns the id that git gives the bytes; `like` is an id of the same repository, whose length tells the hash."""
    hashed = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    hashed.update(b"blob %d\x00" % len(data))
    hashed.update(data)
    return hashed.hexdigest()


def _batch(git: Git, digests: list[str]) -> Iterator[tuple[str, bytes | None]]:
    asked = "".join(f"{digest}\n" for digest in digests).encode()
    try:
        printed = run_on_what_is_here(git, "cat-file", "--batch", "--buffer", like=digests[0], input=asked)
    except GitFailed:
        # A damaged object ends the whole batch; then they are asked for one by one.
        yield from _one_by_one(git, digests)
        return
    at = 0
    for digest in digests:
        end = printed.index(b"\n", at)
        header = printed[at:end].split(b" ")
        at = end + 1
        if header[-1] == b"missing" or len(header) != 3:
            yield digest, None
            continue
        size = int(header[2])
        yield digest, printed[at : at + size]
        at += size + 1


def _one_by_one(git: Git, digests: list[str]) -> Iterator[tuple[str, bytes | None]]:
    for digest in digests:
        try:
            yield digest, git.run("cat-file", "blob", digest)
        except GitFailed:
            yield digest, None
