"""What the lists of findings, gaps and proposals say, and the source that stands beside them; no screen is drawn."""

from __future__ import annotations

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.evidence import Severity
from copilot.domain.source import Gap, SourceFile, Span
from copilot.tui.findings import finding_items, finding_text, gap_items, gap_text
from copilot.tui.source import LINES_MAX, source_lines

TEXT = "\n".join(f"line {number}" for number in range(1, 101))


def source(path: str) -> SourceFile | Gap:
    return Gap(Span(path, 1, 1), "is binary") if path == "odd.py" else SourceFile(path, TEXT, "")


def finding(id: str, severity: Severity, *places: Span) -> AuditFinding:
    proof = tuple(Proof(place, "shows it") for place in places)
    return AuditFinding(id, "a-rule", severity, f"title of {id}", proof, "it hurts", "mend it")


def test_findings_stand_below_a_heading_of_their_severity_the_worst_first() -> None:
    items = finding_items([finding("b", "note"), finding("a", "error"), finding("c", "note")])

    assert [id for id, _ in items] == ["", "a", "", "b", "c"]
    assert [look.plain for id, look in items if not id] == ["1 ERROR", "2 NOTES"]


def test_a_finding_is_told_with_the_source_of_each_proof() -> None:
    text = finding_text(finding("a", "error", Span("jobs/a.py", 7, 8), Span("odd.py", 1, 1)), source).plain

    assert "jobs/a.py:7-8  shows it" in text
    assert "  6   line 6\n>  7   line 7\n>  8   line 8\n   9   line 9" in text
    assert "odd.py is binary" in text
    assert "next: mend it" in text


def test_a_gap_is_told_with_its_place_its_reason_and_what_stands_there() -> None:
    gap = Gap(Span("jobs/a.py", 3, 3), "is not valid Python 3")

    assert [look.plain for _, look in gap_items([gap])] == ["jobs/a.py:3  is not valid Python 3"]
    assert ">  3   line 3" in gap_text(gap, source).plain or "> 3   line 3" in gap_text(gap, source).plain


def test_a_long_place_says_how_many_of_its_lines_are_left_out() -> None:
    lines = [line.plain for line in source_lines(Span("a.py", 1, 50), SourceFile("a.py", TEXT, ""))]

    assert len(lines) == LINES_MAX + 1
    assert lines[-1].strip() == "… 40 more lines"


def test_a_place_behind_the_end_of_its_file_shows_nothing_and_fails_nothing() -> None:
    assert source_lines(Span("a.py", 900, 901), SourceFile("a.py", TEXT, "")) == []
