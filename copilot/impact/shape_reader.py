"""Which records does a file define, with which fields? A light, tolerant reading of many languages, for impact alone.

What decides compatibility reads schemas exactly (`formats`). Here a name, a type's words and a line are enough, so a file that is
half valid, templated or of an unknown dialect still answers with what can be seen in it.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace

from copilot.impact.shapes import BRACED, Shape, stem_of

SHAPE_TEXT_MAX = 600_000
"""In characters. A longer file is data, not a definition."""


def shapes_in(path: str, text: str) -> tuple[Shape, ...]:
    """Returns the records that a file defines, in the order of their lines; none for a language that is not read."""
    if len(text) > SHAPE_TEXT_MAX:
        return ()
    found = _shapes_in(path, text)
    return tuple(map(_writable, found)) if "\\u" in text else found


def _writable(shape: Shape) -> Shape:
    """Returns a record whose names any file could hold: an escape may stand for half of a character, which is none."""
    fields = tuple(replace(field, name=_whole(field.name), type=_whole(field.type)) for field in shape.fields)
    return replace(shape, name=_whole(shape.name), fields=fields)


def _whole(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _shapes_in(path: str, text: str) -> tuple[Shape, ...]:
    suffix = posixpath.splitext(path)[1].lower()
    if suffix == ".proto":
        from copilot.impact.shapes_proto import proto_shapes

        return proto_shapes(text)
    if suffix in (".py", ".pyi"):
        from copilot.impact.shapes_python import python_shapes

        return python_shapes(text)
    if suffix in (".avsc", ".avpr", ".json", ".jsonc", ".json5", ".schema", ".bq", ".bqschema") or ".json." in path:
        from copilot.impact.shapes_json import json_shapes

        return json_shapes(stem_of(path), text)
    if suffix in (".yaml", ".yml", *BRACED):
        from copilot.impact.shapes_lines import braced_shapes, yaml_shapes

        return braced_shapes(suffix, text) if suffix in BRACED else yaml_shapes(stem_of(path), text)
    return ()
