"""The names of decision records and branches."""

from __future__ import annotations

import pytest

from copilot.domain.operation import ChangeRequest, RenameField
from copilot.proposals.record_files import SLUG_LENGTH_MAX, slug_of


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Rename `a` to b!", "rename-a-to-b"),
        ("add an optional double parallax to the lightcurve step's output", "add-an-optional-double-parallax-to-the"),
        ("x" * 60, "x" * SLUG_LENGTH_MAX),
        ("../../etc", "etc"),
        ("ändere das", "ndere-das"),
        ("変更", "change"),
        ("", "rename-field-amount-orders"),
    ],
)
def test_a_slug_is_safe_short_and_made_of_whole_words(text: str, slug: str) -> None:
    request = ChangeRequest(text, (RenameField("orders", "", "amount", "total"),), "c" * 40, "Ada <a@b.org>")

    assert slug_of(request) == slug
