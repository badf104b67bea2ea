"""Flaws that a careful reader of a pipeline would point out: pure functions of the map and the files of its tree."""
