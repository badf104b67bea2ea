"""A line of a file that is loaded by position."""


def row(trip):
    return ";".join(str(value) for value in trip.values())


def label(trip):
    """The name of the counter that a trip is counted under."""
    return f"trips.{trip['city']}.{trip['outcome'].lower()}"


def archived(trip):
    return {"counter": label(trip), "id": trip["trip_id"]}
