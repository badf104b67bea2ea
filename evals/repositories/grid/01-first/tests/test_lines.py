import json
from pathlib import Path

from billing.lines import line

READING = json.loads((Path(__file__).parent.parent / "fixtures" / "reading.json").read_text())


def test_a_line_has_whole_cents():
    assert line(READING)["cents"] == 46
