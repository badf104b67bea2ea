"""What do the calls of codecs say? What is decoded and encoded, by which library, with which schema."""

from __future__ import annotations

import ast
from functools import partial

from copilot.readers import libraries
from copilot.readers.arguments import argument_at, argument_seen, argument_value, see_arguments
from copilot.readers.facts import OF_KEYS
from copilot.readers.flow import Origin
from copilot.readers.reading import Reader
from copilot.readers.scope import NOTHING, Seen, is_self, receiver_name
from copilot.readers.texts import file_of
from copilot.readers.things import name_of, value_of
from copilot.readers.values import Value

_JSON_DECODERS = frozenset({"json.loads", "json.load", "orjson.loads", "ujson.loads", "simplejson.loads"})
_JSON_ENCODERS = frozenset({"json.dumps", "orjson.dumps", "ujson.dumps", "simplejson.dumps"})
_CODECS = ("serializer", "deserializer")


def see_codec_function(reader: Reader, node: ast.Call, dotted: str) -> Seen | None:
    """Reads a call of an imported function or class that decodes, encodes, or holds a schema, None where it does none of it."""
    library = libraries.library_of(dotted)
    name = dotted.rpartition(".")[2]
    if dotted in _JSON_DECODERS:
        return _json_decode(reader, node)
    if dotted in _JSON_ENCODERS and node.args:
        return _json_encode(reader, node)
    if not library:
        return None
    if name in libraries.SERIALIZERS or name in libraries.DESERIALIZERS:
        return _serde(reader, node, library, name)
    if library == "fastavro" and name in libraries.DECODE_CALLS:
        return _decode(reader, node, library, name)
    if library == "fastavro" and name in libraries.ENCODE_CALLS:
        return _encode(reader, node, library, name)
    if library == "pyspark" and name in libraries.SPARK_CODECS and len(node.args) > 1:
        see_arguments(reader, node)
        role = libraries.SPARK_CODECS[name]
        given = argument_value(reader, node, 1, ("jsonFormatSchema",))
        own = _option(reader, node.args[2], "avroSchema") if len(node.args) > 2 else None
        reader.sheet.add_call(role, "spark", node, reader.scope.qualified, writer=given, reader=own)
        return NOTHING
    if name in libraries.SCHEMA_PASSERS or name in libraries.TOPIC_PASSERS:
        see_arguments(reader, node)
        found = argument_at(node, 0, ("schema_str", "schema", "topic"))
        return reader.see(found)._replace(origin=None) if found is not None else NOTHING
    if name == "DataFileWriter" and len(node.args) > 2:
        serializer = reader.see(node.args[1])
        if serializer.origin is not None and serializer.origin.root[0] == "serializer":
            index = int(serializer.origin.root[1])
            if reader.sheet.calls[index].writer is None:
                given = argument_value(reader, node, 2, ("writers_schema", "writer_schema"))
                reader.sheet.calls[index] = reader.sheet.calls[index]._replace(writer=given)
            _container(reader, node, "produce", index)
        return Seen(None, serializer.origin)
    if name == "DataFileReader" and len(node.args) > 1:
        origin = reader.see(node.args[1]).origin
        if origin is not None and origin.root[0] == "deserializer":
            _container(reader, node, "consume", int(origin.root[1]))
        return Seen(None, reader.sheet.flow.decoded(int(origin.root[1]), 1) if origin else None)
    return None


def see_codec_method(reader: Reader, node: ast.Call, name: str, base: Seen) -> Seen | None:
    """Reads a call of a method of a serializer or deserializer object, None where it is none."""
    if name == "encode_record_with_schema" and len(node.args) > 2:
        see_arguments(reader, node)
        return Seen(None, _encoded(reader, node, "confluent-kafka", node.args[1], node.args[2]))
    kind = base.origin.root[0] if base.origin is not None else ""
    if base.origin is None or kind not in _CODECS:
        return None
    if name in ("write", "append") and kind == "serializer" and node.args:
        reader.sheet.flow.encoded(int(base.origin.root[1]), see_arguments(reader, node)[0].origin)
        return NOTHING
    if name == "read" and kind == "deserializer":
        see_arguments(reader, node)
        return Seen(None, reader.sheet.flow.decoded(int(base.origin.root[1])))
    return None


