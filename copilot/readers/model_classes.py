"""Which classes stand for Avro records by their typed fields, and what is encoded and decoded by their methods?

`AvroModel` of dataclasses-avroschema, and its like for pydantic and faust. A class of another file can be such a model too: what
its methods say counts only where the chain of names leads to one.
"""

from __future__ import annotations

import ast

from copilot.readers.arguments import see_arguments
from copilot.readers.flow import Origin
from copilot.readers.reading import Reader
from copilot.readers.schema_literals import literal_of_class
from copilot.readers.scope import Seen
from copilot.readers.things import chained
from copilot.readers.values import Value

LIBRARY = "avro model"
"""The library of a call that encodes or decodes only if its object turns out to be a model."""
SCHEMA = "avro_schema"
_SCHEMAS = (SCHEMA, "avro_schema_to_python")
_BASES = frozenset({"AvroModel", "AvroBaseModel", "AvroRecord"})
METHODS = frozenset({"serialize", "deserialize"})


def see_models(reader: Reader, body: list[ast.stmt]) -> None:
    """Adds the schemas of the models of a file, but for those that only stand in others, and lets their methods stand for them."""
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    models: dict[str, ast.ClassDef] = {}
    for node in classes:
        if any(_is_model(reader, base, models) for base in node.bases):
            models[node.name] = node
    inner = {
        name.id
        for node in models.values()
        for part in node.body
        if isinstance(part, ast.AnnAssign)
        for name in ast.walk(part.annotation)
        if isinstance(name, ast.Name)
    }
    for name, node in models.items():
        if name not in inner and _has_fields(node, models):
            value: Value = ("literal", literal_of_class(node, reader.sheet))
            for method in _SCHEMAS:
                reader.scope.attributes[name, method] = Seen(value)


def see_model_method(reader: Reader, node: ast.Call, name: str, base: Seen) -> Seen | None:
    """Reads `record.serialize()` and `Model.deserialize(data)`, None where the method is neither, or where JSON is asked for."""
    imported = base.value if base.value is not None and base.value[0] == "name" else None
    thing = chained("attr", base.thing or imported, SCHEMA)
    if thing is None or len(node.args) > 1 or any("json" in ast.dump(keyword.value) for keyword in node.keywords):
        return None
    see_arguments(reader, node)
    role = "encode" if name == "serialize" else "decode"
    index = reader.sheet.add_call(role, LIBRARY, node, reader.scope.qualified, writer=thing)
    if role == "decode":
        return Seen(None, reader.sheet.flow.decoded(index))
    reader.sheet.flow.encoded(index, base.origin)
    return Seen(None, Origin(("encoded", index)))


def _has_fields(node: ast.ClassDef, models: dict[str, ast.ClassDef]) -> bool:
    """Tells whether a model is more than a base for others."""
    bases = [models[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in models]
    return any(isinstance(part, ast.AnnAssign) for part in node.body) or any(_has_fields(it, models) for it in bases)


def _is_model(reader: Reader, base: ast.expr, models: dict[str, ast.ClassDef]) -> bool:
    if isinstance(base, ast.Name) and base.id in models:
        return True
    dotted = reader.scope.dotted(base)
    return dotted.startswith("dataclasses_avroschema.") and dotted.rpartition(".")[2] in _BASES
