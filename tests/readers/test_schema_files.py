"""The path that code names leads to the file that is meant, or to none."""

from __future__ import annotations

import pytest

from copilot.readers.modules import SchemaFiles


@pytest.mark.parametrize(
    ("file", "stated", "found"),
    [
        ("schemas/enrich/output.avsc", "/app/schemas/enrich/output.avsc", True),
        ("enrich/schemas/output.avsc", "/app/output.avsc", True),
        ("schemas/other/output.avsc", "../schemas/enrich/output.avsc", False),
        ("schemas/other/orders.avsc", "../schemas/enrich/orders.avsc", True),
        ("schemas/other/output.avsc", "output.avsc", True),
    ],
)
def test_a_name_that_every_folder_has_leads_to_no_other_folder(file: str, stated: str, found: bool) -> None:
    files = SchemaFiles([file])

    assert files.find(stated, "enrich/settings.py", "enrich") == (file if found else "")
