"""What do the calls of client libraries say? Which endpoints are read and written, by the tables of `libraries`.

A client that is followed inside its file gives its calls at once. One that comes from elsewhere (an argument, an attribute of
another class, another module) is noted as a chain of names, and followed when all files were read.
"""

from __future__ import annotations

import ast

from copilot.readers import libraries
from copilot.readers.arguments import argument_seen, argument_value, first_text, message_value, see_arguments
from copilot.readers.codecs import encoded_beside, handed_codec, keyword_codec, see_codec_method
from copilot.readers.facts import DECORATED, FORWARDED
from copilot.readers.flow import Origin
from copilot.readers.handlers import encoded_object, feed, publish_result, qualified, typed_topic
from copilot.readers.invocations import note_decoration, note_invocation
from copilot.readers.reading import Reader
from copilot.readers.record_classes import LIBRARY as RECORD_CLASS
from copilot.readers.record_classes import schema_of
from copilot.readers.scope import NOTHING, FunctionNode, Seen, receiver_name
from copilot.readers.steps import Step
from copilot.readers.things import value_of
from copilot.readers.values import Value

_PRODUCING = frozenset({"produce", "send", "send_and_wait", "publish"})
_WRAPPERS = frozenset({"Optional", "Annotated", "Union", "List", "list", "Type", "type", "ClassVar", "Final"})
_ADDRESSES = ("arn:aws", "https://sqs.")
_SPARK_SIDES = {"spark reader": ("decode", "reader"), "spark writer": ("encode", "writer")}
"""What readers and writers of files do, and whose schema the option `avroSchema` of theirs is."""
_MESSAGE_PARTS = frozenset({"value", "data", "body"})


def see_library_call(reader: Reader, node: ast.Call, dotted: str) -> Seen | None:
    """Reads a call of a function or class that is imported from a client library, None where the tables don't have it."""
    steps = libraries.call_steps(dotted, first_text(node)) if dotted else ()
    if not steps:
        return None
    return _take(reader, node, libraries.library_of(dotted), steps, NOTHING, "", dotted.rpartition(".")[2])


def see_client_method(reader: Reader, node: ast.Call, function: ast.Attribute, base: Seen) -> Seen | None:
    """Reads a call of a method of a client, a message or a codec, None where the method is none of these."""
    kind = base.origin.root[0] if base.origin is not None else ""
    name, receiver = function.attr, receiver_name(function.value)
    if receiver == "spark" and reader.sheet.uses_spark and (base.thing is None or base.thing[0] != "client"):
        base = base._replace(thing=("client", "spark session", None, -1)) if name == "table" else base
    if name in libraries.TELLING_METHODS and (base.thing is None or base.thing[0] != "client"):
        base = base._replace(thing=("client", libraries.TELLING_METHODS[name], None, -1))
    if name == "__init__" and base.thing is not None and base.thing[0] == "super":
        return _made_as(reader, node, str(base.thing[1]))
    if base.thing is not None and base.thing[0] == "client":
        steps = libraries.method_steps(base.thing[1], name, first_text(node))
        if steps:
            library = "pyspark" if base.thing[1].startswith(("spark", "delta")) else ""
            return _take(reader, node, library, steps, base, receiver, name)
    if kind == "message" and base.origin is not None:
        see_arguments(reader, node)
        if name in _MESSAGE_PARTS:
            return message_value(reader, base.origin)
        return Seen(None, base.origin) if name in ("items", "values") else NOTHING
    if name in _PRODUCING and len(node.args) == 1 and not node.keywords and "producer" in receiver.lower():
        return _framework_produce(reader, node, receiver, base)
    return see_codec_method(reader, node, name, base)


def _made_as(reader: Reader, node: ast.Call, owner: str) -> Seen | None:
    """Reads how an object of a class that is derived from a client is made as one, None where it reads or writes nothing then."""
    for base in reader.scope.bases.get(owner, ()):
        dotted = f"{base[1]}.{base[2]}" if base is not None and base[0] == "name" else ""
        steps = libraries.call_steps(dotted)
        if any(step.role for step in steps):
            return _take(reader, node, libraries.library_of(dotted), steps, NOTHING, "", str(dotted.rpartition(".")[2]))
    return None


