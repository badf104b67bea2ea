import json
from pathlib import Path

from features.build import features

TRIP = json.loads((Path(__file__).parent / "fixtures" / "trip.json").read_text())


def test_speed_is_metres_a_second():
    assert features(TRIP)["speed"] == 5.0


def test_a_trip_without_stars_is_not_rated():
    assert not features(TRIP | {"stars": None})["is_rated"]
