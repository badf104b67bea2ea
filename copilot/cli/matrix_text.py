"""The table of edits and decoders as Markdown: what `compat --matrix` prints, and `docs/avro-matrix.md` holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copilot.checks.matrix import Cell, Half, Row
from copilot.checks.pairs_run import PREDICTED_AS
from copilot.cli.compat_text import DECODER_WORDS
from copilot.ports import SchemaFormat

_ORDER = ("java", "fastavro", "python", "avsc")
_LETTERS = {"java": "J", "fastavro": "F", "python": "P", "avsc": "S"}
PREDICTED = "°"


def matrix_text(rows: Sequence[Row], schema_format: SchemaFormat) -> str:
    """Returns the page, without a line break at its end."""
    return "\n".join(_page(rows, schema_format))


def _page(rows: Sequence[Row], schema_format: SchemaFormat) -> Iterator[str]:
    legal = [row for row in rows if row.is_legal]
    hurting = [row for row in legal if row.hurt]
    yield f"# {len(rows)} edits of an Avro schema, and what decoders make of them"
    yield ""
    yield "Printed by `pipeline-copilot compat --matrix`. Each edit is tried with one record in each direction, the same bytes for"
    yield "every decoder. BACKWARD: the new schema reads old data; FORWARD: the old schema reads new data. ok and no are a"
    yield "registry's answers."
    yield ""
    yield "A capital letter: the value came back. `-`: the record is refused. `≠`: it is read, and the value is another one, or"
    yield f"means something else. `{PREDICTED}`: not run, but predicted, and then about the worst record that the schema allows."
    yield ""
    versions = {PREDICTED_AS.get(tool.name, tool.name): tool.version for tool in schema_format.decoders}
    for decoder in _ORDER:
        yield f"* {_LETTERS[decoder]}: {DECODER_WORDS[decoder]}, {versions.get(decoder, 'not run')}"
    yield ""
    yield "| # | edit | BACKWARD | decoders | FORWARD | decoders |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for number, row in enumerate(rows, 1):
        yield f"| {number} | {row.name} | {_half(row.backward)} | {_half(row.forward)} |"
    yield ""
    yield f"{len(legal)} of the {len(rows)} edits are legal at FULL. {len(hurting)} of these lose, change or refuse a value in"
    yield f"at least one decoder, and {len(legal) - len(hurting)} in none:"
    yield ""
    for row in legal:
        yield f"* {row.name}: {', '.join(DECODER_WORDS[name] for name in _ORDER if name in row.hurt) or 'clean'}"


def _half(half: Half) -> str:
    cells = {cell.decoder: cell for cell in half.cells}
    return f"{'ok' if half.is_legal else 'no'} | {' '.join(letter(cells[name]) for name in _ORDER)}"


def letter(cell: Cell) -> str:
    """Returns a cell as the table shows it."""
    capital = _LETTERS[cell.decoder]
    told = {"reads": capital, "differs": capital + "≠", "refuses": capital.lower() + "-"}[cell.outcome]
    return told + (PREDICTED if cell.basis == "predicted" else "")