def encoded_beside(reader: Reader, node: ast.Call, record: ast.expr | None) -> Origin | None:
    """Returns the encoding of a record whose schema stands beside it in the call that sends it, None where none does.

    Glue's serializer for Python takes pairs of both, Confluent's producer of old the keyword `value_schema`.
    """
    if isinstance(record, ast.Tuple) and len(record.elts) == 2 and libraries.GLUE in reader.scope.libraries:
        return _encoded(reader, record, libraries.LIBRARIES[libraries.GLUE], record.elts[1], record.elts[0])
    schema = argument_at(node, -1, ("value_schema",))
    return (
        _encoded(reader, node, "confluent-kafka", schema, record) if schema is not None and record is not None else None
    )


def _encoded(reader: Reader, node: ast.expr, library: str, schema: ast.expr, record: ast.expr) -> Origin:
    """Notes that a record is encoded with a schema that stands beside it, and returns what comes of it."""
    index = reader.sheet.add_call("encode", library, node, reader.scope.qualified, writer=value_of(reader, schema))
    reader.sheet.flow.encoded(index, reader.see(record).origin)
    return Origin(("encoded", index))


def see_codec_call(reader: Reader, node: ast.Call) -> Seen | None:
    """Reads a call of a name that stands for a serializer or deserializer object."""
    origin: Origin | None = None
    if isinstance(node.func, ast.Name):
        origin = reader.scope.named(node.func.id).origin
    elif isinstance(node.func, ast.Attribute) and is_self(node.func.value):
        origin = reader.see(node.func).origin
    if origin is None or origin.root[0] not in _CODECS:
        return None
    arguments = see_arguments(reader, node)
    index = int(origin.root[1])
    if any(map(_is_key, node.args)):
        reader.sheet.calls[index] = reader.sheet.calls[index]._replace(receiver=OF_KEYS)
    if origin.root[0] == "deserializer":
        return Seen(None, reader.sheet.flow.decoded(index))
    reader.sheet.flow.encoded(index, arguments[0].origin if arguments else None)
    return Seen(None, Origin(("encoded", index)))


def _is_key(node: ast.expr) -> bool:
    """Tells whether an argument says that the key of a message is meant: `message.key()`, or `MessageField.KEY` in a context."""
    if isinstance(node, ast.Call):
        return receiver_name(node.func) == "key" or any(map(_is_key, node.args))
    return isinstance(node, ast.Attribute) and node.attr in ("key", "KEY")


def keyword_codec(reader: Reader, node: ast.Call, keyword: str, key: str, role: str) -> list[int]:
    """Returns the codec call of a client that encodes or decodes by itself, given as a keyword or in its dict of settings."""
    given = [entry.value for entry in node.keywords if entry.arg == keyword]
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            pairs = zip(argument.keys, argument.values, strict=True)
            given += [value for name, value in pairs if isinstance(name, ast.Constant) and name.value == key]
    found: list[int] = []
    for settings in (reader.see(argument).value for argument in node.args if not isinstance(argument, ast.Dict)):
        if settings is not None and settings[0] == "dict":
            found += _codec_at(reader.configs.origin(settings[1], key))
    for value in given:
        codec = _codec_at(reader.see(value).origin)
        if codec:
            found += codec
        elif isinstance(value, ast.Lambda) and "json" in ast.dump(value):
            found.append(reader.sheet.add_call(role, "json", value, reader.scope.qualified))
    for entry in node.keywords:
        if entry.arg != keyword:
            reader.see(entry.value)
    return found


def handed_codec(reader: Reader, node: ast.Call) -> int:
    """Returns the codec call of the first serializer or deserializer among the arguments, -1 where none is one."""
    given = [*node.args, *(entry.value for entry in node.keywords)]
    return next((codec for argument in given for codec in _codec_at(reader.see(argument).origin)), -1)


def _codec_at(origin: Origin | None) -> list[int]:
    """Returns the codec call that a value comes from, as a list of one, [] where it comes from none."""
    is_codec = origin is not None and origin.root[0] in ("serializer", "deserializer", "encoded", "call")
    return [int(origin.root[1])] if origin is not None and is_codec else []


