"""Java as it starts soonest, for what is done in a moment: a third less to compile it."""

from __future__ import annotations

_SOON = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")

JAVA = ("java", *_SOON)
"""The words that run a program."""

JAVAC = ("javac", *(f"-J{each}" for each in _SOON))
"""The words that compile one."""
