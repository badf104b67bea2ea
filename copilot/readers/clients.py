"""What do the calls of client libraries say? Who is made, what is subscribed, produced, decoded, encoded, and with which schema."""

from __future__ import annotations

import ast

from copilot.readers import libraries
from copilot.readers.arguments import message_value, see_arguments, see_keywords
from copilot.readers.facts import FORWARDED
from copilot.readers.flow import Origin
from copilot.readers.reading import Reader
from copilot.readers.scope import NOTHING, Seen, is_self, receiver_name
from copilot.readers.values import Value

_PRODUCING = frozenset({"produce", "send", "send_and_wait", "publish"})
_POLLING = frozenset({"poll", "consume", "getone", "getmany", "get_message", "receive"})


def see_library_call(reader: Reader, node: ast.Call, dotted: str) -> Seen | None:
    """Reads a call of a function or class that is imported from a client library, None where it is none."""
    library = libraries.library_of(dotted)
    name = dotted.rpartition(".")[2]
    if dotted in ("json.loads", "json.load", "orjson.loads", "ujson.loads", "simplejson.loads"):
        return _json_decode(reader, node)
    if dotted in ("json.dumps", "orjson.dumps", "ujson.dumps", "simplejson.dumps") and node.args:
        return _json_encode(reader, node)
    if not library:
        return None
    if name in libraries.CONSUMERS:
        return _consumer(reader, node, library)
    if name in libraries.PRODUCERS:
        return _producer(reader, node, library)
    if name in libraries.SERIALIZERS or name in libraries.DESERIALIZERS:
        return _serde(reader, node, library, name)
    if library == "fastavro" and name in libraries.DECODE_CALLS:
        return _decode(reader, node, library, *libraries.DECODE_CALLS[name])
    if library == "fastavro" and name in libraries.ENCODE_CALLS:
        return _encode(reader, node, library, *libraries.ENCODE_CALLS[name])
    if name in libraries.SCHEMA_PASSERS or name in ("Schema", "SchemaReference", "NewTopic", "TopicPartition"):
        arguments = see_arguments(reader, node)
        return Seen(
            _argument_value(reader, node, 0, ("schema_str", "schema")) or (arguments[0].value if arguments else None)
        )
    if name == "DataFileWriter" and len(node.args) > 2:
        serializer = reader.see(node.args[1])
        return Seen(None, serializer.origin)
    if name == "DataFileReader" and len(node.args) > 1:
        origin = reader.see(node.args[1]).origin
        return Seen(None, reader.sheet.flow.decoded(int(origin.root[1]), 1) if origin else None)
    return None


def see_client_method(reader: Reader, node: ast.Call, function: ast.Attribute, base: Seen) -> Seen | None:
    """Reads a call of a method of a client, a message or a codec, None where the method is none of these."""
    kind = base.origin.root[0] if base.origin is not None else ""
    name, receiver = function.attr, receiver_name(function.value)
    if (
        name == "subscribe"
        and (kind == "consumer" or "consumer" in receiver.lower() or reader.sheet.is_about_kafka)
        and node.args
    ):
        topics = see_arguments(reader, node)[0].value
        if topics is not None:
            reader.sheet.add_call(
                "consume",
                "",
                node,
                reader.scope.qualified,
                topics=topics,
                receiver=receiver,
                codec=_codec_of(base.origin),
            )
        return NOTHING
    if kind == "consumer" and name in _POLLING:
        see_arguments(reader, node)
        return Seen(None, Origin(("message", base.origin.root[1]))) if base.origin else NOTHING
    if kind == "message" and base.origin is not None:
        see_arguments(reader, node)
        if name == "value":
            return message_value(reader, base.origin)
        return Seen(None, base.origin) if name in ("items", "values") else NOTHING
    if name in _PRODUCING and (
        kind == "producer" or "producer" in receiver.lower() or (name == "produce" and node.args)
    ):
        return _produce(reader, node, receiver, kind == "producer")
    if name == "topic" and node.args and "app" in receiver.lower():
        see_arguments(reader, node)
        return Seen(reader.see(node.args[0]).value)
    if name in ("write", "append") and kind == "serializer" and base.origin is not None and node.args:
        reader.sheet.flow.encoded(int(base.origin.root[1]), see_arguments(reader, node)[0].origin)
        return NOTHING
    if name == "read" and kind == "deserializer" and base.origin is not None:
        see_arguments(reader, node)
        return Seen(None, reader.sheet.flow.decoded(int(base.origin.root[1])))
    return None


