"""The decoders of other languages that the gate provides; a test of them has the marker `tool`."""

from __future__ import annotations

import functools
import os

from copilot.adapters.line_program import LineProgram
from copilot.formats.avro import AvroFormat
from copilot.formats.avro.outside import OutsideDecoder, avsc_decoder, java_decoder

JAVA_JARS = "TESTS_JAVA_JARS"
AVSC_FOLDER = "TESTS_AVSC_FOLDER"
KAFKA_FOLDER = "TESTS_KAFKA_FOLDER"


@functools.cache
def java() -> OutsideDecoder:
    return java_decoder(LineProgram, "java", os.environ[JAVA_JARS].split(os.pathsep))


@functools.cache
def avsc() -> OutsideDecoder:
    return avsc_decoder(LineProgram, "node", os.environ[AVSC_FOLDER])


def format_with(*decoders: OutsideDecoder) -> AvroFormat:
    return AvroFormat(lambda: decoders)