def see_client_decorator(reader: Reader, node: ast.expr, function: FunctionNode) -> bool:
    """Reads a decorator that subscribes a function to an endpoint, or publishes what it returns; tells whether it is one."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    base = reader.see(node.func.value)
    is_known = base.thing is not None and base.thing[0] == "client"
    steps = libraries.decorator_steps(base.thing[1], node.func.attr) if base.thing is not None and is_known else ()
    if not steps and (is_known or node.func.attr not in libraries.DECORATOR_NAMES):
        return False
    see_arguments(reader, node)
    name, method = qualified(reader, function), node.func.attr
    codec = feed(reader, node, function, method) if method in libraries.FEEDING_NAMES else -1
    if method in libraries.PUBLISHING_NAMES:
        codec = publish_result(reader, node, function)
    fed = "consume" if method in libraries.FEEDING_NAMES else "produce"
    for step in steps:
        _add(reader, node, "", step, base, DECORATED, codec if step.role == fed else -1, name)
    if not steps:
        note_decoration(reader, node, name, base)
    return True


def part_of_client(reader: Reader, thing: Value, name: str) -> Value:
    """Returns what an attribute of a client is, as a thing."""
    if thing is not None and thing[0] == "client":
        kind = libraries.attribute_kind(thing[1], name)
        if kind or thing[2] is not None:
            return ("client", kind, None, -1) if kind else thing
    for library in reader.scope.libraries if name in libraries.ATTRIBUTE_NAMES else ():
        kind = libraries.attribute_kind(library, name)
        if kind:
            return ("client", kind, None, -1)
    return None


def see_annotation(reader: Reader, node: ast.expr | None) -> Seen:
    """Returns what a value of an annotated type is: a client of a library, or an object of a class."""
    if isinstance(node, ast.BinOp):
        left = see_annotation(reader, node.left)
        return left if left.thing is not None else see_annotation(reader, node.right)
    if isinstance(node, ast.Subscript):
        return see_annotation(reader, node.slice) if receiver_name(node.value) in _WRAPPERS else NOTHING
    if isinstance(node, ast.Tuple):
        return see_annotation(reader, node.elts[0]) if node.elts else NOTHING
    dotted = _annotated_name(reader, node)
    steps = libraries.call_steps(dotted)
    if steps and steps[0].gives:
        return _client(steps[0].gives, None, -1)
    module, _, name = dotted.rpartition(".")
    return Seen(thing=("call", ("name", module, name), ())) if module and not libraries.is_foreign(dotted) else NOTHING


def _annotated_name(reader: Reader, node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        first, _, rest = node.value.partition(".")
        start = reader.scope.dotted(ast.Name(first, ast.Load()))
        return f"{start}.{rest}" if rest else start
    return reader.scope.dotted(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _take(
    reader: Reader, node: ast.Call, library: str, steps: tuple[Step, ...], base: Seen, receiver: str, name: str
) -> Seen:
    """Reads a call by its row of the tables."""
    see_arguments(reader, node)
    step = steps[0]
    kind = str(base.thing[1]) if base.thing is not None else ""
    chained = _codec_of_chain(reader, node, library, kind, name)
    codec = _own_codec(reader, node, library, step, name) if chained is None else chained
    if codec < 0 and base.thing is not None:
        codec = base.thing[3]
    elif chained is not None and base.thing is not None:
        base = base._replace(thing=(*base.thing[:3], codec))
        _tie_chain(reader, node, codec)
    added = [_add(reader, node, library, one, base, receiver, codec) for one in steps if one.role]
    # A call of a builder that lacks what the row needs, like `.options(**given)`, changes nothing.
    is_idle = step.needs and base.thing is not None and added[0] < 0
    return base if is_idle else _outcome(reader, node, step, base, codec)


def _codec_of_chain(reader: Reader, node: ast.Call, library: str, kind: str, name: str) -> int | None:
    """Returns the codec that a call of a builder's chain hands over, -1 where it hands over none, None for all other clients."""
    if library == "flink" or kind.startswith("flink"):
        # Keys have a codec of their own, which says nothing about records.
        return handed_codec(reader, node) if "key" not in name else -1
    is_option = name == "option" and first_text(node) == "avroSchema"
    schema = argument_value(reader, node, 1 if is_option else -1, ("avroSchema",)) if kind in _SPARK_SIDES else None
    if schema is None:
        return None
    role, side = _SPARK_SIDES[kind]
    return reader.sheet.add_call(role, "spark", node, reader.scope.qualified, **{side: schema})