def see_codec_call(reader: Reader, node: ast.Call) -> Seen | None:
    """Reads a call of a name that stands for a serializer or deserializer object."""
    origin: Origin | None = None
    if isinstance(node.func, ast.Name):
        origin = reader.scope.named(node.func.id).origin
    elif isinstance(node.func, ast.Attribute) and is_self(node.func.value):
        origin = reader.see(node.func).origin
    if origin is None or origin.root[0] not in ("serializer", "deserializer"):
        return None
    arguments = see_arguments(reader, node)
    index = int(origin.root[1])
    if origin.root[0] == "deserializer":
        return Seen(None, reader.sheet.flow.decoded(index))
    reader.sheet.flow.encoded(index, arguments[0].origin if arguments else None)
    return Seen(None, Origin(("encoded", index)))


def _consumer(reader: Reader, node: ast.Call, library: str) -> Seen:
    topics = tuple(reader.see(argument).value for argument in node.args if not isinstance(argument, ast.Dict))
    decoder = _keyword_codec(reader, node, "value_deserializer", "value.deserializer", "decode")
    if not decoder and reader.scope.dotted(node.func).endswith("AvroConsumer"):
        decoder = [reader.sheet.add_call("decode", library, node, reader.scope.qualified)]
    index = decoder[0] if decoder else -1
    known = tuple(topic for topic in topics if topic is not None and topic[0] != "dict")
    if known:
        reader.sheet.add_call("consume", library, node, reader.scope.qualified, topics=("list", known), codec=index)
    return Seen(None, Origin(("consumer", index)))


def _producer(reader: Reader, node: ast.Call, library: str) -> Seen:
    for argument in node.args:
        reader.see(argument)
    encoder = _keyword_codec(reader, node, "value_serializer", "value.serializer", "encode")
    if not encoder and reader.scope.dotted(node.func).endswith("AvroProducer"):
        schema = _argument_value(reader, node, 9, ("default_value_schema",))
        encoder = [reader.sheet.add_call("encode", library, node, reader.scope.qualified, writer=schema)]
    return Seen(None, Origin(("producer", encoder[0] if encoder else -1)))


def _keyword_codec(reader: Reader, node: ast.Call, keyword: str, key: str, role: str) -> list[int]:
    """Returns the codec call of a client that encodes or decodes by itself, given as a keyword or in its dict of settings."""
    given = [entry.value for entry in node.keywords if entry.arg == keyword]
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            pairs = zip(argument.keys, argument.values, strict=True)
            given += [value for name, value in pairs if isinstance(name, ast.Constant) and name.value == key]
    found: list[int] = []
    for value in given:
        origin = reader.see(value).origin
        if origin is not None and origin.root[0] in ("serializer", "deserializer", "encoded", "call"):
            found.append(int(origin.root[1]))
        elif isinstance(value, ast.Lambda) and "json" in ast.dump(value):
            found.append(reader.sheet.add_call(role, "json", value, reader.scope.qualified))
    for entry in node.keywords:
        if entry.arg != keyword:
            reader.see(entry.value)
    return found


def _serde(reader: Reader, node: ast.Call, library: str, name: str) -> Seen:
    schemas = [reader.see(argument).value for argument in node.args]
    see_keywords(reader, node)
    named = _argument_value(reader, node, 9, ("schema_str", "writers_schema", "writer_schema", "schema"))
    known = [schema for schema in schemas if schema is not None and schema[0] != "dict"]
    first = named or (known[0] if known else None)
    second = known[1] if len(known) > 1 else _argument_value(reader, node, 9, ("readers_schema", "reader_schema"))
    scope = reader.scope.qualified
    if name in libraries.SERIALIZERS:
        index = reader.sheet.add_call("encode", library, node, scope, writer=first)
        return Seen(None, Origin(("serializer", index)))
    given = {"writer": first, "reader": second} if library == "avro" else {"reader": first}
    return Seen(None, Origin(("deserializer", reader.sheet.add_call("decode", library, node, scope, **given))))


