"""Where records go: the names come with the deployment."""

import os


def readings():
    return os.environ["READINGS_TOPIC"]


def outages():
    return os.environ.get("OUTAGES_TOPIC", "grid.outages.v1")