def _tie_chain(reader: Reader, node: ast.Call, codec: int) -> None:
    """Ties what a chain of calls reads or writes to the codec that a later call of the chain hands over."""
    for index, call in enumerate(reader.sheet.calls):
        if call.role in ("consume", "produce") and call.codec < 0 and call.line == node.lineno:
            reader.sheet.calls[index] = call._replace(codec=codec)


def _outcome(reader: Reader, node: ast.Call, step: Step, base: Seen, codec: int) -> Seen:
    if step.gives == "message":
        return Seen(None, Origin(("message", codec)))
    if step.gives == "=":
        return base
    if not step.gives:
        return NOTHING
    client = _client(step.gives, topic_value(reader, node, step, base) if step.keeps else None, codec)
    if step.gives == "quix dataframe" or (step.gives == "spark reading" and codec >= 0):
        return client._replace(origin=reader.sheet.flow.decoded(codec))
    return client


def _client(kind: str, topics: Value, codec: int) -> Seen:
    origin = None
    if kind.endswith(("consumer", "subscription", "receiver")):
        origin = Origin(("consumer", codec))
    elif kind.endswith("producer"):
        origin = Origin(("producer", codec))
    return Seen(None, origin, ("client", kind, topics, codec))


def _add(
    reader: Reader, node: ast.Call, library: str, step: Step, base: Seen, receiver: str, codec: int, scope: str = ""
) -> int:
    """Adds a call that reads or writes an endpoint, and returns its index, -1 where the call lacks what it needs."""
    topics = topic_value(reader, node, step, base)
    if step.needs and topics is None:
        return -1
    # A function that is fed from a channel of its own gives that its name.
    unnamed = ("var", scope.rpartition(".")[2], None)
    given = {"topics": topics or unnamed, "receiver": receiver, "codec": codec, "endpoint": step.endpoint}
    index = reader.sheet.add_call(step.role, library, node, scope or reader.scope.qualified, **given)
    if step.role == "produce":
        is_framework = base.thing is not None and base.thing[1].startswith(("faust", "faststream"))
        _tie(reader, index, codec, node, _argument(node, step.value), is_framework)
    return index


def _tie(reader: Reader, index: int, codec: int, node: ast.Call, record: ast.expr | None, is_framework: bool) -> None:
    """Ties a call that writes an endpoint to what made the bytes that it is given."""
    beside = encoded_beside(reader, node, record)
    if beside is None and codec < 0 and is_framework:
        beside = encoded_object(reader, node, record)
    origin = beside or (reader.see(record).origin if record is not None else None)
    if codec >= 0 and beside is None:
        reader.sheet.flow.encoded(codec, origin)
    elif origin is not None and origin.root[0] in ("raw", "message"):
        reader.sheet.calls[index] = reader.sheet.calls[index]._replace(codec=FORWARDED)
    else:
        reader.sheet.calls[index] = reader.sheet.calls[index]._replace(codec=-1)
        reader.sheet.call_values[index] = origin


def _framework_produce(reader: Reader, node: ast.Call, receiver: str, base: Seen) -> Seen:
    """Reads what looks like a framework's `self.producer.produce(record)`: no link by itself, but a record that goes out."""
    seen = see_arguments(reader, node)
    index = reader.sheet.add_call("produce", "", node, reader.scope.qualified, receiver=receiver)
    reader.sheet.flow.encoded(index, seen[0].origin)
    note_invocation(reader, node, base)
    return NOTHING


