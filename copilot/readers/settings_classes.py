"""Which variables fill the fields of a settings class? pydantic's `BaseSettings`: prefix, aliases, and nested models."""

from __future__ import annotations

import ast

from copilot.readers.reading import Reader
from copilot.readers.scope import NOTHING, Seen
from copilot.readers.values import Value

MAX_FIELDS = 200
_ALIASES = ("validation_alias", "alias", "env")


def see_settings_class(reader: Reader, node: ast.ClassDef) -> None:
    """Lets the fields of a class whose values come from the environment stand for their variables, with their defaults."""
    annotated = (part.target for part in node.body if isinstance(part, ast.AnnAssign))
    reader.scope.fields[node.name] = [target.id for target in annotated if isinstance(target, ast.Name)][:MAX_FIELDS]
    if not any(_is_settings(reader, base) for base in node.bases):
        return
    reader.scope.filled.add(node.name)
    options = _options(node)
    prefix, delimiter = options.get("env_prefix", ""), options.get("env_nested_delimiter", "")
    for field in node.body[:MAX_FIELDS]:
        if (
            not isinstance(field, ast.AnnAssign)
            or not isinstance(field.target, ast.Name)
            or field.target.id == "model_config"
        ):
            continue
        name = field.target.id
        before = reader.scope.attributes.get((node.name, name), NOTHING)
        nested = _nested(reader, field.annotation, prefix + name, delimiter, field.lineno) if delimiter else None
        if nested is None and _names_class(reader, field.annotation):
            continue
        value = nested or _variable(_names(reader, field.value) or [prefix + name], before.value, field.lineno)
        reader.scope.attributes[node.name, name] = Seen(None, None, value) if nested else Seen(value)


def _is_settings(reader: Reader, base: ast.expr) -> bool:
    """Tells whether a base fills fields from the environment: pydantic's own, or one that is derived from it, as far as seen."""
    own = base.id if isinstance(base, ast.Name) else ""
    if own in reader.scope.classes:
        return own in reader.scope.filled
    dotted = reader.scope.dotted(base)
    name = dotted.rpartition(".")[2]
    return name == "BaseSettings" or (
        name.endswith("Settings") and not dotted.startswith(("django", "dynaconf", "celery"))
    )


def _options(node: ast.ClassDef) -> dict[str, str]:
    """Returns the texts of `model_config = SettingsConfigDict(...)`, or of an inner class `Config`."""
    pairs: list[tuple[str, ast.expr]] = []
    for part in node.body:
        if isinstance(part, ast.Assign | ast.AnnAssign):
            target = part.targets[0] if isinstance(part, ast.Assign) else part.target
            if isinstance(target, ast.Name) and target.id == "model_config":
                pairs += _given(part.value)
        elif isinstance(part, ast.ClassDef) and part.name in ("Config", "Meta"):
            for line in part.body:
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    pairs.append((line.targets[0].id, line.value))
    return {
        name: value.value for name, value in pairs if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def _given(node: ast.expr | None) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Call):
        return [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [(str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant)]
    return []


def _names(reader: Reader, default: ast.expr | None) -> list[str]:
    """Returns the variables that a field names itself: `Field(alias="X")`, `Field(validation_alias=AliasChoices("X", "Y"))`."""
    if not isinstance(default, ast.Call):
        return []
    for keyword in default.keywords:
        if keyword.arg in _ALIASES:
            listed: list[ast.expr] = [keyword.value]
            if isinstance(keyword.value, ast.Call):
                listed = keyword.value.args
            elif isinstance(keyword.value, ast.List | ast.Tuple):
                listed = keyword.value.elts
            return [one.value for one in listed if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return []


def _variable(names: list[str], default: Value, line: int) -> Value:
    value = default
    for name in reversed(names):
        value = ("env", name.upper(), value, line)
    return value


def _names_class(reader: Reader, annotation: ast.expr) -> bool:
    """Tells whether a field holds an object of a class of this file or of another one's settings."""
    name = annotation.id if isinstance(annotation, ast.Name) else ""
    return name in reader.scope.classes or name.endswith(("Settings", "Config"))


def _nested(reader: Reader, annotation: ast.expr, path: str, delimiter: str, line: int) -> Value:
    """Returns the fields of a nested model as variables of their own ("KAFKA__TOPIC"), None where it is no class of this file."""
    name = annotation.id if isinstance(annotation, ast.Name) else ""
    fields = reader.scope.fields.get(name)
    if not fields:
        return None
    known = {field: reader.scope.attributes.get((name, field), NOTHING).value for field in fields}
    return (
        "map",
        tuple((field, _variable([f"{path}{delimiter}{field}"], value, line)) for field, value in known.items()),
    )