def _serde(reader: Reader, node: ast.Call, library: str, name: str) -> Seen:
    see_arguments(reader, node)
    names = ("schema_str", "writers_schema", "writer_schema", "schema", "avro_schema_string")
    named = argument_value(reader, node, -1, names)
    # Registry clients, functions and settings stand among the arguments too, in another order in each release.
    known = [value for value in map(partial(_schema_of, reader), node.args) if value is not None]
    first = named or (known[0] if known else None)
    second = known[1] if len(known) > 1 else argument_value(reader, node, -1, ("readers_schema", "reader_schema"))
    scope = reader.scope.qualified
    if name in libraries.SERIALIZERS:
        index = reader.sheet.add_call("encode", library, node, scope, writer=first)
        return Seen(None, Origin(("serializer", index)))
    # Others get the schema of what was written from a registry.
    given = {"writer": first, "reader": second} if library in ("avro", "flink") else {"reader": first}
    return Seen(None, Origin(("deserializer", reader.sheet.add_call("decode", library, node, scope, **given))))


def _schema_of(reader: Reader, node: ast.expr) -> Value:
    seen = reader.see(node)
    if seen.value is not None:
        return seen.value if seen.value[0] != "dict" else None
    # The name may be that of the variable, or of anything on the way to it: `self.load_schema(settings["value"])`.
    own = f"{name_of(seen.thing)} {receiver_name(node)}".lower()
    names = own if "schema" in own else str(seen.thing).lower()
    return seen.thing if "schema" in names and "registry" not in names and "client" not in names else None


def _container(reader: Reader, node: ast.Call, role: str, codec: int) -> None:
    """Notes that a container file is read or written, where its path was followed."""
    thing = reader.see(node.args[0]).thing if node.args else None
    if thing is not None and thing[:2] == ("client", "file"):
        given = {"topics": thing[2], "codec": codec, "endpoint": "file"}
        reader.sheet.add_call(role, "", node, reader.scope.qualified, **given)


def _decode(reader: Reader, node: ast.Call, library: str, name: str) -> Seen:
    writer, second, lists = libraries.DECODE_CALLS[name]
    see_arguments(reader, node)
    index = reader.sheet.add_call(
        "decode",
        library,
        node,
        reader.scope.qualified,
        writer=argument_value(reader, node, writer, ("writer_schema", "schema")),
        reader=argument_value(reader, node, second, ("reader_schema",)),
    )
    if name in libraries.CONTAINER_CALLS:
        _container(reader, node, "consume", index)
    return Seen(None, reader.sheet.flow.decoded(index, lists))


def _encode(reader: Reader, node: ast.Call, library: str, name: str) -> Seen:
    schema, record, lists = libraries.ENCODE_CALLS[name]
    seen = see_arguments(reader, node)
    value = argument_value(reader, node, schema, ("schema",))
    index = reader.sheet.add_call("encode", library, node, reader.scope.qualified, writer=value)
    origin = seen[record].origin if len(seen) > record else argument_seen(reader, node, ("record", "records")).origin
    reader.sheet.flow.encoded(index, origin.item() if origin is not None and lists else origin)
    if name in libraries.CONTAINER_CALLS:
        _container(reader, node, "produce", index)
    if node.args and isinstance(node.args[0], ast.Name | ast.Attribute):
        reader.scope.bind(node.args[0], Seen(None, Origin(("encoded", index))))
    return NOTHING


def _option(reader: Reader, node: ast.expr, name: str) -> Value:
    """Returns the value that a dict of options has under a name, None where it has none."""
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
    found = (value for key, value in pairs if isinstance(key, ast.Constant) and key.value == name)
    return next((value_of(reader, value) for value in found), None)


def _json_decode(reader: Reader, node: ast.Call) -> Seen:
    seen = see_arguments(reader, node)
    first = seen[0] if seen else NOTHING
    if first.origin is not None and first.origin.root[0] in ("raw", "message"):
        index = reader.sheet.add_call("decode", "json", node, reader.scope.qualified)
        return Seen(None, reader.sheet.flow.decoded(index))
    is_opened = first.thing is not None and first.thing[:2] == ("client", "file")
    named = file_of(first) if is_opened else first.value
    is_file = named is not None and named[0] != "literal"
    return Seen(("load", "json", named) if is_file else first.value)


def _json_encode(reader: Reader, node: ast.Call) -> Seen:
    seen = see_arguments(reader, node)[0]
    if seen.value is not None:
        return seen
    if not reader.sheet.is_about_kafka:
        return Seen(thing=seen.thing)
    index = reader.sheet.add_call("encode", "json", node, reader.scope.qualified)
    reader.sheet.flow.encoded(index, seen.origin)
    return Seen(None, Origin(("encoded", index)), seen.thing)
