"""Runs the program of a case before and after a change, as a process of its own that knows nothing of the copilot.

Standard input is one JSON object whose members are lists, each of which may be left out: "states" (folders), "flows", "meetings"
(state of the writer, state of the reader, flow), and "pairs" (state of the reader, state of the writer, schema file). Each record
is made by the producer of one state, encoded with that state's schema, and decoded and taken by the consumer of another. Standard
output is a JSON object: "meetings" with what happened in each, the decoded record and what the consumer returned, and "refusals"
with what the Apache library says against the pairs.

A schema stands in a JSON file, or in a Python file as a literal with a name, "file.py:NAME".

"schemas", pairs (reader, writer) of schemas, get "answers": what the Apache library says against them, and which records, made at
random by the writer's schema and the same every time, each decoder reads.
"""

import ast
import contextlib
import importlib
import io
import json
import os
import random
import sys

RECORDS, SEED = 24, 57


def load(folder, place, paths):
    """Returns the function "file:name" of a state, imported as the repository's own code imports it."""
    file, name = place.split(":")
    roots = [os.path.join(folder, path) for path in paths] + [folder]
    sys.path[:0] = roots
    os.chdir(folder)
    target = os.path.join(folder, file)
    root = next(it for it in roots if target.startswith(it + os.sep))
    module = os.path.relpath(target, root).removesuffix(".py").replace(os.sep, ".")
    return getattr(importlib.import_module(module), name)


def schema_at(folder, place):
    """Returns the schema of a JSON file, or the literal that has a name in a Python file; raises ValueError where there is none."""
    file, _, name = place.partition(":")
    with open(os.path.join(folder, file)) as source:
        text = source.read()
    if not name:
        return json.loads(text)
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and name in [getattr(it, "id", "") for it in node.targets]:
            return ast.literal_eval(node.value)
    raise ValueError(f"{place} is no literal")


def in_child(work, *arguments):
    """Returns what `work` returns in a process of its own, so that modules of one state never meet those of another."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        with os.fdopen(write, "w") as out, contextlib.redirect_stdout(io.StringIO()):
            try:
                json.dump(work(*arguments), out)
            except BaseException as error:
                json.dump({"error": f"{type(error).__name__}: {error}"}, out)
            out.flush()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else {"error": "the program ended without a word"}


def produce(folder, flow):
    """Returns the bytes (hex) of the record of each input, or the error."""
    import fastavro

    make = load(folder, flow["producer"], flow["paths"])
    schema = fastavro.parse_schema(schema_at(folder, flow["schema"]))
    made = []
    for value in flow["inputs"]:
        out = io.BytesIO()
        try:
            fastavro.schemaless_writer(out, schema, make(json.loads(value)), strict_allow_default=True)
            made.append({"hex": out.getvalue().hex()})
        except Exception as error:
            made.append({"error": f"{type(error).__name__}: {error}"})
    return made


def consume(folder, flow, written, writer):
    """Returns, for each record, what each decoder makes of it and what the consumer returns."""
    take = load(folder, flow["consumer"], flow["paths"])
    reader = schema_at(folder, flow["reader"])
    # Whoever decodes with one fixed schema knows of no other.
    writer = reader if flow["is_single"] else writer
    shown = []
    for one in written:
        if "error" in one:
            shown.append({"made": one["error"]})
            continue
        told, read = {}, {}
        for name, decode in DECODERS.items():
            # Whatever a library raises is what is asked here.
            try:
                read[name] = decode(reader, writer, bytes.fromhex(one["hex"]))
                told[name] = {"record": shown_as(read[name])}
            except Exception as error:
                told[name] = {"error": f"{type(error).__name__}: {error}"}
        if "record" in told[flow["decoder"]]:
            try:
                told["output"] = shown_as(take(read[flow["decoder"]]))
            except Exception as error:
                told["failed"] = f"{type(error).__name__}: {error}"
        shown.append(told)
    return shown


def with_fastavro(reader, writer, data):
    import fastavro

    return fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(writer), fastavro.parse_schema(reader))


def with_avro(reader, writer, data):
    from avro import io as avro_io
    from avro import schema as avro_schema

    pair = avro_schema.make_avsc_object(writer), avro_schema.make_avsc_object(reader)
    return avro_io.DatumReader(*pair).read(avro_io.BinaryDecoder(io.BytesIO(data)))


DECODERS = {"fastavro": with_fastavro, "avro": with_avro}


def objection(reader, writer):
    """Returns why the Apache library's checker says no, "" where it says yes."""
    from avro import schema as avro_schema
    from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

    pair = avro_schema.make_avsc_object(reader), avro_schema.make_avsc_object(writer)
    found = ReaderWriterCompatibilityChecker().get_compatibility(*pair)
    return "" if found.compatibility is SchemaCompatibilityType.compatible else str(sorted(found.messages)) or "no"


def refused(states, pairs):
    """Returns the objections against the schemas of states, one for each pair that there is one against."""
    told = []
    for reader, writer, path in pairs:
        if why := objection(*(schema_at(states[state], path) for state in (reader, writer))):
            told.append(f"{path}: state {reader} can't read state {writer}: {why}")
    return {"all": told}


def reads(decode, reader, writer, data):
    """Tells whether a decoder takes the data; each library has errors of its own, and lets others' through."""
    try:
        decode(reader, writer, data)
    except Exception:
        return False
    return True


def answered(reader, writer):
    """Returns the checker's answer on two schemas, and for each decoder which of the records that it is given it reads."""
    from fastavro import parse_schema, schemaless_writer
    from fastavro.utils import generate_many

    random.seed(SEED)
    schema, told = parse_schema(writer), {name: [] for name in DECODERS}
    for record in generate_many(schema, RECORDS):
        out = io.BytesIO()
        schemaless_writer(out, schema, record)
        for name, decode in DECODERS.items():
            told[name].append(reads(decode, reader, writer, out.getvalue()))
    return {"objection": objection(reader, writer), "reads": told}


def shown_as(value):
    """Returns a value as JSON has it, equal for values that a reader takes for equal."""
    if isinstance(value, dict):
        return {str(key): shown_as(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [shown_as(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def main():
    asked = json.load(sys.stdin)
    flows = {flow["name"]: flow for flow in asked.get("flows", ())}
    made, results = {}, []
    for writer, reader, name in asked.get("meetings", ()):
        flow, states = flows[name], asked["states"]
        if (writer, name) not in made:
            made[writer, name] = in_child(produce, states[writer], flow)
        written = made[writer, name]
        if isinstance(written, dict):
            results.append([{"made": written["error"]}])
            continue
        schema = schema_at(states[writer], flow["schema"])
        results.append(in_child(consume, states[reader], flow, written, schema))
    refusals = in_child(refused, asked.get("states", ()), asked.get("pairs", ()))
    told = {
        "meetings": results,
        "refusals": [refusals["error"]] if "error" in refusals else refusals["all"],
        "answers": [in_child(answered, reader, writer) for reader, writer in asked.get("schemas", ())],
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
