"""What is known of a trip when it ends, as a record."""

from dataclasses import asdict, dataclass, field
from decimal import Decimal


@dataclass
class Trip:
    trip_id: str
    driver: str
    city: str
    distance_m: int
    duration_s: int
    fare: Decimal
    outcome: str
    stars: int | None = None
    stops: list = field(default_factory=list)


def trip_record(ended):
    trip = Trip(
        trip_id=ended["id"],
        driver=ended["driver"],
        city=ended["city"],
        distance_m=ended["metres"],
        duration_s=ended["seconds"],
        fare=Decimal(ended["fare"]),
        outcome="DONE" if ended["arrived"] else "CANCELLED",
        stars=ended.get("stars"),
        stops=[{"lat": lat, "lon": lon} for lat, lon in ended["stops"]],
    )
    return asdict(trip)