def _own_codec(reader: Reader, node: ast.Call, library: str, step: Step, name: str) -> int:
    """Returns the codec call of a client that encodes or decodes by itself, -1 where it doesn't."""
    scope = reader.scope.qualified
    if step.gives == "kafka consumer" and library:
        codec = keyword_codec(reader, node, "value_deserializer", "value.deserializer", "decode")
        if not codec and name == "AvroConsumer":
            schema = argument_value(reader, node, 3, ("reader_value_schema",))
            codec = [reader.sheet.add_call("decode", library, node, scope, reader=schema)]
        return codec[0] if codec else -1
    if step.gives == "faust topic":
        return typed_topic(reader, node)
    if step.gives == "quix topic":
        codec = keyword_codec(reader, node, "value_deserializer", "", "decode")
        return (codec or keyword_codec(reader, node, "value_serializer", "", "encode") or [-1])[0]
    if step.gives == "quix dataframe":
        topic = reader.see(node.args[0]).thing if node.args else argument_seen(reader, node, ("topic",)).thing
        return reader.sheet.add_call("decode", RECORD_CLASS, node, scope, reader=schema_of(topic))
    if step.gives == "kafka producer" and library:
        codec = keyword_codec(reader, node, "value_serializer", "value.serializer", "encode")
        if not codec and name == "AvroProducer":
            schema = argument_value(reader, node, 2, ("default_value_schema",))
            codec = [reader.sheet.add_call("encode", library, node, scope, writer=schema)]
        return codec[0] if codec else -1
    return -1


def topic_value(reader: Reader, node: ast.Call, step: Step, base: Seen) -> Value:
    """Returns what names the endpoint of a call, None where the call doesn't say."""
    for place in step.topic.split():
        if place == "own":
            return base.thing[2] if base.thing is not None else None
        if place == "*":
            values = tuple(value_of(reader, one) for one in node.args if not isinstance(one, ast.Dict | ast.Call))
            values += tuple(value_of(reader, one) for one in node.args if isinstance(one, ast.Call))
            if values:
                return ("list", values)
            continue
        found = _argument(node, place.lstrip("{~"))
        if found is None:
            spread = _spread(reader, node, place.lstrip("{~"))
            if spread is not None:
                return ("as", "pattern", spread, ()) if place.startswith("~") else spread
            continue
        if place.startswith("{"):
            return _keys(reader, found)
        is_pattern = place.startswith("~")
        if isinstance(found, ast.Call) and found.args and reader.scope.dotted(found.func) == "re.compile":
            found, is_pattern = found.args[0], True
        value = value_of(reader, found)
        if is_pattern:
            return ("as", "pattern", value, ())
        return None if value is not None and value[0] == "dict" else _below_project(value)
    return None


def _spread(reader: Reader, node: ast.Call, name: str) -> Value:
    """Returns what a dict that is handed over as keywords holds under a name, None where that isn't known."""
    for keyword in node.keywords:
        seen = reader.see(keyword.value) if keyword.arg is None else NOTHING
        if seen.value is not None and seen.value[0] == "dict":
            found = reader.configs.entry(seen.value[1], name)
        else:
            found = dict(seen.thing[1]).get(name) if seen.thing is not None and seen.thing[0] == "map" else None
        if found is not None:
            return found
    return None


def _below_project(value: Value) -> Value:
    """Returns an address without the project, account or region in it, which are often arguments: the name is told all the same."""
    if value is None or value[0] != "cat":
        return value
    first = value[1][0]
    if first is not None and first[0] == "s" and first[1].startswith(_ADDRESSES):
        mark = ":" if first[1].startswith("arn:") else "/"
        for index in range(len(value[1]) - 1, -1, -1):
            part = value[1][index]
            if part is not None and part[0] == "s" and mark in part[1]:
                rest = part[1].rpartition(mark)[2].rpartition("/")[2]
                return ("cat", (*((("s", rest),) if rest else ()), *value[1][index + 1 :]))
    for index, part in enumerate(value[1]):
        for mark in ("/topics/", "/subscriptions/") if part is not None and part[0] == "s" else ():
            if mark in part[1]:
                return ("cat", (("s", part[1].partition(mark)[2]), *value[1][index + 1 :]))
    return value


def _keys(reader: Reader, node: ast.expr) -> Value:
    if isinstance(node, ast.DictComp):
        return value_of(reader, node.key)
    if not isinstance(node, ast.Dict):
        return value_of(reader, node)
    return ("list", tuple(value_of(reader, key) for key in node.keys if key is not None))


def _argument(node: ast.Call, places: str) -> ast.expr | None:
    """Returns the argument at the first of these positions and keywords that is given."""
    for place in places.split():
        if place.isdigit():
            if int(place) < len(node.args):
                return node.args[int(place)]
        else:
            for keyword in node.keywords:
                if keyword.arg == place:
                    return keyword.value
    return None