def _decode(reader: Reader, node: ast.Call, library: str, writer: int, second: int, lists: int) -> Seen:
    see_arguments(reader, node)
    index = reader.sheet.add_call(
        "decode",
        library,
        node,
        reader.scope.qualified,
        writer=_argument_value(reader, node, writer, ("writer_schema", "schema")),
        reader=_argument_value(reader, node, second, ("reader_schema",)),
    )
    return Seen(None, reader.sheet.flow.decoded(index, lists))


def _encode(reader: Reader, node: ast.Call, library: str, schema: int, record: int, lists: int) -> Seen:
    seen = see_arguments(reader, node)
    value = _argument_value(reader, node, schema, ("schema",))
    index = reader.sheet.add_call("encode", library, node, reader.scope.qualified, writer=value)
    origin = seen[record].origin if len(seen) > record else _argument_seen(reader, node, ("record", "records")).origin
    reader.sheet.flow.encoded(index, origin.item() if origin is not None and lists else origin)
    if node.args and isinstance(node.args[0], ast.Name | ast.Attribute):
        reader.scope.bind(node.args[0], Seen(None, Origin(("encoded", index))))
    return NOTHING


def _json_decode(reader: Reader, node: ast.Call) -> Seen:
    seen = see_arguments(reader, node)
    first = seen[0] if seen else NOTHING
    if first.origin is not None and first.origin.root[0] in ("raw", "message"):
        index = reader.sheet.add_call("decode", "json", node, reader.scope.qualified)
        return Seen(None, reader.sheet.flow.decoded(index))
    return Seen(first.value)


def _json_encode(reader: Reader, node: ast.Call) -> Seen:
    seen = see_arguments(reader, node)[0]
    if seen.value is not None:
        return seen
    if not reader.sheet.is_about_kafka:
        return NOTHING
    index = reader.sheet.add_call("encode", "json", node, reader.scope.qualified)
    reader.sheet.flow.encoded(index, seen.origin)
    return Seen(None, Origin(("encoded", index)))


def _produce(reader: Reader, node: ast.Call, receiver: str, is_client: bool) -> Seen:
    seen = see_arguments(reader, node)
    topics = _argument_value(reader, node, 0, ("topic",))
    is_framework = not is_client and topics is None and len(node.args) == 1
    if is_framework:
        index = reader.sheet.add_call("produce", "", node, reader.scope.qualified, receiver=receiver)
        reader.sheet.flow.encoded(index, seen[0].origin)
        return NOTHING
    value = seen[1] if len(seen) > 1 else _argument_seen(reader, node, ("value",))
    client = reader.see(node.func.value).origin if isinstance(node.func, ast.Attribute) and is_client else None
    codec = int(client.root[1]) if client is not None else -1
    index = reader.sheet.add_call(
        "produce", "", node, reader.scope.qualified, topics=topics, codec=codec, receiver=receiver
    )
    if codec >= 0:
        reader.sheet.flow.encoded(codec, value.origin)
    elif value.origin is not None and value.origin.root[0] in ("raw", "message"):
        reader.sheet.calls[index] = reader.sheet.calls[index]._replace(codec=FORWARDED)
    else:
        reader.sheet.call_values[index] = value.origin
    return NOTHING


def _argument_value(reader: Reader, node: ast.Call, position: int, names: tuple[str, ...]) -> Value:
    if 0 <= position < len(node.args):
        return reader.see(node.args[position]).value
    return _argument_seen(reader, node, names).value


def _argument_seen(reader: Reader, node: ast.Call, names: tuple[str, ...]) -> Seen:
    for keyword in node.keywords:
        if keyword.arg in names:
            return reader.see(keyword.value)
    return NOTHING


def _codec_of(origin: Origin | None) -> int:
    return int(origin.root[1]) if origin is not None and origin.root[0] == "consumer" else -1
