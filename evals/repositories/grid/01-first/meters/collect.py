"""What a meter says, as records."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

DEFAULTS = {"quality": 0}


@dataclass
class MeterInfo:
    id: str
    name: str
    phase: str = "L1"


@dataclass
class ReadingMessage:
    id: str
    meter: MeterInfo
    site: dict
    taken_at: datetime
    kwh: float
    quality: int = 0
    tags: dict = field(default_factory=dict)


def reading_record(raw):
    message = ReadingMessage(
        id=raw["id"],
        meter=MeterInfo(raw["meter"], raw["label"], raw.get("phase", "L1")),
        site={"id": raw["site"], "name": raw.get("site_name")},
        taken_at=datetime.fromtimestamp(raw["unix"], UTC),
        kwh=raw["wh"] / 1000,
        tags=raw.get("tags", {}),
    )
    return {**DEFAULTS, **asdict(message)}


def outage_record(raw):
    record = {"id": raw["id"], "meter": raw["meter"], "began_at": raw["unix"]}
    record["minutes"] = (raw["until"] - raw["unix"]) // 60
    record["cause"] = raw.get("cause")
    return record
