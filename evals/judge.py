"""Runs the program of a case before and after a change, as a process of its own that knows nothing of the copilot.

Standard input is one JSON object: "states" (folders), "flows", "meetings" (state of the writer, state of the reader, flow), and
"pairs" (state of the reader, state of the writer, schema file). Each record is made by the producer of one state, encoded with that
state's schema, and decoded and taken by the consumer of another. Standard output is a JSON object: "meetings" with what happened in
each, the decoded record and what the consumer returned, and "refusals" with what the Apache library says against the pairs.
"""

import contextlib
import importlib
import io
import json
import os
import sys


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
    with open(os.path.join(folder, flow["schema"])) as file:
        schema = fastavro.parse_schema(json.load(file))
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
    import fastavro
    from avro import io as avro_io
    from avro import schema as avro_schema

    take = load(folder, flow["consumer"], flow["paths"])
    with open(os.path.join(folder, flow["reader"])) as file:
        reader = json.load(file)
    shown = []
    for one in written:
        if "error" in one:
            shown.append({"made": one["error"]})
            continue
        data, told = bytes.fromhex(one["hex"]), {}
        try:
            plain = fastavro.schemaless_reader(
                io.BytesIO(data), fastavro.parse_schema(writer), fastavro.parse_schema(reader)
            )
            told["fastavro"] = {"record": shown_as(plain)}
        except Exception as error:
            told["fastavro"] = {"error": f"{type(error).__name__}: {error}"}
        try:
            pair = avro_schema.make_avsc_object(writer), avro_schema.make_avsc_object(reader)
            other = avro_io.DatumReader(*pair).read(avro_io.BinaryDecoder(io.BytesIO(data)))
            told["avro"] = {"record": shown_as(other)}
        except Exception as error:
            told["avro"] = {"error": f"{type(error).__name__}: {error}"}
        record = plain if flow["decoder"] == "fastavro" else other
        if "record" in told[flow["decoder"]]:
            try:
                told["output"] = shown_as(take(record))
            except Exception as error:
                told["failed"] = f"{type(error).__name__}: {error}"
        shown.append(told)
    return shown


def refused(states, pairs):
    """Returns why the Apache library's checker says no, for each pair that it says no to."""
    from avro import schema as avro_schema
    from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

    told = []
    for reader, writer, path in pairs:
        read = []
        for state in (reader, writer):
            with open(os.path.join(states[state], path)) as file:
                read.append(avro_schema.make_avsc_object(json.load(file)))
        found = ReaderWriterCompatibilityChecker().get_compatibility(*read)
        if found.compatibility is not SchemaCompatibilityType.compatible:
            told.append(f"{path}: state {reader} can't read state {writer}: {sorted(found.messages)}")
    return {"all": told}


def shown_as(value):
    """Returns a value as JSON has it, equal for values that a reader takes for equal."""
    if isinstance(value, dict):
        return {str(key): shown_as(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [shown_as(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def main():
    asked = json.load(sys.stdin)
    flows = {flow["name"]: flow for flow in asked["flows"]}
    made, results = {}, []
    for writer, reader, name in asked["meetings"]:
        flow, states = flows[name], asked["states"]
        if (writer, name) not in made:
            made[writer, name] = in_child(produce, states[writer], flow)
        written = made[writer, name]
        if isinstance(written, dict):
            results.append([{"made": written["error"]}])
            continue
        with open(os.path.join(states[writer], flow["schema"])) as file:
            schema = json.load(file)
        results.append(in_child(consume, states[reader], flow, written, schema))
    refusals = in_child(refused, asked["states"], asked["pairs"])
    json.dump(
        {"meetings": results, "refusals": [refusals["error"]] if "error" in refusals else refusals["all"]}, sys.stdout
    )


if __name__ == "__main__":
    main()
