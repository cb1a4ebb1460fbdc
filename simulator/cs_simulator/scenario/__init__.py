"""Scenario files: finding, reading and checking them, and making the beginning of a world."""
