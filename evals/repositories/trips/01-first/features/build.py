"""What a model is told of a trip."""


class FeatureBuilder:
    def __init__(self, trip):
        self.trip = trip

    def speed(self):
        seconds = self.trip.get("duration_s") or 1
        return round(self.trip["distance_m"] / seconds, 2)

    def legs(self):
        return len(self.trip["stops"]) + 1

    def row(self):
        return {
            "trip": self.trip["trip_id"],
            "speed": self.speed(),
            "legs": self.legs(),
            "is_rated": self.trip["stars"] is not None,
            "fare": float(self.trip["fare"]),
        }


def features(trip):
    return FeatureBuilder(trip).row()
