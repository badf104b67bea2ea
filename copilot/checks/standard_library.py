"""Which kind of value do builtins, functions of the standard library, and methods with telling names give?"""

from __future__ import annotations

BUILTINS = {
    "int": "int", "len": "int", "ord": "int", "hash": "int", "id": "int",
    "float": "float",
    "str": "string", "repr": "string", "ascii": "string", "chr": "string", "hex": "string", "format": "string", "input": "string",
    "bool": "boolean", "isinstance": "boolean", "issubclass": "boolean", "callable": "boolean", "any": "boolean", "all": "boolean",
    "hasattr": "boolean",
    "list": "array", "sorted": "array", "tuple": "array", "set": "set", "frozenset": "set", "dict": "map",
    "bytes": "bytes", "bytearray": "bytes",
}  # fmt: skip
LIBRARY = {
    "time.time": "float", "time.monotonic": "float", "time.perf_counter": "float", "time.time_ns": "int",
    "time.strftime": "string", "time.ctime": "string",
    "datetime.datetime.utcnow": "naive-datetime", "datetime.datetime.utcfromtimestamp": "naive-datetime",
    "datetime.date.today": "date", "datetime.date.fromisoformat": "date", "datetime.date": "date",
    "datetime.timedelta": "timedelta", "datetime.time": "time",
    "decimal.Decimal": "decimal",
    "uuid.uuid1": "uuid", "uuid.uuid4": "uuid", "uuid.UUID": "uuid", "uuid.uuid3": "uuid", "uuid.uuid5": "uuid",
    "json.dumps": "string", "base64.b64encode": "bytes", "base64.b64decode": "bytes",
    "random.random": "float", "random.uniform": "float", "random.gauss": "float",
    "random.randint": "int", "random.randrange": "int", "random.getrandbits": "int",
    "math.floor": "int", "math.ceil": "int", "math.sqrt": "float", "math.log": "float", "math.isnan": "boolean",
    "os.urandom": "bytes", "os.getpid": "int", "socket.gethostname": "string", "secrets.token_hex": "string",
    "os.path.join": "string", "os.path.basename": "string", "os.path.exists": "boolean",
}  # fmt: skip
# Methods whose names belong to one kind of object in practice, whatever they are called on.
METHODS = {
    "isoformat": "string", "strftime": "string", "hexdigest": "string", "total_seconds": "float", "timestamp": "float",
    "startswith": "boolean", "endswith": "boolean", "isdigit": "boolean", "bit_length": "int",
}  # fmt: skip
TEXT_METHODS = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "format", "join", "removeprefix"}
    | {"removesuffix", "casefold", "zfill", "ljust", "rjust", "center", "swapcase", "expandtabs", "translate"}
)
AWARE = {"datetime.datetime.now": 0, "datetime.datetime.fromtimestamp": 1}
"""Functions that give an aware datetime where this argument, or `tz`, is a time zone."""
