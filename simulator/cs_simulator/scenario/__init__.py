"""Scenario files: how they are found, read, checked and turned into the beginning of a world."""
